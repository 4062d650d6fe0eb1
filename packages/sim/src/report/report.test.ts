import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { calm, tell } from '../../test/told.js'
import type { Ending, Figures } from '../measure/figures.js'
import { frameTypes } from '../measure/figures.js'
import type { Plan } from '../plan.js'
import { reportOf } from './report.js'

const passed: Ending = {
  verdict: 'passed',
  reason: undefined,
  events: 1234,
  virtualMs: 9600,
  traceHash: 'ab12',
}
const again = 'grapevine sim two-datacentres.yaml --seed 1'
const played = { plan: calm, title: undefined, again }

/** Four peers, one cut, one crash, one cold join and one conflict. */
function figuresOfARun(plan: Plan = calm): Figures {
  const mesh = tell(plan)
  const release = (peer: number, ms: number) => ({
    peer: mesh.peers[peer]!.node.peer,
    stamp: { ms, counter: 0 },
  })
  const other = { value: 'Closed', release: release(2, 10) }
  mesh.peers[0]!.conflicts = [
    { key: 'shop/banner', value: 'Sale!', release: release(1, 2010), others: [other] },
  ]
  const first = mesh.write(0, 100)
  for (const peer of [1, 2, 3]) mesh.gossip(peer, first, 1, 100 + peer * 20)
  mesh.plan(2, { do: 'partition', shape: 'halves', forMs: 2000, salt: 3 }, 1000)
  mesh.plan(3, { do: 'crash', unsynced: 'torn', downMs: 500 }, 1200)
  const second = mesh.write(1, 1500)
  mesh.gossip(0, second, 1, 1530)
  mesh.down(3, 1600)
  mesh.peers[3]!.clock.clear()
  mesh.up(3, 'lost', 2100)
  mesh.session(3, [first, second], 3200)
  mesh.session(2, [second], 3900)
  mesh.frame(0, 1, 2, 105, 4000)
  mesh.frame(0, 1, 0, 300, 4000)
  mesh.measure.healed!(5000)
  return mesh.measure.figures()
}

const text = (html: string): string =>
  html
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

