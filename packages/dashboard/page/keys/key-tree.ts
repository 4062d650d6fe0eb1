/** One segment of keys: a key, a folder of keys, or both. It changes in place. */
export interface Branch {
  readonly name: string
  /** All segments down to this one. */
  readonly path: string
  isKey: boolean
  /** Keys here and below. */
  count: number
  readonly below: Map<string, Branch>
  /** Those below by their names; undefined: since it was sorted, some came or went. */
  sorted: readonly Branch[] | undefined
}

export const emptyTree = (): Branch => branchAt('', '')

export function treeOf(keys: Iterable<string>): Branch {
  const tree = emptyTree()
  for (const key of keys) setKey(tree, key, true)
  return tree
}

/** Answers whether the tree is another one now. */
export function setKey(tree: Branch, key: string, isThere: boolean): boolean {
  if ((branchOf(tree, key)?.isKey === true) === isThere) return false
  const way = isThere ? wayMade(tree, key) : wayTo(tree, key)
  const last = way.at(-1)
  if (last === undefined) return false
  last.isKey = isThere
  for (const branch of way) branch.count += isThere ? 1 : -1
  // What is empty goes; the root stays.
  way.forEach((branch, at) => {
    const above = way[at - 1]
    if (branch.count > 0 || above === undefined) return
    above.below.delete(branch.name)
    above.sorted = undefined
  })
  return true
}

/** undefined: no key begins so. */
export function branchOf(tree: Branch, path: string): Branch | undefined {
  const last = wayTo(tree, path).at(-1)
  return last?.path === path ? last : undefined
}

const byName = new Intl.Collator('en', { numeric: true })

/** `peer-9` comes before `peer-10`. */
export function sortedBelow(branch: Branch): readonly Branch[] {
  branch.sorted ??= Array.from(branch.below.values()).sort((a, b) => byName.compare(a.name, b.name))
  return branch.sorted
}

/** `a/b/c`: `a`, `a/b`. */
export const pathsAbove = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, at, segments) => segments.slice(0, at + 1).join('/'))

/** As far as it goes, the root first. */
function wayTo(tree: Branch, path: string): readonly Branch[] {
  const way = [tree]
  for (const name of path.split('/')) {
    const next = way.at(-1)?.below.get(name)
    if (next === undefined) break
    way.push(next)
  }
  return way
}

function wayMade(tree: Branch, key: string): readonly Branch[] {
  const way = [tree]
  let branch = tree
  for (const name of key.split('/')) {
    let next = branch.below.get(name)
    if (next === undefined) {
      next = branchAt(name, branch === tree ? name : `${branch.path}/${name}`)
      branch.below.set(name, next)
      branch.sorted = undefined
    }
    way.push(next)
    branch = next
  }
  return way
}

const branchAt = (name: string, path: string): Branch => ({
  name,
  path,
  isKey: false,
  count: 0,
  below: new Map(),
  sorted: undefined,
})
