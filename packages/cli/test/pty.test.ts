import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { commandFile } from './process.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const python = process.env['PYTHON'] ?? 'python3'
const script = fileURLToPath(new URL('terminal.py', import.meta.url))

interface AtTerminal {
  readonly ended: Promise<number | null>
  text(): string
  wrote(words: string): Promise<void>
  type(text: string): void
}

/** The command as a process of its own, at a terminal that is real to it. */
async function sitDown(
  stage: Stage,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<AtTerminal> {
  const command = [process.execPath, await commandFile(), ...args]
  const child = spawn(python, [script, '100', ...command], {
    cwd: stage.folder,
    env: {
      PATH: process.env['PATH'],
      TERM: 'xterm-256color',
      GRAPEVINE_DATA_DIR: join(stage.folder, 'alice'),
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let written = ''
  let look = (): void => {}
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    written += more
    look()
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return {
    ended,
    text: () => written,
    wrote: async (words) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (stripVTControlCharacters(written).includes(words)) resolve()
        }
        look()
        ended.then(() => reject(new Error(`it never wrote ${words}:\n${written}`)), reject)
      }),
    type: (text) => void child.stdin.write(`${JSON.stringify(text)}\n`),
  }
}

describe('at a terminal', () => {
  it('the bar of receipts fills on one line', async () => {
    await using stage = await openStage(['alice', 'bob'])
    stage.mesh.cut(['alice'], ['bob'])
    const seat = await sitDown(stage, ['set', 'shop/banner', 'Sale!', '--wait', 'all'])
    await seat.wrote('1/2 have it')
    stage.mesh.heal()
    expect(await seat.ended, seat.text()).toBe(0)
    const lines = stripVTControlCharacters(seat.text()).split('\r\n')
    const bar = lines.find((line) => line.includes('have it'))?.split('\r') ?? []
    expect(bar.some((state) => /█{10}░{10} {2}1\/2 have it/.test(state))).toBe(true)
    expect(bar.at(-1)).toMatch(/^ {2}█{20} {2}2\/2 have it · [\d.]+ \w+$/)
    expect(lines.filter((line) => line.includes('have it'))).toHaveLength(1)
    expect(seat.text()).toContain('\u001b[32m█')
  })

  it('nothing is coloured where NO_COLOR says so', async () => {
    await using stage = await openStage(['alice', 'bob'])
    const seat = await sitDown(stage, ['set', 'a', '1', '--wait', 'all'], { NO_COLOR: '1' })
    expect(await seat.ended, seat.text()).toBe(0)
    expect(seat.text()).toContain('█')
    expect(seat.text()).not.toMatch(/\u001b\[\d+m/)
  })

  it('Ctrl-C gives up the waiting, and what is written stays so', async () => {
    await using stage = await openStage(['alice', 'bob'])
    stage.mesh.cut(['alice'], ['bob'])
    const seat = await sitDown(stage, ['set', 'shop/banner', 'Sale!', '--wait', 'all'])
    await seat.wrote('1/2 have it')
    seat.type('\u0003')
    expect(await seat.ended, seat.text()).toBe(130)
    expect(seat.text()).toMatch(/release \w+·1 is written; grapevine receipts/)
    expect(stage.peer.get('shop/banner')).toBe('Sale!')
  })

  it('a question is asked before something is removed, and no is the answer of Enter', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/old': 1, 'shop/kept': 2 } })
    await writeFile(join(stage.folder, 'prod.yaml'), 'shop: {kept: 2}')
    const ask = async (answer: string): Promise<AtTerminal> => {
      const seat = await sitDown(stage, ['publish', 'prod.yaml', '--prune'])
      await seat.wrote('Remove this key?')
      seat.type(answer)
      await seat.ended
      return seat
    }
    const enter = await ask('\r')
    expect(await enter.ended, enter.text()).toBe(130)
    expect(enter.text()).toContain('nothing was written')
    const interrupted = await ask('\u0003')
    expect(await interrupted.ended, interrupted.text()).toBe(130)
    expect(stage.peer.has('shop/old')).toBe(true)
    const yes = await ask('y')
    expect(await yes.ended, yes.text()).toBe(0)
    expect(stage.peer.has('shop/old')).toBe(false)
  })

  it('a program that exec runs has the terminal, and Ctrl-C reaches it once', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/banner': 'Sale!' } })
    const program = `
      let interrupts = 0
      process.on('SIGINT', () => {
        interrupts++
        setTimeout(() => { console.log('interrupts ' + interrupts); process.exit(5) }, 300)
      })
      process.stdin.on('data', (line) => console.log('typed ' + line + process.stdin.isTTY + process.env.SHOP_BANNER))
      console.log('ready')`
    const seat = await sitDown(stage, ['exec', process.execPath, '-e', program])
    await seat.wrote('ready')
    seat.type('hello\r')
    await seat.wrote('typed hello\r\ntrueSale!')
    seat.type('\u0003')
    expect(await seat.ended, seat.text()).toBe(5)
    expect(seat.text()).toContain('interrupts 1')
  })
})
