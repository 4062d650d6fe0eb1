import type { Difference } from '@grapevine/peer'
import type { Call } from '../call.js'
import { valueInWords } from './shown-value.js'

/** What a write would change, one key a line: `+` added, `~` changed, `-` removed. */
export function showDifferences(call: Call, differences: readonly Difference[]): void {
  if (call.common.json) {
    for (const difference of differences) call.json(difference)
    return
  }
  for (const line of differencesInWords(call, differences)) call.print(line)
}

export const differencesInWords = (
  call: Pick<Call, 'paint'>,
  differences: readonly Difference[],
): readonly string[] => differences.map((difference) => differenceInWords(call, difference))

function differenceInWords(
  { paint }: Pick<Call, 'paint'>,
  { key, before, after }: Difference,
): string {
  if (after === undefined) return paint('red', `- ${key}  ${valueInWords(before)}`)
  if (before === undefined) return paint('green', `+ ${key}  ${valueInWords(after)}`)
  return paint('yellow', `~ ${key}  ${valueInWords(before)} → ${valueInWords(after)}`)
}
