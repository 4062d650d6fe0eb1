/**
 * Maps and Sets iterate in the order of insertion, which in a replicated program is the order in
 * which messages happened to arrive. Two replicas with equal contents would then answer with
 * different bytes. There is no type checker at hand, so this rule knows types by what the source
 * says: annotations, type aliases, property types, `new Map`, and what is assigned from those.
 */
import type { ArrowFunctionExpression, Function, Node } from 'oxc-parser'
import { isShipped, lineAt } from './repository.ts'
import type { Rule, SourceFile } from './repository.ts'
import { scopeOf, scopesAround } from './scopes.ts'

const packagesWithFixedOrder = new Set(['core'])

const advice =
  'iterates in the order of insertion, which differs between replicas: go through a helper named ' +
  '`sorted…`, sort the array at once, or say on this line why it cannot matter: `// order: …`'

const unorderedTypes = ['Map', 'Set', 'ReadonlyMap', 'ReadonlySet']
const orderedTypes = new Set(['Array', 'ReadonlyArray', 'Uint8Array'])
const iteratingMethods = new Set(['keys', 'values', 'entries'])

type Kind = 'ordered' | 'unordered' | 'unknown'

/** What the sources of one package say about their types. */
type Facts = {
  readonly types: Set<string>
  readonly properties: Set<string>
  readonly functions: Set<string>
  /** Names declared inside each function, or at the top of each file. */
  readonly scopes: WeakMap<Node, Map<string, Kind>>
}

export const iterationOrder: Rule = function* ({ sources }) {
  for (const name of packagesWithFixedOrder) {
    const shipped = sources.filter((source) => source.package === name && isShipped(source))
    const facts = factsOf(shipped)
    for (const source of shipped) {
      for (const node of source.nodes) {
        const iterated = iteratedBy(node, facts)
        if (iterated === undefined || isSorted(iterated) || isExplained(source, iterated)) continue
        const line = lineAt(source.text, iterated.start)
        const shown = source.text.slice(iterated.start, iterated.end).split('\n')[0]
        yield { rule: 'order', file: source.path, line, message: `\`${shown}\` ${advice}` }
      }
    }
  }
}

/** The Map, Set or iterator that a node runs through, if it does. */
function iteratedBy(node: Node, facts: Facts): Node | undefined {
  switch (node.type) {
    case 'CallExpression':
      return iteratedByCall(node, facts)
    case 'ForOfStatement':
      return unordered(node.right, facts)
    case 'SpreadElement':
      return unordered(node.argument, facts)
    case 'VariableDeclarator':
      return node.id.type === 'ArrayPattern' && node.init !== null
        ? unordered(node.init, facts)
        : undefined
    case 'YieldExpression':
      return node.delegate && node.argument !== null ? unordered(node.argument, facts) : undefined
    default:
      return undefined
  }
}

function iteratedByCall(node: Node & { type: 'CallExpression' }, facts: Facts): Node | undefined {
  const { callee } = node
  const [argument] = node.arguments
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return undefined
  const receiver = callee.object.type === 'Identifier' ? callee.object.name : undefined
  const method = callee.property.name
  if (iteratingMethods.has(method)) {
    if (receiver === 'Object') return node
    return kindOf(callee.object, facts) === 'ordered' ? undefined : node
  }
  if (method === 'forEach') return kindOf(callee.object, facts) === 'unordered' ? node : undefined
  const consumesArgument =
    (receiver === 'Array' && method === 'from') ||
    (receiver === 'Object' && method === 'fromEntries')
  return consumesArgument && argument !== undefined ? unordered(argument, facts) : undefined
}

function unordered(node: Node, facts: Facts): Node | undefined {
  return kindOf(node, facts) === 'unordered' ? node : undefined
}

/** Sorted at once: inside the arguments of `sorted…()`, or an array with `.sort` after it. */
function isSorted(node: Node): boolean {
  let inner = node
  for (let outer = node.parent; outer != null; inner = outer, outer = outer.parent) {
    if (outer.type === 'CallExpression' || outer.type === 'NewExpression') {
      const callee = calledName(outer)
      if (outer.callee === inner) continue
      if (callee?.startsWith('sorted')) return true
      // A copy of a Map is as unordered as the Map, and is judged where it is iterated.
      if (outer.type === 'NewExpression') return callee === 'Map' || callee === 'Set'
      if (callee !== 'from') return false
    } else if (outer.type === 'MemberExpression') {
      if (outer.property.type !== 'Identifier') return false
      if (['sort', 'toSorted'].includes(outer.property.name)) return true
      if (!['filter', 'flatMap', 'map'].includes(outer.property.name)) return false
    } else if (outer.type !== 'SpreadElement' && outer.type !== 'ArrayExpression') {
      return false
    }
  }
  return false
}

function calledName(call: Node & { type: 'CallExpression' | 'NewExpression' }): string | undefined {
  const { callee } = call
  if (callee.type === 'Identifier') return callee.name
  return callee.type === 'MemberExpression' ? keyName(callee.property) : undefined
}

/** Explained on the lines of the iteration, or on the line above it. */
function isExplained(source: SourceFile, node: Node): boolean {
  const [first, last] = [lineAt(source.text, node.start), lineAt(source.text, node.end)]
  return source.comments.some(({ start, value }) => {
    const line = lineAt(source.text, start)
    return line >= first - 1 && line <= last && /^\s*order: \S/.test(value)
  })
}

