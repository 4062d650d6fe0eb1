import { createHash } from 'node:crypto'
import type { Ending, Figures } from '../measure/figures.js'
import type { Plan } from '../plan.js'
import { curveChart } from './curve.js'
import { counted } from './format.js'
import { glossary } from './glossary.js'
import { header } from './header.js'
import type { Played } from './header.js'
import { bytesChart, copiesChart, hopsChart } from './histograms.js'
import { html, trusted } from './html.js'
import type { Markup } from './html.js'
import { keyFigures } from './key-figures.js'
import { script } from './script.js'
import { style } from './style.js'
import { conflictsTable, joinsTable, partitionsTable, planTable } from './tables.js'
import { timelineChart } from './timeline.js'

/** One HTML file that needs nothing else: no network, no fonts, no libraries. */
export function reportOf(played: Played, figures: Figures, ending: Ending): string {
  const { plan } = played
  const title = `Grapevine · seed ${plan.seed} · ${counted(figures.peers, 'peer')} · ${ending.verdict}`
  // Only this one script may run, and nothing may be fetched, whatever the text holds.
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '${hashOf(script)}'`
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <main>
          ${header(played, figures, ending)} ${keyFigures(plan, figures)}
          ${timelineChart(plan, figures, ending)} ${curveChart(plan, figures)}
          <div class="pair">
            ${hopsChart(plan, figures)}${copiesChart(plan, figures)}${bytesChart(figures)}
          </div>
          <div class="blocks">
            ${partitionsTable(plan, figures)}${joinsTable(figures)}${conflictsTable(figures)}
          </div>
          ${details(plan, ending)}
        </main>
        ${trusted(`<script>${script}</script>`)}
      </body>
    </html> `
  return markup
}

const hashOf = (text: string): string =>
  `sha256-${createHash('sha256').update(text).digest('base64')}`

function details(plan: Plan, ending: Ending): Markup {
  const words = Object.entries(meanings).map(
    ([term, text]) =>
      html`<div>
        <dt>${term}</dt>
        <dd>${text}</dd>
      </div>`,
  )
  return html`<footer>
    <details>
      <summary>The plan</summary>
      ${planTable(plan)}
    </details>
    <details>
      <summary>What these figures mean</summary>
      <dl>${words}</dl>
    </details>
    <p class="quiet">
      Trace ${ending.traceHash}. The same seed and version give the same trace, on any machine.
      Times are those of the simulated mesh.
    </p>
  </footer>`
}

const meanings: Readonly<Record<string, string>> = {
  'update to all peers': glossary.spread,
  hops: glossary.hops,
  copies: glossary.copies,
  bytes: glossary.bytes,
  'came by gossip': glossary.gossip,
  'idle sessions': glossary.idle,
  healed: glossary.heal,
  spread: glossary.curve,
  'who lacked what': glossary.lacking,
  conflicts: glossary.conflicts,
  'cold join': glossary.joins,
}
