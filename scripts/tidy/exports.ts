import { posix } from 'node:path'
import { isShipped, lineAt } from './repository.ts'
import type { Repository, Rule, SourceFile } from './repository.ts'

const everything = '*'

/** An export is alive when a door of its package leads to it, or any other file imports it. */
export const deadExports: Rule = function* (repository) {
  const doors = doorsOf(repository)
  const used = usesOf(repository)
  for (const source of repository.sources) {
    if (!isShipped(source) || doors.has(source.path)) continue
    const names = used.get(source.path) ?? new Set()
    if (names.has(everything)) continue
    for (const { entries } of source.module.staticExports) {
      for (const { exportName, start } of entries) {
        const name = exportName.name ?? 'default'
        if (exportName.kind === 'None' || names.has(name)) continue
        const message = `nobody imports \`${name}\`: drop the \`export\`, or the code`
        yield { rule: 'dead export', file: source.path, line: lineAt(source.text, start), message }
      }
    }
  }
}

/** The files that a package.json names in its exports and commands, as sources. */
function doorsOf({ texts }: Repository): ReadonlySet<string> {
  const doors = new Set<string>()
  for (const { path, text } of texts) {
    if (!/^packages\/[^/]+\/package\.json$/.test(path)) continue
    for (const [, file] of text.matchAll(/"(?:\.\/)?dist\/([^"*]+)\.js"/g)) {
      doors.add(`${posix.dirname(path)}/src/${file}.ts`)
    }
  }
  return doors
}

/** For each file, the names that other files import from it. */
function usesOf({ sources }: Repository): ReadonlyMap<string, ReadonlySet<string>> {
  const uses = new Map<string, Set<string>>()
  const use = (source: SourceFile, specifier: string, name: string | null | undefined): void => {
    if (!specifier.startsWith('.')) return
    const file = posix.join(posix.dirname(source.path), specifier).replace(/\.js$/, '.ts')
    uses.set(file, (uses.get(file) ?? new Set()).add(name ?? everything))
  }
  for (const source of sources) {
    for (const { moduleRequest, entries } of source.module.staticImports) {
      for (const { importName } of entries) {
        use(
          source,
          moduleRequest.value,
          importName.kind === 'Default' ? 'default' : importName.name,
        )
      }
    }
    for (const { moduleRequest, importName } of source.module.staticExports.flatMap(
      (each) => each.entries,
    )) {
      if (moduleRequest !== null) use(source, moduleRequest.value, importName.name)
    }
    for (const node of source.nodes) {
      if (node.type !== 'ImportExpression' || node.source.type !== 'Literal') continue
      use(source, String(node.source.value), everything)
    }
  }
  return uses
}