function factsOf(sources: readonly SourceFile[]): Facts {
  const facts: Facts = {
    types: new Set(unorderedTypes),
    properties: new Set(),
    functions: new Set(),
    scopes: new WeakMap(),
  }
  const nodes = sources.flatMap((source) => source.nodes)
  // An alias may come before the one it builds on: go round until nothing new is learnt.
  for (let before = -1; before !== facts.types.size;) {
    before = facts.types.size
    for (const node of nodes) learnType(node, facts)
  }
  for (const node of nodes) learnMember(node, facts)
  for (const node of nodes) learnLocal(node, facts)
  return facts
}

function learnType(node: Node, { types }: Facts): void {
  if (node.type !== 'TSTypeAliasDeclaration') return
  if (kindOfType(node.typeAnnotation, types) === 'unordered') types.add(node.id.name)
}

function learnMember(node: Node, facts: Facts): void {
  switch (node.type) {
    case 'TSPropertySignature':
    case 'PropertyDefinition': {
      const kind = kindOfType(node.typeAnnotation?.typeAnnotation, facts.types)
      const isMade = node.type === 'PropertyDefinition' && node.value !== null && makes(node.value)
      if (kind === 'unordered' || isMade) learnName(node.key, facts.properties)
      return
    }
    case 'Property':
      if (makes(node.value)) learnName(node.key, facts.properties)
      return
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      if (kindOfType(node.returnType?.typeAnnotation, facts.types) !== 'unordered') return
      const named = functionName(node)
      if (named != null) learnName(named, facts.functions)
      return
    }
    default:
  }
}

/** The node that names a function: its own name, or that of what it is assigned to. */
function functionName(node: Function | ArrowFunctionExpression): Node | null {
  if (node.id !== null) return node.id
  const owner = node.parent
  if (owner?.type === 'VariableDeclarator') return owner.id
  return owner?.type === 'Property' || owner?.type === 'MethodDefinition' ? owner.key : null
}

function learnName(named: Node, names: Set<string>): void {
  const name = keyName(named)
  if (name !== undefined) names.add(name)
}

function keyName(key: Node): string | undefined {
  return key.type === 'Identifier' || key.type === 'PrivateIdentifier' ? key.name : undefined
}

function learnLocal(node: Node, facts: Facts): void {
  if (node.type === 'VariableDeclarator') learnPattern(node.id, node.init ?? undefined, facts)
  if ('params' in node && Array.isArray(node.params)) {
    for (const param of node.params as Node[]) {
      if (param.type === 'AssignmentPattern') learnPattern(param.left, param.right, facts, node)
      else learnPattern(param, undefined, facts, node)
    }
  }
}

function learnPattern(
  pattern: Node,
  value: Node | undefined,
  facts: Facts,
  scope: Node = scopeOf(pattern),
): void {
  const names = facts.scopes.get(scope) ?? new Map<string, Kind>()
  facts.scopes.set(scope, names)
  if (pattern.type === 'Identifier') {
    const said = kindOfType(pattern.typeAnnotation?.typeAnnotation, facts.types)
    names.set(pattern.name, said === 'unknown' && value ? kindOf(value, facts) : said)
  } else if (pattern.type === 'ObjectPattern') {
    for (const property of pattern.properties) {
      if (property.type !== 'Property' || property.value.type !== 'Identifier') continue
      const isUnordered = facts.properties.has(keyName(property.key) ?? '')
      names.set(property.value.name, isUnordered ? 'unordered' : 'unknown')
    }
  }
}

function kindOf(node: Node, facts: Facts): Kind {
  switch (node.type) {
    case 'Identifier':
      return kindOfName(node, facts)
    case 'MemberExpression':
      return facts.properties.has(keyName(node.property) ?? '') ? 'unordered' : 'unknown'
    case 'CallExpression':
      return facts.functions.has(calledName(node) ?? '') ? 'unordered' : 'unknown'
    case 'NewExpression':
      return makes(node) ? 'unordered' : 'unknown'
    case 'ArrayExpression':
    case 'TemplateLiteral':
      return 'ordered'
    case 'LogicalExpression':
      return kindOf(node.left, facts) === 'unordered' ? 'unordered' : kindOf(node.right, facts)
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].some((each) => kindOf(each, facts) === 'unordered')
        ? 'unordered'
        : kindOf(node.consequent, facts)
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return kindOf(node.expression, facts)
    default:
      return 'unknown'
  }
}

function kindOfName(node: Node & { type: 'Identifier' }, facts: Facts): Kind {
  for (const scope of scopesAround(node)) {
    const kind = facts.scopes.get(scope)?.get(node.name)
    if (kind !== undefined) return kind
  }
  return 'unknown'
}

function makes(node: Node): boolean {
  if (node.type !== 'NewExpression' || node.callee.type !== 'Identifier') return false
  return unorderedTypes.includes(node.callee.name)
}

function kindOfType(type: Node | null | undefined, unorderedNames: ReadonlySet<string>): Kind {
  switch (type?.type) {
    case 'TSArrayType':
    case 'TSTupleType':
    case 'TSStringKeyword':
      return 'ordered'
    case 'TSTypeOperator':
      return kindOfType(type.typeAnnotation, unorderedNames)
    case 'TSUnionType':
    case 'TSIntersectionType': {
      const kinds = type.types.map((each) => kindOfType(each, unorderedNames))
      return kinds.includes('unordered') ? 'unordered' : (kinds[0] ?? 'unknown')
    }
    case 'TSTypeReference': {
      if (type.typeName.type !== 'Identifier') return 'unknown'
      const name = type.typeName.name
      if (unorderedNames.has(name)) return 'unordered'
      if (name === 'Readonly') return kindOfType(type.typeArguments?.params[0], unorderedNames)
      return orderedTypes.has(name) ? 'ordered' : 'unknown'
    }
    default:
      return 'unknown'
  }
}
