import { posix } from 'node:path'
import type { Node } from 'oxc-parser'
import { isShipped, lineAt } from './repository.ts'
import type { Rule, SourceFile } from './repository.ts'
import { declaredNames, scopesAround } from './scopes.ts'

/** Packages that must do the same for the same inputs, and what they may import for it. */
const purePackages: Readonly<Record<string, readonly string[]>> = {
  core: ['@ipld/dag-cbor', 'uint8arrays'],
}

/** Names through which time, chance or the outside world would get in. */
const forbiddenNames: ReadonlyMap<string, string> = new Map([
  ...names('time must be the `now` of the input', ['Date', 'performance', 'Temporal']),
  ...names('waiting belongs to the caller: answer with an effect', [
    'setTimeout',
    'setInterval',
    'setImmediate',
    'clearTimeout',
    'clearInterval',
    'clearImmediate',
    'queueMicrotask',
    'requestAnimationFrame',
    'Promise',
  ]),
  ...names('randomness must be given at construction', ['crypto']),
  ...names('the outside world belongs to the caller', [
    'process',
    'console',
    'globalThis',
    'global',
    'window',
    'self',
    'fetch',
    'WebSocket',
    'navigator',
    'require',
  ]),
  ...names('its result depends on the machine', ['Intl', 'WeakRef', 'FinalizationRegistry']),
])

const forbiddenMembers: ReadonlyMap<string, string> = new Map(
  names('its result depends on the locale of the machine: compare code units', [
    'localeCompare',
    'toLocaleString',
    'toLocaleLowerCase',
    'toLocaleUpperCase',
  ]),
)

function names(reason: string, list: readonly string[]): readonly (readonly [string, string])[] {
  return list.map((name) => [name, reason] as const)
}

export const purity: Rule = function* ({ sources }) {
  for (const source of sources.filter(isShipped)) {
    const allowed = purePackages[source.package ?? '']
    if (allowed === undefined) continue
    for (const [start, message] of [...forbiddenImports(source, allowed), ...impureCode(source)]) {
      yield { rule: 'purity', file: source.path, line: lineAt(source.text, start), message }
    }
  }
}

function* forbiddenImports(
  source: SourceFile,
  allowed: readonly string[],
): Generator<[number, string]> {
  const { staticImports, staticExports } = source.module
  const requests = [
    ...staticImports.map((each) => each.moduleRequest),
    ...staticExports.flatMap((each) => each.entries.map((entry) => entry.moduleRequest)),
  ]
  for (const request of requests) {
    if (request === null || isAllowed(source, request.value, allowed)) continue
    const may = `only ${allowed.join(', ')} and files of its own src`
    yield [request.start, `${source.package} imports "${request.value}", but may import ${may}`]
  }
}

function isAllowed(source: SourceFile, specifier: string, allowed: readonly string[]): boolean {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(source.path), specifier)
    return target.startsWith(`packages/${source.package}/src/`)
  }
  return allowed.some((name) => specifier === name || specifier.startsWith(`${name}/`))
}

function* impureCode(source: SourceFile): Generator<[number, string]> {
  const declared = declaredNames(source.nodes)
  for (const node of source.nodes) {
    const message = impurity(node) ?? forbiddenGlobal(node, declared)
    if (message !== undefined) yield [node.start, `${source.package} must be pure: ${message}`]
  }
}

function impurity(node: Node): string | undefined {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return node.async ? 'async functions wait; answer with an effect instead' : undefined
    case 'AwaitExpression':
      return '`await` waits; answer with an effect instead'
    case 'ForOfStatement':
      return node.await ? '`for await` waits; answer with an effect instead' : undefined
    case 'ImportExpression':
      return '`import()` waits; import at the top'
    case 'MemberExpression':
      return impureMember(node)
    default:
      return undefined
  }
}

/** A port that is passed in may well be called `crypto`; only the global of that name is refused. */
function forbiddenGlobal(
  node: Node,
  declared: WeakMap<Node, ReadonlySet<string>>,
): string | undefined {
  if (node.type !== 'Identifier' || !isReference(node)) return undefined
  const reason = forbiddenNames.get(node.name)
  if (reason === undefined) return undefined
  for (const scope of scopesAround(node)) {
    if (declared.get(scope)?.has(node.name)) return undefined
  }
  return `no \`${node.name}\`: ${reason}`
}

function impureMember(node: Node & { type: 'MemberExpression' }): string | undefined {
  const { object, property } = node
  const name =
    property.type === 'Literal' ? property.value : property.type === 'Identifier' && property.name
  if (typeof name !== 'string') return undefined
  if (object.type === 'Identifier' && object.name === 'Math' && name === 'random') {
    return 'no `Math.random`: randomness must be given at construction'
  }
  const reason = forbiddenMembers.get(name)
  return reason === undefined ? undefined : `no \`${name}\`: ${reason}`
}

/** Whether a name stands for a value or type, and is not merely a property of something else. */
function isReference(node: Node & { type: 'Identifier' }): boolean {
  const parent = node.parent
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.computed || parent.object === node
    case 'Property':
      return parent.computed || parent.value === node || parent.shorthand
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'TSPropertySignature':
    case 'TSMethodSignature':
      return parent.computed || parent.key !== node
    case 'TSQualifiedName':
      return parent.left === node
    default:
      return true
  }
}
