import type { LabState, Verdict } from '@grapevine/lab'
import type { LabCall } from './carry-out.js'
import { rangesOf } from './ranges.js'

/** The first thing that somebody sees of Grapevine. */
export function tellReady(call: LabCall, { peers, address }: LabState): void {
  if (call.common.json) return call.json({ event: 'ready', peers, address })
  // Who came by way of npm has no such command on the path.
  const grapevine = call.terminal.env['npm_lifecycle_event'] ? 'npx grapevine' : 'grapevine'
  const numbers = peers.map(({ number }) => number)
  const half = Math.ceil(numbers.length / 2)
  const [left, right] = [rangesOf(numbers.slice(0, half)), rangesOf(numbers.slice(half))]
  const cut = `${grapevine} lab cut ${left} ${right}`
  const page = call.options.headless ? [] : [`Dashboard   ${call.paint('bold', address)}`]
  const lines = [
    `A mesh of ${peers.length} peers is running on this machine. No server among them.`,
    '',
    ...page,
    `Try         ${grapevine} set shop/checkout/max-items 12`,
    `            ${grapevine} watch shop/`,
    `            ${cut}  ${call.paint('dim', '# then write on both sides, then: lab heal')}`,
    'Ctrl-C stops everything and leaves nothing behind.',
  ]
  for (const line of lines) call.print(line === '' ? '' : `  ${line}`)
  call.print('')
}

const conflictsShownMax = 8

export function tellVerdict(call: LabCall, verdict: Verdict): void {
  if (call.common.json) return call.json({ event: 'verdict', ...verdict })
  const { passed, written, lost, conflicts, healMs, reason } = verdict
  const named = conflicts.slice(0, conflictsShownMax).join(', ')
  const more = conflicts.length > conflictsShownMax ? ', …' : ''
  call.print('')
  call.print(`  written     ${written} releases`)
  call.print(`  lost        ${lost.length}${lost.length === 0 ? '' : `: ${lost.join(', ')}`}`)
  call.print(
    `  conflicts   ${conflicts.length}${conflicts.length === 0 ? '' : `, all listed: ${named}${more}`}`,
  )
  if (healMs !== undefined) {
    call.print(`  healed      everybody equal after ${(healMs / 1_000).toFixed(1)} s`)
  } else call.print(`  not healed  ${reason}`)
  call.print(call.paint(passed ? 'green' : 'red', passed ? '  passed' : '  failed'))
}
