import type { Value } from '@grapevine/core'
import type { Entry } from '@grapevine/peer'
import { prefixOf } from '../typed/prefixes.js'
import { valueInWords } from '../shown/shown-value.js'
import { verb } from '../verb.js'

export const tree = verb({
  name: 'tree',
  says: 'shows keys and values as a tree',
  args: '[prefix]',
  examples: [
    { line: 'grapevine tree', says: 'everything' },
    { line: 'grapevine tree payments/', says: 'what is below it' },
  ],
  async run(call) {
    const prefix = prefixOf(call.words[0])
    const { client } = await call.peer()
    const { entries } = await client.entries(prefix)
    if (call.common.json) return entries.forEach((entry) => call.json(entry))
    if (entries.length === 0) {
      return call.say(prefix === '' ? 'there are no keys yet' : `no key begins with ${prefix}`)
    }
    const root = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (root !== '') call.print(root)
    for (const line of linesOf(branchOf(entries, root.length))) call.print(line)
  },
})

/** A part of keys; it can have a value and parts below it. */
interface Branch {
  value: Value | undefined
  readonly parts: Map<string, Branch>
}

const newBranch = (): Branch => ({ value: undefined, parts: new Map() })

function branchOf(entries: readonly Entry[], from: number): Branch {
  const root = newBranch()
  for (const { key, value } of entries) {
    let branch = root
    for (const part of key.slice(from).split('/')) {
      const next = branch.parts.get(part) ?? newBranch()
      branch.parts.set(part, next)
      branch = next
    }
    branch.value = value
  }
  return root
}

function* linesOf({ parts }: Branch, indent = ''): Generator<string> {
  const names = [...parts.keys()]
  const width = Math.max(0, ...names.map((name) => name.length))
  for (const [at, name] of names.entries()) {
    const branch = parts.get(name)
    if (branch === undefined) continue
    const isLast = at === names.length - 1
    const ending = branch.parts.size > 0 ? '/' : ''
    const value = branch.value === undefined ? '' : `  ${valueInWords(branch.value)}`
    const label = value === '' ? `${name}${ending}` : `${name}${ending}`.padEnd(width)
    yield `${indent}${isLast ? '└─ ' : '├─ '}${label}${value}`
    yield* linesOf(branch, `${indent}${isLast ? '   ' : '│  '}`)
  }
}
