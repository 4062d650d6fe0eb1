/**
 * The house rules that a machine can hold us to. Each rule is one entry of `rules`, says in its
 * message what to do instead, and has a planted violation in tidy.test.ts.
 */
import { pathToFileURL } from 'node:url'
import { root } from './command.ts'
import { deadExports } from './tidy/exports.ts'
import { leftovers } from './tidy/leftovers.ts'
import { iterationOrder } from './tidy/order.ts'
import { purity } from './tidy/purity.ts'
import { readRepository } from './tidy/repository.ts'
import type { Rule, Violation } from './tidy/repository.ts'
import { size } from './tidy/size.ts'

const rules: readonly Rule[] = [purity, iterationOrder, deadExports, leftovers, size]

export function findViolations(folder: string): readonly Violation[] {
  const repository = readRepository(folder)
  return rules
    .flatMap((rule) => [...rule(repository)])
    .toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
}

export function describe({ file, line, rule, message }: Violation): string {
  return `${file}:${line}  ${rule}: ${message}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const violations = findViolations(root)
  for (const violation of violations) console.log(describe(violation))
  process.exitCode = violations.length > 0 ? 1 : 0
}
