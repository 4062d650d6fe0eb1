import { readFile } from 'node:fs/promises'
import * as core from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { faultHelpText, helpText } from './help.js'
import { main } from './main.js'
import type { Library } from '../observer.js'
import { planRehearsal } from './rehearsal.js'

interface Called {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly written: ReadonlyMap<string, string>
}

interface Around {
  readonly files?: Readonly<Record<string, string>>
  readonly isTerminal?: boolean
  readonly library?: Library
}

const called = 'npm run sim --'

/** Calls the command with a terminal, files and a clock of the test. */
async function call(
  line: string | readonly string[],
  { files = {}, isTerminal = false, library = core }: Around = {},
): Promise<Called> {
  let [out, err, time] = ['', '', 1_000_080]
  const written = new Map<string, string>()
  const code = await main(
    typeof line === 'string' ? line.split(' ').filter((arg) => arg !== '') : line,
    {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      isTerminal,
      columns: 80,
      called,
      outColumns: 100,
      readFile(path) {
        const text = files[path]
        if (text !== undefined) return Promise.resolve(text)
        if (path.includes('scenarios')) return readFile(path, 'utf8')
        return Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' }))
      },
      writeFile(path, text) {
        if (path.startsWith('nowhere/')) {
          return Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' }))
        }
        written.set(path, text)
        return Promise.resolve()
      },
      now: () => (time += 100),
    },
    library,
  )
  return { code, out, err, written }
}

/** The real one, with something wrong in how it answers. */
const brokenBy = (answer: (handle: core.Replica['handle']) => core.Replica['handle']): Library => ({
  ...core,
  openReplica(options) {
    const { replica, effects } = core.openReplica(options)
    const handle: core.Replica['handle'] = (input, now) => replica.handle(input, now)
    return { effects, replica: { ...replica, handle: answer(handle) } }
  },
})

const forgetful = brokenBy(
  (handle) => (input, now) => handle(input, now).filter(({ type }) => type !== 'persist'),
)
const deaf = brokenBy(
  (handle) => (input, now) => (input.type === 'received' ? [] : handle(input, now)),
)
const throwing = brokenBy((handle) => (input, now) => {
  if (input.type === 'received') throw new Error('invariant broken: two is three')
  return handle(input, now)
})

const small = '--peers 3 --for 2s --seed 81'

describe('command', () => {
  it('says the seed first, then what came of it, then how to see it again', async () => {
    const { code, out, err, written } = await call(small)
    const rows = out.split('\n')
    expect(code).toBe(0)
    expect(err).toBe('')
    expect(rows[0]).toBe('seed 81 · 3 peers · 2 s of mesh time')
    expect(out).toMatch(/^updates +\d+ written · 0 lost · /m)
    expect(out).toMatch(/^update → all peers +p50 [\d.]+ ms = [\d.]+ link latencies · p99 /m)
    expect(rows.slice(-3)).toEqual([
      'report  sim-81.html',
      'again   npm run sim -- --peers 3 --for 2s --seed 81',
      '',
    ])
    expect([...written.keys()]).toEqual(['sim-81.html'])
    expect(written.get('sim-81.html')).toContain('<html')
  })

  it('chooses a seed, and says it in the command that plays the same again', async () => {
    const { out } = await call('--peers 3 --for 1s --no-report')
    const [, seed] = /^seed (\d+) /.exec(out) ?? []
    expect(out).toContain(`again   npm run sim -- --peers 3 --for 1s --no-report --seed ${seed}\n`)
  })

  it('plays the same for the same seed', async () => {
    const hash = async (line: string): Promise<unknown> =>
      (JSON.parse((await call(`${line} --json`)).out) as { traceHash: string }).traceHash
    expect(await hash(small)).toBe(await hash(small))
    expect(await hash(small)).not.toBe(await hash(small.replace('81', '82')))
  })

  it('prints one JSON object and nothing else', async () => {
    const { out, err, written } = await call(`${small} --json`)
    expect(JSON.parse(out)).toMatchObject({
      seed: 81,
      code: 0,
      verdict: 'passed',
      figures: { peers: 3, updates: { lost: 0 } },
      again: 'npm run sim -- --peers 3 --for 2s --seed 81 --json',
    })
    expect([err, written.size]).toEqual(['', 0])
  })

  it('plays a scenario file, and lets flags override it', async () => {
    const files = { 'my mesh.yaml': 'name: mine\npeers: 30\nfor: 1s\nseed: 7\n' }
    const { code, out } = await call(['my mesh.yaml', '--peers', '4', '--no-report'], { files })
    expect(code).toBe(0)
    expect(out).toMatch(/^seed 7 · 4 peers · 1 s of mesh time · mine\n/)
    expect(out).toContain(`again   npm run sim -- 'my mesh.yaml' --peers 4 --no-report --seed 7\n`)
  })

  it('plays a ready-made scenario, also where it is named like a file', async () => {
    const title = 'two datacentres, and the line between them goes'
    for (const name of ['two-datacentres', 'two-datacentres.yaml']) {
      const { code, out } = await call(`${name} --peers 4 --for 46s --rate 1/s --no-report`)
      expect(code).toBe(0)
      expect(out).toContain(title)
      expect(out).toMatch(
        /^cut 20 s … 45 s +regions · \d+ and \d+ writes on its sides · healed in /m,
      )
    }
  })

  it('prefers a file of the user to a ready-made scenario of that name', async () => {
    const files = { 'bad-clock.yaml': 'peers: 3\nfor: 1s\n' }
    expect((await call('bad-clock.yaml --no-report', { files })).out).toContain('3 peers · 1 s')
  })

  it('plays a stored plan and a seed of the long run', async () => {
    const files = { 'a.json': JSON.stringify(planRehearsal({ peers: 3, forMs: 1000 }, 5)) }
    const stored = await call('--plan a.json --no-report', { files })
    expect(stored.code).toBe(0)
    expect(stored.out).toMatch(/again {3}npm run sim -- --plan a.json --no-report\n$/)
    const drawn = await call('--swarm --seed 4 --no-report')
    expect(drawn.out).toMatch(/^seed 4 · /)
    expect(drawn.out).toContain('\nagain   npm run sim -- --swarm --seed 4 --no-report\n')
  })

  it('does not mind the dashes that pnpm leaves in', async () => {
    const { code, out } = await call(`-- ${small} --no-report`)
    expect(code).toBe(0)
    expect(out).toMatch(/again {3}npm run sim -- --peers 3 --for 2s --seed 81 --no-report\n$/)
  })

  it('draws a line over itself on a terminal, and takes it away again', async () => {
    const { err } = await call(`${small} --rate 40/s --no-report`, { isTerminal: true })
    expect(err).toMatch(/\r {2}[\d.]+ s of 2.0 s · \d+ % · [\d,]+ events\/s · /)
    expect(err.endsWith('\r\u001B[K')).toBe(true)
  })

  it('explains itself', async () => {
    expect(await call('--help')).toMatchObject({ code: 0, out: helpText(called), err: '' })
    expect(await call('help')).toMatchObject({ code: 0, out: helpText(called), err: '' })
    expect(await call('--help faults')).toMatchObject({ code: 0, out: faultHelpText, err: '' })
    const { code, out } = await call('--scenarios')
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toBe(
      'two-datacentres     two datacentres, and the line between them goes',
    )
  })
})

