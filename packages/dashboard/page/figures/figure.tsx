import { useState } from 'preact/hooks'
import { spanInWords } from './columns.js'
import type { Frame } from './columns.js'
import type { Inks } from './inks.js'
import { amountAt, nowInWords } from './pictures.js'
import type { Picture } from './pictures.js'
import { Plot } from './plot.js'

interface Shown {
  readonly picture: Picture
  readonly frame: Frame
  readonly inks: Inks
}

/** One kind of figures: now in big, what it means, and how it came. */
export function Figure({ picture, frame, inks }: Shown) {
  const [pointed, setPointed] = useState<number | undefined>(undefined)
  const { title, says, of, names, columns } = picture
  const [times] = columns
  return (
    <section class="figures-one card">
      <h2>
        {title} <bdi class="dim small">{pointed === undefined ? of : timeAt(times[pointed])}</bdi>
      </h2>
      <p class="figures-now">
        {names.map((name, line) => (
          <span key={name} class={`figures-amount line-${line}`}>
            <span class="figures-number">
              {amountAt(picture, line, pointed ?? times.length - 1) ?? '–'}
            </span>
            {names.length > 1 && <span class="figures-name small">{name}</span>}
          </span>
        ))}
      </p>
      <p class="dim small">{says}</p>
      <Plot
        columns={columns}
        frame={frame}
        unit={picture.unit}
        topMin={picture.topMin}
        inks={inks}
        label={`${title} over the last ${spanInWords(frame.to - frame.from)}; now ${nowInWords(picture)}`}
        onPoint={setPointed}
      />
    </section>
  )
}

const timeAt = (seconds: number | undefined): string =>
  seconds === undefined ? '' : new Date(seconds * 1_000).toLocaleTimeString()
