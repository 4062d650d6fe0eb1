import { describe, expect, it } from 'vitest'
import { htmlOf } from './render-html.ts'
import { markdownOf } from './render-markdown.ts'
import { textOf } from './render-text.ts'
import { reportWith } from './report.testing.ts'
import { simulatedRows } from './simulation.ts'

const evil = '<script>alert("x")</script> | *bold*'

const report = reportWith(
  [
    { name: 'signed-floor', title: 'signed floor', kind: 'floor' },
    { name: 'grapevine', title: 'Grapevine', kind: 'grapevine' },
    { name: 'etcd', title: evil, version: evil },
    { name: 'nats', title: 'NATS', skipped: 'nats-server is not installed', version: undefined },
  ],
  [
    { figure: 'last-3', system: 'signed-floor', samples: [1, 1, 2] },
    { figure: 'last-3', system: 'grapevine', samples: [2, 2, 4] },
    { figure: 'last-3', system: 'etcd', samples: [1.5] },
    { figure: 'burst', system: 'grapevine', samples: [100] },
    { figure: 'burst', system: 'etcd', note: evil },
  ],
)

describe('the text', () => {
  it('has a row for each system with its ratios, and a dash with a note for what it lacks', () => {
    const lines = textOf(report).split('\n')
    expect(lines.find((line) => line.startsWith('  Grapevine  '))?.split(/\s{2,}/)).toEqual([
      '',
      'Grapevine',
      '2',
      '4',
      '2',
      '2×',
      '1×',
      '3',
    ])
    expect(lines.some((line) => line.includes('[1]') && / - /.test(line))).toBe(true)
    expect(lines).toContain(`  [1] ${evil}`)
  })

  it('names what was skipped, and why', () => {
    expect(textOf(report)).toContain('  NATS: skipped: nats-server is not installed')
  })
})

describe('the page', () => {
  const page = htmlOf(report, undefined)

  it('shows what others say as text, never as markup', () => {
    expect(page).not.toContain('<script')
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;')
  })

  it('asks nobody for anything', () => {
    expect(page).not.toMatch(/\b(?:src|href)=|@import|url\(/)
  })

  it('plots each figure, and says where a simulation would be', () => {
    expect(page.match(/<svg /g)).toHaveLength(2)
    expect(page).not.toContain('NaN')
    expect(page).toContain('Not simulated yet')
  })
})

describe('docs/FIGURES.md', () => {
  it('keeps every cell within its cell', () => {
    for (const line of markdownOf(report, undefined).split('\n')) {
      if (!line.startsWith('|')) continue
      const cells = line.replaceAll(/\\./g, '').split('|').length
      expect(cells).toBeGreaterThan(3)
    }
    expect(markdownOf(report, undefined)).not.toContain('<script')
  })

  it('says where others win, what is missing, and what is only simulated', () => {
    const text = markdownOf(report, {
      simulatedAt: '2026-01-01',
      command: 'npm run sim-scale',
      rows: [
        ['peers', '10'],
        ['hops, mean', '1'],
      ],
    })
    expect(text).toMatch(/## Where others win\n\n- publish until the last of 3 .*1\.5; Grapevine 2/)
    expect(text).toContain('- NATS: nats-server is not installed')
    expect(text).toContain('**Simulated**, not measured')
    expect(text).toContain('| hops, mean | 1 |')
  })
})

describe('the table of the simulator', () => {
  it('is read row by row, without what depends on this machine', () => {
    const output = [
      '10 peers …',
      'peers                10     100',
      'hops, mean (theory)  1 (1)  2.4 (2.9)',
      'seconds of this machine  1  2',
      '',
      'In brackets what theory says.',
    ]
    expect(simulatedRows(output.join('\n'))).toEqual([
      ['peers', '10', '100'],
      ['hops, mean (theory)', '1 (1)', '2.4 (2.9)'],
    ])
  })

  it('is empty where there is none', () => {
    expect(simulatedRows('it failed')).toEqual([])
  })
})
