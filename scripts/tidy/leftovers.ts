import type { Node } from 'oxc-parser'
import { lineAt } from './repository.ts'
import type { Rule, SourceFile, TextFile } from './repository.ts'

type Found = Readonly<{ rule: string; start: number; message: string }>

/** Things that were handy for an hour and must not stay: in comments, in code, in any text. */
export const leftovers: Rule = function* ({ sources, texts }) {
  for (const source of sources) yield* placed(source, [...inComments(source), ...inCode(source)])
  for (const text of texts) yield* placed(text, inText(text))
}

function* placed({ path, text }: TextFile, found: Iterable<Found>) {
  for (const { rule, start, message } of found) {
    yield { rule, file: path, line: lineAt(text, start), message }
  }
}

const commentRules = [
  {
    rule: 'unfinished',
    pattern: /\b(?:TODO|FIXME|XXX)\b/,
    message: 'an unfinished thought belongs in an issue',
  },
  {
    rule: 'silenced compiler',
    pattern: /@ts-(?:ignore|nocheck)\b/,
    message: 'correct the type instead of silencing the compiler',
  },
] as const

function* inComments({ comments }: SourceFile): Generator<Found> {
  for (const { value, start } of comments) {
    for (const { rule, pattern, message } of commentRules) {
      if (pattern.test(value)) yield { rule, start, message }
    }
  }
}

type CodeRule = Readonly<{
  rule: string
  message: string
  matches: (node: Node, source: SourceFile) => boolean
}>

const testFunctions = new Set(['bench', 'describe', 'it', 'suite', 'test'])

const codeRules: readonly CodeRule[] = [
  {
    rule: 'debugger',
    message: 'remove the breakpoint',
    matches: (node) => node.type === 'DebuggerStatement',
  },
  {
    rule: 'console',
    message: 'a package does not print: return it, or use the logger that was passed in',
    matches: (node, source) =>
      source.package !== undefined &&
      node.type === 'MemberExpression' &&
      node.object.type === 'Identifier' &&
      node.object.name === 'console',
  },
  {
    rule: 'any',
    message: '`any` turns the checks off: use `unknown` and narrow it',
    matches: (node) => node.type === 'TSAnyKeyword',
  },
  {
    rule: 'test left out',
    message: 'every test runs: correct it or remove it',
    matches: (node, source) =>
      source.isTest &&
      node.type === 'MemberExpression' &&
      node.property.type === 'Identifier' &&
      ['only', 'skip', 'todo'].includes(node.property.name) &&
      testFunctions.has(rootName(node)),
  },
  {
    rule: 'sleep',
    message: 'a test waits for what it expects, never for time to pass',
    matches: (node, source) =>
      source.isTest &&
      node.type === 'CallExpression' &&
      ['setTimeout', 'sleep'].includes(calledName(node.callee)),
  },
  {
    rule: 'child without end',
    message: 'no time limit of a test ends what is waited for in one step: pass `...bounded`',
    matches: (node, source) =>
      source.isTest &&
      node.type === 'CallExpression' &&
      /^(?:spawn|exec|execFile|build)Sync$/.test(calledName(node.callee)) &&
      !/\b(?:bounded|timeout)\b/.test(source.text.slice(node.start, node.end)),
  },
]

function* inCode(source: SourceFile): Generator<Found> {
  for (const node of source.nodes) {
    for (const { rule, message, matches } of codeRules) {
      if (matches(node, source)) yield { rule, start: node.start, message }
    }
  }
}

function rootName(node: Node): string {
  if (node.type === 'MemberExpression') return rootName(node.object)
  if (node.type === 'CallExpression') return rootName(node.callee)
  return node.type === 'Identifier' ? node.name : ''
}

function calledName(callee: Node): string {
  if (callee.type === 'Identifier') return callee.name
  return callee.type === 'MemberExpression' ? calledName(callee.property) : ''
}

const textRules = [
  {
    rule: 'machine path',
    pattern: /(?<![\w./-])(?:\/(?:home|Users|root|work|tmp)\/[\w.-]|[A-Z]:\\\w)/g,
    message: 'this path exists on one machine only: derive it, or use a temporary folder',
    files: /./,
  },
  {
    rule: 'registry host',
    pattern:
      /\/\/[\w.-]*(?:registry|npmjs)[\w-]*\.\w|\bregistry\.[\w-]+\.(?:com|dev|io|net|org)\b/g,
    message: 'which registry serves the packages is the choice of whoever installs',
    files: /./,
  },
  {
    rule: 'download address',
    pattern: /\btarball:|\bhttps?:\/\//g,
    message: 'the lockfile names versions and hashes, never where they were downloaded',
    files: /^pnpm-lock\.yaml$/,
  },
] as const

function* inText({ path, text }: TextFile): Generator<Found> {
  for (const { rule, pattern, message, files } of textRules) {
    if (!files.test(path)) continue
    for (const { index } of text.matchAll(pattern)) yield { rule, start: index, message }
  }
}
