/** A mesh in virtual time, from the command line: `npm run sim -- --help`. */
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { main } from '@grapevine/sim'

// npm and pnpm start scripts at the top of the repository; files are named from where the user is.
const here = process.env['INIT_CWD'] ?? process.cwd()

// Whoever reads through `head` has read enough; the report and the exit code are still theirs.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  })
}

process.exitCode = await main(process.argv.slice(2), {
  called: 'npm run sim --',
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
  columns: process.stderr.columns,
  outColumns: process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
  readFile: (path) => readFile(resolve(here, path), 'utf8'),
  writeFile: (path, text) => writeFile(resolve(here, path), text),
  now: Date.now,
})
