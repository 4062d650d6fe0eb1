import type { Ending, Figures } from '../measure/figures.js'
import type { Plan } from '../plan.js'
import { grouped } from '../command/units.js'
import { counted, inline, time } from './format.js'
import { html } from './html.js'
import type { Markup } from './html.js'

const verdicts: Record<Ending['verdict'], { readonly sign: string; readonly text: string }> = {
  passed: { sign: '✓', text: 'passed' },
  incorrect: { sign: '✕', text: 'a promise broke' },
  stuck: { sign: '✕', text: 'did not converge' },
  crashed: { sign: '✕', text: 'crashed' },
}

/** What was played. */
export interface Played {
  readonly plan: Plan
  /** What the scenario says that it is about. */
  readonly title: string | undefined
  /** What to type in order to see the very same run. */
  readonly again: string
}

/** What ran, how it ended, and how to see it again. What failed comes first. */
export function header({ plan, title, again }: Played, figures: Figures, ending: Ending): Markup {
  const { sign, text } = verdicts[ending.verdict]
  const isPassed = ending.verdict === 'passed'
  return html`<header class="top ${isPassed ? 'passed' : 'failed'}">
    <p class="over">Grapevine simulation${title === undefined ? '' : ` · ${title}`}</p>
    <h1>
      ${counted(figures.peers, 'peer')}, ${inline(time(ending.virtualMs))}
      <span class="verdict"><i>${sign}</i> ${text}</span>
    </h1>
    <p class="facts">${facts(plan, figures, ending).map((fact) => html`<span>${fact}</span>`)}</p>
    ${isPassed ? '' : html`<pre class="reason">${reasonOf(ending)}</pre>`}
    <div class="again">
      <span>see it again</span><code id="again">${again}</code
      ><button type="button" id="copy" hidden>Copy</button>
    </div>
  </header>`
}

function facts(plan: Plan, figures: Figures, ending: Ending): readonly string[] {
  const { updates, conflicts, partitions } = figures
  const written = updates.written === 0 ? 'nothing written' : counted(updates.written, 'update')
  // That the list is exactly what was written concurrently is checked in every run that passes.
  const listed = ending.verdict === 'passed' ? ', all listed' : ''
  return [
    `seed ${plan.seed}`,
    ...(plan.hostile > 0 ? [`${grouped(plan.hostile)} hostile beside them`] : []),
    written,
    `${grouped(updates.lost)} lost`,
    ...(updates.gone > 0 ? [`${grouped(updates.gone)} gone with the only disk`] : []),
    ...(updates.voided > 0 ? [`${grouped(updates.voided)} void by cuts and forks`] : []),
    ...(partitions.length > 0 ? [counted(partitions.length, 'partition')] : []),
    conflicts.count === 0 ? 'no conflicts' : `${counted(conflicts.count, 'conflict')}${listed}`,
    `${grouped(ending.events)} events`,
  ]
}

const reasonLengthMax = 8000

function reasonOf({ reason = 'no reason was given' }: Ending): string {
  return reason.length <= reasonLengthMax ? reason : `${reason.slice(0, reasonLengthMax)}…`
}
