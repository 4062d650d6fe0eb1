/**
 * A process whose disk is about to fail: it opens a store, appends one record after the other, and
 * prints what came of it: `opened`, `acknowledged <n>`, or the code of the error. After the first
 * failure it tries three more, for none of these may succeed.
 */
import { MeshError } from '@grapevine/core'
import { levelStore } from '../../src/store/level-store.js'

const [path = '', count = '20'] = process.argv.slice(2)
const tell = (line: string): boolean => process.stdout.write(`${line}\n`)
const codeOf = (error: unknown): string => (error instanceof MeshError ? error.code : String(error))

try {
  const store = await levelStore(path)
  await store.load()
  tell('opened')
  let failures = 0
  for (let n = 1; n <= Number(count) && failures < 4; n++) {
    try {
      await store.append(new Map([[`n/${n}`, Buffer.from(`${n}`)]]))
      tell(`acknowledged ${n}`)
    } catch (error) {
      failures += 1
      tell(codeOf(error))
    }
  }
  await store.close()
} catch (error) {
  tell(codeOf(error))
}
