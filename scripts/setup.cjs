// Makes a fresh clone ready, then runs one of its scripts:
//   node scripts/bootstrap.cjs [--build] scripts/sim.ts [arguments of the script]
// Plain JavaScript on Node's own modules, because it runs before anything is installed.
'use strict'

const { createHash } = require('node:crypto')
const { spawn, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const root = path.resolve(__dirname, '..')
const inRoot = (/** @type {string[]} */ ...parts) => path.join(root, ...parts)
const stampFile = inRoot('node_modules', '.setup-stamp')
const isWindows = process.platform === 'win32'

/** @param {string[]} args */
async function main(args) {
  const build = args[0] === '--build'
  const script = build ? args.slice(1) : args
  const report = progress(process.stderr)

  report.done(`Node ${process.versions.node}`)
  await step(report, 'packages', installed, install, 'Check the network and the disk')
  // The compiler is its own stamp: with nothing to do it is back in a fraction of a second.
  if (build) {
    await step(report, 'built', () => false, compile, 'Correct the errors above')
    await step(report, 'page', pageBuilt, buildPage, 'Correct the errors above')
  }
  report.end()

  const child = await run(process.execPath, ['--import', 'tsx', ...script], 'inherit')
  leaveLike(child)
}

/**
 * @param {ReturnType<typeof progress>} report
 * @param {string} name
 * @param {() => boolean} isDone
 * @param {() => Promise<Ended>} work
 * @param {string} advice
 */
async function step(report, name, isDone, work, advice) {
  if (isDone()) return report.done(name)
  report.begin(name)
  const started = performance.now()
  const ended = await work()
  if (ended.code === 0) return report.done(`${name} (${seconds(performance.now() - started)})`)

  report.failed(name)
  const how = ended.signal ?? ended.error ?? `exit code ${ended.code}`
  process.stderr.write(`${ended.output}\n${ended.command} failed: ${how}\n`)
  process.stderr.write(`${advice}, then run the same command again.\n`)
  leaveLike(ended)
}

/** The stamp says which lockfile, on which machine, the packages were last installed from. */
function stamp() {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc']) {
    hash.update(fs.readFileSync(inRoot(file)))
  }
  return `${hash.digest('hex')} ${process.platform} ${process.arch}\n`
}

function installed() {
  if (!fs.existsSync(stampFile) || fs.readFileSync(stampFile, 'utf8') !== stamp()) return false
  // Every package has dependencies, so one without its links was cleaned by hand.
  return packages().every((folder) => fs.existsSync(path.join(folder, 'node_modules')))
}

function packages() {
  return fs
    .readdirSync(inRoot('packages'))
    .map((name) => inRoot('packages', name))
    .filter((folder) => fs.existsSync(path.join(folder, 'package.json')))
}

async function install() {
  fs.rmSync(stampFile, { force: true })
  const [command, ...before] = pnpm()
  const flags = ['--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false']
  const ended = await run(command, [...before, 'install', ...flags], 'collect')
  if (ended.code === 0) fs.writeFileSync(stampFile, stamp())
  return ended
}

/** Only what the packages ship: a mistake in a test must not keep the lab from starting. */
function compile() {
  const tsc = inRoot('node_modules/typescript/bin/tsc')
  return run(process.execPath, [tsc, '-b', ...packages()], 'collect')
}

/** The page is made of sources, not of what is compiled from them: it is as new as the newest of those. */
function pageBuilt() {
  const built = fs.statSync(inRoot('packages/dashboard/dist/page/index.html'), {
    throwIfNoEntry: false,
  })
  const sources = ['dashboard/page', 'dashboard/vite.config.ts', 'api/src', 'core/src']
  return (
    built !== undefined &&
    sources.every((source) => newest(inRoot('packages', source)) < built.mtimeMs)
  )
}

/** @param {string} place @returns {number} */
function newest(place) {
  const found = fs.statSync(place)
  if (!found.isDirectory()) return found.mtimeMs
  const within = fs.readdirSync(place).map((name) => newest(path.join(place, name)))
  return Math.max(found.mtimeMs, ...within)
}

