import { useDesk } from '../context.js'
import { frameOf } from './columns.js'
import { Figure } from './figure.js'
import { useInks } from './inks.js'
import { Notices } from './notices.js'
import { PeerFacts } from './peer-facts-card.js'
import { nowInWords, picturesOf } from './pictures.js'
import type { Picture } from './pictures.js'

/** How well it goes: measured, now, and over the last quarter of an hour. */
export function FiguresView() {
  const { connection, status, figures, lab } = useDesk()
  const inks = useInks()
  const pictures = picturesOf({
    peer: status.value?.name ?? 'this peer',
    figures: figures.value,
    lab: lab?.figures.value,
  })
  const frame = frameOf(pictures.map(({ columns }) => columns))
  return (
    <div class="figures" aria-busy={connection.value !== 'open'}>
      <h1 class="unseen">Figures</h1>
      <Numbers pictures={pictures} />
      <div class="figures-all">
        {pictures.map((picture) => (
          <Figure key={picture.title} picture={picture} frame={frame} inks={inks} />
        ))}
      </div>
      <div class="figures-rest">
        <PeerFacts />
        <Notices />
      </div>
    </div>
  )
}

/** For whoever hears this page: a picture is hard to tell. */
function Numbers({ pictures }: { pictures: readonly Picture[] }) {
  return (
    <div class="unseen">
      <table>
        <caption>Figures now</caption>
        <tbody>
          {pictures.map((picture) => (
            <tr key={picture.title}>
              <th scope="row">{picture.title}</th>
              <td>{picture.of}</td>
              <td>{nowInWords(picture)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
