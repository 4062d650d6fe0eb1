import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadPage } from '../src/load-page.js'
import { builtFolder } from './built-page.js'

const bytesMax = 80 * 1024

/** Names that stand for something, and that nobody asks for: those of XML, and whom the API's code asks. */
const names = [/^http:\/\/www\.w3\.org\//, /^http:\/\/grapevine\b/]

let folder = ''
beforeAll(async () => {
  folder = await builtFolder()
})

const files = (): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  )

describe('the built page', () => {
  it('is at most 80 KB of gzip', () => {
    const sizes = files().map(
      (file) => [file, gzipSync(readFileSync(join(folder, file))).length] as const,
    )
    const bytes = sizes.reduce((sum, [, size]) => sum + size, 0)
    console.log(`the page: ${(bytes / 1024).toFixed(1)} KB of gzip`)
    expect(bytes, JSON.stringify(sizes)).toBeLessThanOrEqual(bytesMax)
  })

  it('names no address outside of itself', () => {
    const found = files().flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      return [
        ...text.matchAll(/(?:https?:)?\/\/[\w-]+(?:\.[\w-]+|:\d)[^\s"'`)]*|http:\/\/\w[^\s"'`)]*/g),
      ]
        .map(([address]) => address)
        .filter((address) => !names.some((name) => name.test(address)))
    })
    expect(found).toEqual([])
  })

  it('is loaded whole, with types, and with its start at /', async () => {
    const page = await loadPage(folder)
    expect(page.files.size).toBe(files().length)
    expect(page.files.get('/')).toMatchObject({
      type: 'text/html; charset=utf-8',
      isImmutable: false,
    })
    const others = [...page.files].filter(([path]) => path !== '/')
    expect(others.map(([path]) => path).filter((path) => !path.startsWith('/assets/'))).toEqual([])
    expect(others.every(([, { isImmutable }]) => isImmutable)).toBe(true)
  })

  it('is missed in words where nobody built it', async () => {
    await expect(loadPage(join(folder, 'nothing'))).rejects.toThrow(/was never built/)
  })
})