function buildPage() {
  const vite = inRoot('packages/dashboard/node_modules/vite/bin/vite.js')
  const config = inRoot('packages/dashboard/vite.config.ts')
  return run(process.execPath, [vite, 'build', '--config', config], 'collect')
}

/**
 * The pinned pnpm: the one on PATH if it is that version, otherwise through npx.
 * @returns {[string, ...string[]]}
 */
function pnpm() {
  /** @type {string} */
  const pinned = require('../package.json').packageManager
  const version = pinned.slice('pnpm@'.length)
  const onPath = spawnSync('pnpm', ['--version'], {
    // Inside the clone, another pnpm would download the pinned one in order to answer.
    cwd: os.tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, COREPACK_ENABLE_NETWORK: '0' },
    shell: isWindows,
  })
  return onPath.status === 0 && onPath.stdout.trim() === version ? ['pnpm'] : ['npx', '-y', pinned]
}

/**
 * @typedef {{ command: string, code: number, signal: NodeJS.Signals | null, output: string, error?: string }} Ended
 * @param {string} command
 * @param {string[]} args
 * @param {'inherit' | 'collect'} output
 * @returns {Promise<Ended>}
 */
function run(command, args, output) {
  const isNode = command === process.execPath
  const child = spawn(command, args, {
    cwd: root,
    env: environment(),
    stdio: output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell: isWindows && !isNode,
  })
  const stopForwarding = forwardSignals(child)
  /** @type {string[]} */
  const chunks = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => chunks.push(chunk))
  }
  const shown = isNode
    ? ['node', ...args.map((arg) => path.relative(root, arg) || arg)]
    : [command, ...args]
  return new Promise((resolve) => {
    /** @param {Partial<Ended>} how */
    const end = (how) => {
      stopForwarding()
      resolve({ command: shown.join(' '), code: 1, signal: null, output: chunks.join(''), ...how })
    }
    child.on('error', (error) => end({ error: error.message }))
    child.on('close', (code, signal) => end({ code: code ?? 1, signal }))
  })
}

function environment() {
  // Without this, tsx would leave a cache in the folder for temporary files.
  const env = { ...process.env, TSX_DISABLE_CACHE: '1' }
  // Some tools colour what they print even when nobody but a file will read it.
  const isPlain = !process.stdout.isTTY && !process.env['FORCE_COLOR']
  return isPlain ? { ...env, NO_COLOR: '1' } : env
}

/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const handlers = signals.map((signal) => {
    const handler = () => {
      // A terminal's Ctrl-C reaches the child by itself; twice would mean "now, at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return () => handlers.forEach((off) => off())
}

/** Ends this process the way the child ended. @param {Ended} ended @returns {never} */
function leaveLike({ code, signal }) {
  if (signal) process.kill(process.pid, signal)
  process.exit(code)
}

/** One line of steps; on a terminal the running one shows as well. @param {NodeJS.WriteStream} stream */
function progress(stream) {
  const isLive = stream.isTTY
  const hasColour = isLive && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
  const paint = (/** @type {number} */ code, /** @type {string} */ text) =>
    hasColour ? `\u001B[${code}m${text}\u001B[0m` : text
  let gap = ''
  let line = ''
  const put = (/** @type {string} */ mark, /** @type {string} */ text) => {
    const item = `${gap}${mark} ${text}`
    // A running step is drawn after the finished ones, and drawn over when it ends.
    stream.write(isLive ? `\r\u001B[K${line}${item}` : item)
    return item
  }
  return {
    begin: (/** @type {string} */ text) => {
      if (isLive) put('…', text)
    },
    done: (/** @type {string} */ text) => {
      line += put(paint(32, '✓'), text)
      gap = '   '
    },
    failed: (/** @type {string} */ text) => {
      put(paint(31, '✗'), text)
      stream.write('\n')
    },
    end: () => stream.write('\n'),
  }
}

/** @param {number} ms */
function seconds(ms) {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}

module.exports = { main }