/** Every element is closed, in the order in which they were opened. */
function unclosed(html: string): readonly string[] {
  const open: string[] = []
  const body = html.replace(/<(style|script)>.*?<\/\1>/gs, '').replace('<!doctype html>', '')
  for (const [tag, slash, name] of body.matchAll(
    /<(\/?)([a-z0-9]+)(?:\s+[\w-]+(?:="[^"<]*")?)*\s*\/?>/g,
  )) {
    if (tag.endsWith('/>') || ['meta', 'link'].includes(name!)) continue
    if (slash === '') open.push(name!)
    else if (open.pop() !== name) return [`</${name}> closes nothing`]
  }
  const rest = body.replace(/<(\/?)([a-z0-9]+)(?:\s+[\w-]+(?:="[^"<]*")?)*\s*\/?>/g, '')
  return rest.includes('<') ? [`no tag: ${rest.slice(rest.indexOf('<')).slice(0, 60)}`] : open
}

describe('report', () => {
  const page = reportOf(played, figuresOfARun(), passed)

  it('is one well-formed page', () => {
    expect(page.startsWith('<!doctype html>')).toBe(true)
    expect(unclosed(page)).toEqual([])
  })

  it('fetches nothing, and forbids it', () => {
    expect(page).not.toMatch(/https?:|url\(|@import|\ssrc=|srcset=|\/\/[a-z]/i)
    expect(page).toContain(`default-src &#39;none&#39;`)
  })

  it('allows its own script, and no other', () => {
    const [, script] = /<script>(.*?)<\/script>/s.exec(page)!
    const hash = createHash('sha256').update(script!).digest('base64')
    expect(page).toContain(`script-src &#39;sha256-${hash}&#39;`)
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page).not.toMatch(/\son[a-z]+="/)
  })

  it('says what ran, how it ended and how to see it again', () => {
    const words = text(page)
    expect(words).toContain('4 peers, 9.6 s')
    expect(words).toContain('✓ passed')
    expect(words).toContain('seed 1')
    expect(words).toContain(again)
    expect(words).toContain('1 partition')
    expect(words).toContain('1 conflict, all listed')
  })

  it('puts each figure beside its theory', () => {
    const words = text(page)
    expect(words).toContain('T (log₂ log₂ N + 2) = 3 s')
    expect(words).toContain('4 · 110 B / 1 s = 440 B/s')
    expect(words).toContain('N − 1 = 3 sent at least')
  })

  it('lists partitions, joins and conflicts', () => {
    const words = text(page)
    expect(words).toMatch(/halves 1 s – 3 s \d \+ \d 900 ms/)
    expect(words).toMatch(/peer-3 2\.1 s 1\.1 s 400 B 1 ×/)
    expect(words).toContain('shop/banner &quot;Sale!&quot; by peer-1')
    expect(words).toContain('&quot;Closed&quot; by peer-2, 2 s earlier')
  })

  it('puts the reason and the command on top where a run failed', () => {
    const reason = 'bob lacks 3 writes of alice'
    const stuck = text(reportOf(played, figuresOfARun(), { ...passed, verdict: 'stuck', reason }))
    expect(stuck).toContain('did not converge')
    expect(stuck).not.toContain('all listed')
    expect(stuck.indexOf(reason)).toBeLessThan(stuck.indexOf(again))
    expect(stuck.indexOf(again)).toBeLessThan(stuck.indexOf('Update to all peers'))
  })

  it('says never, and not nothing, of what did not come', () => {
    const mesh = tell()
    mesh.write(0, 100)
    mesh.lost('loss', 5000)
    const words = text(reportOf(played, mesh.measure.figures(), passed))
    expect(words).toContain('Update to all peers never')
    expect(words).not.toMatch(/undefined|NaN|Infinity|null/)
  })

  it('is a page for a run in which nothing happened, too', () => {
    const empty = reportOf(played, tell().measure.figures(), { ...passed, virtualMs: 0 })
    expect(unclosed(empty)).toEqual([])
    expect(text(empty)).not.toMatch(/undefined|NaN|Infinity|null/)
  })
})

describe('report of a scenario', () => {
  it('says what it is about', () => {
    const titled = { ...played, title: 'an office on bad wifi' }
    const words = text(reportOf(titled, figuresOfARun(), passed))
    expect(words).toContain('Grapevine simulation · an office on bad wifi')
  })

  it('does not pass bad weather over in silence', () => {
    const weather = { ...calm.weather, lossShare: 0.1, clogShare: 0.002 }
    const plan = { ...calm, weather }
    const words = text(reportOf({ ...played, plan }, figuresOfARun(plan), passed))
    expect(words.replaceAll('\u00a0', ' ')).toContain(
      ' and bad weather all along (10 % lost, 0.2 % clogging) in ',
    )
  })
})

describe('report of hostile text', () => {
  const evil = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>\u202e\ud800\u0000&`

  it('escapes it wherever it comes in', () => {
    const figures = figuresOfARun()
    const side = { value: evil, by: evil, stampMs: 0 }
    const row = { name: evil, group: 'worst', cells: [0, 3, -1] } as const
    const page = reportOf(
      { plan: calm, title: evil, again: evil },
      {
        ...figures,
        conflicts: { count: 1, listed: [{ key: evil, shown: side, others: [side] }] },
        joins: [{ ...figures.joins[0]!, name: evil }],
        faults: [{ kind: 'clock', text: evil, fromMs: 1, toMs: 1 }],
        lacking: { rows: [row], isAll: true },
      },
      { ...passed, verdict: 'crashed', reason: evil, traceHash: evil },
    )
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page).not.toContain('<img')
    expect(page).not.toMatch(/[\u202e\u0000\p{Cs}]/u)
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;\ufffd\ufffd\ufffd&amp;')
    expect(unclosed(page)).toEqual([])
  })
})

describe('report of ten thousand peers', () => {
  it('stays below 300 kB, however restless the run was', () => {
    const figures = figuresOfARun()
    const restless = (row: number): number[] =>
      Array.from({ length: 120 }, (_, column) => ((row * 31 + column * 17) % 23) * 40 - 1)
    const kinds = [
      'link',
      'away',
      'crash',
      'disk',
      'clock',
      'weather',
      'member',
      'hostile',
    ] as const
    const listed = Array.from({ length: 40 }, () => {
      const side = { value: 'x'.repeat(60), by: 'peer-10000', stampMs: 1 }
      return { key: 'k'.repeat(100), shown: side, others: Array.from({ length: 50 }, () => side) }
    })
    const page = reportOf(
      {
        ...played,
        plan: { ...calm, peers: 10_000, overlay: { ...calm.overlay, links: 12, degree: 6 } },
      },
      {
        ...figures,
        endMs: 120_000,
        timeline: { ...figures.timeline, bucketMs: 1000 },
        lacking: {
          isAll: false,
          rows: Array.from({ length: 60 }, (_, row) => {
            return {
              name: `peer-${row}`,
              group: row < 40 ? 'worst' : 'middle',
              cells: restless(row),
            }
          }),
        },
        conflicts: { count: 4000, listed },
        partitions: Array.from({ length: 500 }, () => figures.partitions[0]!),
        joins: Array.from({ length: 500 }, () => figures.joins[0]!),
        faults: kinds.flatMap((kind) =>
          Array.from({ length: 5000 }, (_, at) => {
            const fromMs = (at * 7919) % 120_000
            return { kind, text: 'something happened', fromMs, toMs: fromMs + 10 }
          }),
        ),
        bytes: {
          ...figures.bytes,
          byType: frameTypes.map((type) => ({ type, isIdle: false, frames: 9, bytes: 1e9 })),
        },
      },
      { ...passed, verdict: 'stuck', reason: 'bob lacks 3 writes of alice\n'.repeat(10_000) },
    )
    expect(page.length).toBeLessThan(300_000)
    expect(unclosed(page)).toEqual([])
  })
})