describe('what cannot be played', () => {
  it.each([
    ['--fautls x', '--fautls: there is no such flag, did you mean --faults?'],
    [
      'two-datacenters',
      'two-datacenters: there is no scenario of this name, did you mean two-datacentres?',
    ],
    ['my.yaml', 'my.yaml: there is no such file or folder, name a file that can be read'],
    [
      'shop --seed 1',
      'shop: there is no scenario of this name, choose from two-datacentres, flaky-wifi, rolling-restart, bad-clock, long-absence, hostile-member, or name a file, like shop.yaml',
    ],
    ['./shop', './shop: there is no such file or folder, name a file that can be read'],
    ['--plan my.json', 'my.json: there is no such file or folder, name a file that can be read'],
    [
      '--peers 3 --for 1s --seed 1 --report nowhere/a.html',
      'nowhere/a.html: there is no such file or folder, choose another place with --report',
    ],
  ])('is told in one line with exit code 2: %s', async (line, message) => {
    const { code, err, written } = await call(line)
    expect([code, err, written.size]).toEqual([2, `${message}\n`, 0])
  })

  it('is told with the place in a file', async () => {
    const { code, out, err } = await call('my.yaml', {
      files: { 'my.yaml': 'peers: 3\nfor: ages\n' },
    })
    const advice = 'write it like 500ms, 20s, 5min, 1h, 3d or 2w'
    expect([code, out, err]).toEqual([2, '', `my.yaml:2:6: for: ages is no time, ${advice}\n`])
  })
})

describe('a run that fails', () => {
  it.each([
    ['a promise was broken', 1, forgetful],
    ['it healed, but did not converge within 1 s', 3, deaf],
    ['the program itself failed', 4, throwing],
  ])('says that %s, with exit code %d', async (words, exitCode, library) => {
    const { code, out } = await call(`${small} --settle 1s --no-report`, { library })
    expect(code).toBe(exitCode)
    expect(out).toContain(`\n${words}\n  `)
    expect(out).toContain('\nagain   npm run sim -- ')
  })

  it('keeps its exit code where the report cannot be written', async () => {
    const line = `${small} --settle 1s --report nowhere/a.html`
    const { code, out, err } = await call(line, { library: deaf })
    expect(code).toBe(3)
    expect(err).toContain('nowhere/a.html: there is no such file or folder')
    expect(out).toContain('\nagain   npm run sim -- ')
    expect(out).not.toContain('report  ')
  })

  it('tells its reason in JSON too', async () => {
    const { code, out } = await call(`${small} --settle 1s --json`, { library: deaf })
    expect(code).toBe(3)
    expect(JSON.parse(out)).toMatchObject({ verdict: 'stuck', code: 3 })
  })

  it('is shrunk where it was a plan, and kept to be played again', async () => {
    const plan = planRehearsal({ peers: 3, forMs: 1000, writesPerSecond: 20 }, 5)
    const files = { 'a.json': JSON.stringify({ ...plan, livenessMs: 1000 }) }
    const { code, out, written } = await call('--plan a.json --no-report', { files, library: deaf })
    expect(code).toBe(3)
    expect(out).toMatch(/\nshrunk to 1 events?: /)
    expect(out).toMatch(/again {3}npm run sim -- --plan sim-5.plan.json\n$/)
    const stored = { 'b.json': written.get('sim-5.plan.json')! }
    const again = await call('--plan b.json --no-report', { files: stored, library: deaf })
    expect(again.code).toBe(3)
    expect(again.out).toContain('\nno smaller plan fails so\n')
    expect(again.written.size).toBe(0)
    expect((await call('--plan b.json --no-report', { files: stored })).code).toBe(0)
  })
})
