import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { besideLab, whereLabsRun } from '../../test/lab-place.js'
import { wordsOf } from '../../test/words.js'

let place: Awaited<ReturnType<typeof besideLab>>

beforeAll(async () => {
  place = await besideLab()
}, 60_000)

afterAll(async () => place[Symbol.asyncDispose]())

const run = async (command: string, env: NodeJS.ProcessEnv = {}) =>
  place.run(wordsOf(command), { env })

describe('grapevine lab', () => {
  it('shows who runs', async () => {
    const { code, out } = await run('lab status')
    expect(code).toBe(0)
    expect(out.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^1\tstorefront\trunning\t2\t40\t0\t0\t0$/),
      expect.stringMatching(/^2\tcheckout\trunning\t/),
      expect.stringMatching(/^3\tpayments\trunning\t/),
    ])
  })

  it('cuts, slows and heals', async () => {
    expect((await run('lab cut 1-2')).err).toBe('cut: 1-2 | 3\n')
    const slow = await run('lab slow payments --delay 50ms --loss 5% --rate 64kB/s --json')
    expect(JSON.parse(slow.out)).toMatchObject({
      groups: [[1, 2], [3]],
      lines: [
        { from: 1, to: 3, delayMs: 50, lossShare: 0.05, bytesPerSecond: 64_000 },
        { from: 2, to: 3, delayMs: 50 },
      ],
    })
    expect((await run('lab heal')).err).toBe('no cut\n')
  })

  it('pauses, kills and starts, by number and by name', async () => {
    expect((await run('lab pause checkout')).err).toContain('checkout is paused')
    expect((await run('lab resume 2')).err).toContain('checkout is running')
    expect((await run('lab kill 2,3')).err).toContain('checkout is stopped\npayments is stopped')
    expect(await run('lab pause 2')).toMatchObject({ code: 2 })
    expect((await run('get shop/open --lab 2')).code).toBe(6)
    expect((await run('lab start 2-3')).err).toContain('checkout is running\npayments is running')
  })

  it.each([
    ['lab cut', 'nobody is named'],
    ['lab cut 1-3', 'a cut has two sides'],
    ['lab cut 1 1-2', 'peer 1 is in two groups'],
    ['lab heal 3', 'heal is of the whole lab'],
    ['lab status 3', 'status is of the whole lab'],
    ['lab kill 9', 'the lab has 3: write 1 to 3'],
    ['lab kill nobody', '"nobody" names no peers'],
    ['lab slow 1 2', 'how slow is not said'],
    ['lab slow 1 2 --loss much', '--loss: much is no share'],
    ['lab dance', 'the lab cannot "dance"'],
    ['lab --peers 1 --headless', 'a lab of 1 peers cannot be made'],
    ['lab --peers few', '--peers "few" is no number'],
    ['lab --scenario nothing', 'there is no scenario of this name'],
    ['get shop/open --lab nobody', 'the lab has no peer "nobody"'],
  ])('refuses %s', async (command, says) => {
    const { code, err } = await run(command)
    expect(err).toContain(says)
    expect(code).toBe(2)
  })

  it('is refused a second time, with what to do', async () => {
    const { code, err } = await run('lab --peers 2 --headless')
    expect(code).toBe(6)
    expect(err).toContain('a lab of this user runs already')
    expect(err).toContain('next: grapevine lab status')
  })
})

describe('other commands beside a lab', () => {
  it('speak to the peer of the lab that is named', async () => {
    const status = await run('status --json --lab payments')
    expect(JSON.parse(status.out)).toMatchObject({ name: 'payments' })
    const other = await run('status --json', { GRAPEVINE_LAB: '2' })
    expect(JSON.parse(other.out)).toMatchObject({ name: 'checkout' })
  })

  it('speak to its first one where nothing is configured, and say so', async () => {
    const { code, out, err } = await run('get shop/checkout/max-items')
    expect([code, out, err]).toEqual([0, '10\n', 'through storefront of the lab\n'])
    expect((await run('get shop/checkout/max-items --quiet')).err).toBe('')
  })

  it('leave it alone where another peer is meant', async () => {
    const { code, err } = await run('get shop/open --data-dir elsewhere')
    expect(code).toBe(6)
    expect(err).toContain('no peer runs here')
    expect((await run('get shop/open', { GRAPEVINE_DATA_DIR: 'elsewhere' })).code).toBe(6)
  })
})

describe('where no lab runs', () => {
  it('its acts end as where no peer runs', async () => {
    await using empty = await whereLabsRun()
    const { code, err } = await empty.run(['lab', 'cut', '1', '2'])
    expect(code).toBe(6)
    expect(err).toContain('no lab of this user runs here')
    expect((await empty.run(['get', 'shop/open', '--lab', '1'])).code).toBe(6)
  })

  it('one plays a scenario, tells it as JSON, and ends with its verdict', async () => {
    await using empty = await whereLabsRun()
    const scenario = `
name: short
for: 2s
writes: { rate: 5/s, writers: 2 }
faults:
  - { partition: one, who: carol, from: 500ms, until: 1500ms }
  - clock: +1h
`
    await writeFile(join(empty.folder, 'short.yaml'), scenario)
    const args = 'lab --scenario ./short.yaml --peers 3 --seed 5 --headless --json'
    const { code, out, err } = await empty.run(wordsOf(args))
    expect([code, err]).toEqual([0, ''])
    const told = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly event: string })
    expect(told.some(({ event }) => event === 'ready')).toBe(true)
    expect(told).toContainEqual({
      event: 'left-out',
      reason: 'clock, drift: the clock of this machine is everybody’s',
    })
    expect(told).toContainEqual({ event: 'step', atMs: 500, says: 'cut into 1,2 | 3' })
    expect(told.find(({ event }) => event === 'verdict')).toMatchObject({ passed: true, lost: [] })
  })
})
