import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { startCommand } from './process.js'
import { openStage } from './stage.js'

/** Resolves once nobody runs under this number any more. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    if (state === '' || state.includes(') Z ')) return
    await new Promise((next) => setImmediate(next))
  }
}

describe('exec that is killed', () => {
  it('leaves no program behind', async () => {
    await using stage = await openStage(['alice'], { values: { a: 1 } })
    const program = `
      process.on('SIGTERM', () => { console.log('told to end'); process.exit() })
      setInterval(() => {}, 1000)
      console.log('pid ' + process.pid + ' runs')`
    const command = ['exec', '--data-dir', 'alice', process.execPath, '-e', program]
    const running = await startCommand(stage.folder, command)
    await running.wrote(' runs')
    const pid = Number(/pid (\d+)/.exec(running.text())?.[1])
    running.child.kill('SIGKILL')
    expect((await running.ended).signal).toBe('SIGKILL')
    await gone(pid)
  })
})
