import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { main } from '@grapevine/sim'
import { verb } from '../verb.js'

export const sim = verb({
  name: 'sim',
  says: 'rehearses a mesh of thousands under virtual time, with every fault we know',
  args: '[scenario and options...]',
  passesOn: 'all',
  more: 'All that follows is handed to the simulator as it is, and so are its exit codes.',
  examples: [
    {
      line: 'grapevine sim two-datacentres --peers 100 --seed 81',
      says: 'cut in two, healed, counted',
    },
    { line: 'grapevine sim --scenarios', says: 'the scenarios that come with it' },
  ],
  run: async ({ words, terminal }) => {
    const { stdout, stderr, cwd } = terminal
    terminal.endAtOnce?.()
    return main(words, {
      called: 'grapevine sim',
      out: (text) => void stdout.write(text),
      err: (text) => void stderr.write(text),
      isTerminal: stderr.isTTY === true,
      columns: stderr.columns ?? 80,
      outColumns: stdout.isTTY === true ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
      readFile: async (path) => readFile(resolve(cwd, path), 'utf8'),
      writeFile: async (path, text) => writeFile(resolve(cwd, path), text),
      now: Date.now,
    })
  },
})
