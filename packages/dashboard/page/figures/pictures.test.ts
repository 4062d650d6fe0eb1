import type { Figures } from '@grapevine/api/page'
import { describe, expect, it } from 'vitest'
import type { LabFigures } from '../lab-wire.js'
import { nowInWords, picturesOf } from './pictures.js'

const figures: Figures = {
  at: 1_000,
  ageMs: { p50: 4, p99: 20, count: 3 },
  copies: 1.04,
  syncBytesPerSecond: 900,
  sentBytesPerSecond: 3_400,
  receivedBytesPerSecond: 3_000,
  loopLagMs: 0.3,
  releasesPerSecond: 2,
}
const lab: LabFigures = {
  at: 1_000,
  lastMs: { p50: 84, p99: 120, count: 3 },
  syncBytesPerSecond: 7_000,
  sentBytesPerSecond: 27_000,
}

const shown = (all: ReturnType<typeof picturesOf>) =>
  all.map((picture) => [picture.title, picture.of, nowInWords(picture)])

describe('the pictures', () => {
  it('of a peer show what it measures', () => {
    expect(shown(picturesOf({ peer: 'mailer', figures: [figures], lab: undefined }))).toEqual([
      ['Propagation', 'mailer', 'p50 4 ms, p99 20 ms'],
      ['Copies per peer', 'mailer', '1.04'],
      ['Traffic', 'mailer', 'sync 900 B/s, sent 3.4 kB/s, received 3 kB/s'],
      ['Store', 'mailer', 'p50 nothing, p99 nothing'],
      ['Loop lag', 'mailer', '0.3 ms'],
      ['Releases', 'mailer', '2 /s'],
    ])
  })

  it('of the lab show all peers together, and one peer where only it can measure', () => {
    expect(shown(picturesOf({ peer: 'mailer', figures: [figures], lab: [lab] }))).toEqual([
      ['Propagation', 'all peers', 'p50 84 ms, p99 120 ms'],
      ['Copies per peer', 'all peers', 'nothing'],
      ['Traffic', 'all peers', 'sync 7 kB/s, sent 27 kB/s'],
      ['Store', 'all peers', 'p50 nothing, p99 nothing'],
      ['Loop lag', 'mailer', '0.3 ms'],
      ['Releases', 'mailer', '2 /s'],
    ])
  })

  it('show nothing before something was measured', () => {
    expect(nowInWords(picturesOf({ peer: '', figures: [], lab: undefined })[1]!)).toBe('nothing')
  })
})
