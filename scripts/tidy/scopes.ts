import type { Node } from 'oxc-parser'

/** The function around a node, or its file. Blocks are not told apart: no rule needs them. */
export function scopeOf(node: Node): Node {
  const parent = node.parent
  if (parent == null) return node
  return 'params' in parent || parent.type === 'Program' ? parent : scopeOf(parent)
}

/** Runs through the scopes around a node from the inside out. */
export function* scopesAround(node: Node): Generator<Node> {
  let scope = node
  while (scope.parent != null) {
    scope = scopeOf(scope)
    yield scope
  }
}

/** The names that each scope of a file declares, so that they do not mean the global ones. */
export function declaredNames(nodes: readonly Node[]): WeakMap<Node, ReadonlySet<string>> {
  const names = new WeakMap<Node, Set<string>>()
  for (const node of nodes) {
    if (node.type !== 'Identifier') continue
    const scope = declaringScope(node)
    if (scope !== undefined) names.set(scope, (names.get(scope) ?? new Set()).add(node.name))
  }
  return names
}

/** The scope in which this identifier declares itself, if it is a declaration. */
function declaringScope(identifier: Node): Node | undefined {
  let node = identifier
  for (let parent = node.parent; parent != null; node = parent, parent = node.parent) {
    if ('params' in parent && [parent.params].flat().some((param) => param === node)) return parent
    if ('id' in parent && parent.id === node) return scopeOf(parent)
    if ('local' in parent && parent.local === node && parent.type.startsWith('Import')) {
      return scopeOf(parent)
    }
    if (parent.type === 'CatchClause' && parent.param === node) return scopeOf(parent)
    if (!isPartOfPattern(node, parent)) return undefined
  }
  return undefined
}

function isPartOfPattern(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case 'Property':
      return parent.value === node
    case 'AssignmentPattern':
      return parent.left === node
    case 'ObjectPattern':
    case 'ArrayPattern':
    case 'RestElement':
    case 'TSParameterProperty':
      return true
    default:
      return false
  }
}
