import { useState } from 'preact/hooks'
import type { LabDesk } from '../desk.js'
import { countOf } from '../in-words.js'
import type { LabState, LineWish } from '../lab-wire.js'
import { Dialog } from '../parts/dialog.js'
import { tried } from '../parts/toasts.js'
import { isRough } from './graph.js'
import { numbersIn, rangesOf } from './numbers.js'

interface Props {
  readonly lab: LabDesk
  readonly state: LabState
  readonly chosen: readonly number[]
  readonly onClose: () => void
}

/** Makes lines slow or lossy, in one direction or in both. */
export function LinesDialog({ lab, state, chosen, onClose }: Props) {
  const all = state.peers.map(({ number }) => number)
  const last = Math.max(...all)
  const others = all.filter((number) => !chosen.includes(number))
  const [from, setFrom] = useState(rangesOf(chosen.length === 0 ? all : chosen))
  const [to, setTo] = useState(rangesOf(others.length === 0 ? all : others))
  const [delayMs, setDelayMs] = useState(200)
  const [lossPercent, setLossPercent] = useState(5)
  const [isBoth, setBoth] = useState(true)
  const sides = [numbersIn(from, last), numbersIn(to, last)] as const
  const rough = state.lines.filter(isRough)

  async function wish(wishes: readonly LineWish[]): Promise<void> {
    const isDone = await tried(async () => {
      for (const one of wishes) await lab.setLines(one)
    })
    if (isDone) onClose()
  }

  function onSubmit(event: Event): void {
    event.preventDefault()
    const [here, there] = sides
    if (here === undefined || there === undefined) return
    const weather = { delayMs, lossShare: lossPercent / 100, state: 'clear' } as const
    const forth = { from: here, to: there, ...weather }
    void wish(isBoth ? [forth, { from: there, to: here, ...weather }] : [forth])
  }

  return (
    <Dialog title="Slow and lossy lines" onClose={onClose}>
      <form class="mesh-lines" onSubmit={onSubmit}>
        <Numbers
          label="From peers"
          value={from}
          isFine={sides[0] !== undefined}
          onInput={setFrom}
        />
        <Numbers label="To peers" value={to} isFine={sides[1] !== undefined} onInput={setTo} />
        <Amount label="Delay, ms" most={60_000} value={delayMs} onInput={setDelayMs} />
        <Amount label="Loss, %" most={100} value={lossPercent} onInput={setLossPercent} />
        <label class="mesh-both">
          <input type="checkbox" checked={isBoth} onChange={() => setBoth(!isBoth)} /> and back
        </label>
        <p class="dim small">
          {rough.length === 0
            ? 'All lines are clear now. Write numbers of peers as 1-4, 7.'
            : `${countOf(rough.length, 'line')} ${rough.length === 1 ? 'is' : 'are'} slow or lossy now.`}
        </p>
        <div class="actions">
          <button
            type="button"
            disabled={rough.length === 0}
            onClick={() =>
              void wish([{ from: all, to: all, delayMs: 0, lossShare: 0, state: 'clear' }])
            }
          >
            Clear all
          </button>
          <button class="main" disabled={sides.includes(undefined)}>
            Set
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Numbers(props: {
  readonly label: string
  readonly value: string
  readonly isFine: boolean
  readonly onInput: (text: string) => void
}) {
  return (
    <label>
      {props.label}
      <input
        value={props.value}
        aria-invalid={!props.isFine}
        onInput={({ currentTarget }) => props.onInput(currentTarget.value)}
      />
    </label>
  )
}

function Amount(props: {
  readonly label: string
  readonly value: number
  readonly most: number
  readonly onInput: (amount: number) => void
}) {
  return (
    <label>
      {props.label}
      <input
        type="number"
        min="0"
        max={props.most}
        step="any"
        required
        value={props.value}
        onInput={({ currentTarget: { valueAsNumber } }) => props.onInput(valueAsNumber)}
      />
    </label>
  )
}
