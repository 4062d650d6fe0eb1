import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { parseSync, visitorKeys } from 'oxc-parser'
import type { Comment, EcmaScriptModule, Node, Program } from 'oxc-parser'

export type Violation = Readonly<{ rule: string; file: string; line: number; message: string }>

/** A rule looks at the whole repository, because some need more than one file to decide. */
export type Rule = (repository: Repository) => Iterable<Violation>

export type Repository = Readonly<{ texts: readonly TextFile[]; sources: readonly SourceFile[] }>

export type TextFile = Readonly<{
  /** From the top of the repository, with forward slashes. */
  path: string
  text: string
}>

export type SourceFile = TextFile &
  Readonly<{
    /** The folder under packages/ whose src/ holds this file; undefined for all other files. */
    package: string | undefined
    isTest: boolean
    program: Program
    module: EcmaScriptModule
    comments: readonly Comment[]
    /** Every node in source order; each knows its parent. */
    nodes: readonly Node[]
  }>

const foldersNotOurs = new Set(['.git', 'coverage', 'dist', 'node_modules'])
/** The kinds of file that we write; a log that lies about is nobody's violation. */
const ours = /\.(?:[cm]?[jt]sx?|css|html|json|md|sh|ya?ml)$|^\.ci\/|^\.npmrc$/
const sourceExtensions = new Set(['.ts', '.cts', '.mts', '.tsx', '.js', '.cjs', '.mjs'])

export function readRepository(root: string): Repository {
  const texts = filesUnder(root)
    .map((file) => ({ file, path: relative(root, file).split(sep).join('/') }))
    .filter(({ path }) => ours.test(path))
    .map(({ file, path }) => ({ path, text: readFileSync(file, 'utf8') }))
  return {
    texts,
    sources: texts.filter(({ path }) => sourceExtensions.has(extname(path))).map(parse),
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return foldersNotOurs.has(entry.name) ? [] : filesUnder(path)
    return entry.isFile() ? [path] : []
  })
}

function parse({ path, text }: TextFile): SourceFile {
  const { program, module, comments, errors } = parseSync(path, text)
  const [error] = errors
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`)
  const nodes: Node[] = []
  collect(program, undefined, nodes)
  return {
    path,
    text,
    package: /^packages\/([^/]+)\/src\//.exec(path)?.[1],
    isTest: /\.test\.\w+$/.test(path) || /^packages\/[^/]+\/test\//.test(path),
    program,
    module,
    comments,
    nodes,
  }
}

function collect(node: Node, parent: Node | undefined, nodes: Node[]): void {
  if (parent !== undefined) node.parent = parent
  nodes.push(node)
  const fields = node as unknown as Record<string, Node | (Node | null)[] | null | undefined>
  for (const key of visitorKeys[node.type] ?? []) {
    for (const child of [fields[key]].flat()) if (child) collect(child, node, nodes)
  }
}

export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line++
  return line
}

/** The code of a package as it ships: its sources without their tests. */
export function isShipped(source: SourceFile): boolean {
  return source.package !== undefined && !source.isTest
}
