import type { Call } from '../call.js'
import { misused } from '../complain.js'
import { aFlag, labelsOf } from '../typed/setting.js'
import { flag, many, text, verb } from '../verb.js'
import { pageFor } from '../up/dashboard.js'
import { openLog } from '../up/log.js'
import { openHere } from '../up/open.js'
import { runUntilTold } from '../up/run.js'
import { logFormats, logLevels, upSettings } from '../up/settings.js'
import type { UpFlags } from '../up/settings.js'

const options = {
  name: text('<name>', 'what this peer is called (GRAPEVINE_NAME)'),
  label: many('<name=text>', 'shown beside the name: zone=a (GRAPEVINE_LABELS)'),
  listen: many('<host:port>', 'where others reach it; without it nobody can (GRAPEVINE_LISTEN)'),
  announce: many('<host:port>', 'said to others instead (GRAPEVINE_ANNOUNCE)'),
  peer: many('<host:port>', 'where to find a member (GRAPEVINE_PEERS)'),
  mdns: text('<true|false>', 'find members on the local network (GRAPEVINE_MDNS)', {
    check: (given) => void chosen('mdns', ['true', 'false'], given),
  }),
  join: text('<@file>', 'a token: enters the mesh, and renews the badge (GRAPEVINE_JOIN_FILE)'),
  badge: text('<@file>', 'a new badge, as grapevine grant printed it'),
  open: text('<mesh>', 'an open mesh, to try things: without keys, on this machine alone'),
  apiListen: text('<host:port>', 'serve HTTP there, too, on loopback (GRAPEVINE_API_LISTEN)'),
  dashboard: flag('show a page for browsers, at --api-listen (GRAPEVINE_API_DASHBOARD)'),
  apiTokenFile: text('<file>', 'what callers over HTTP show (GRAPEVINE_API_TOKEN_FILE)'),
  logLevel: text(`<${logLevels.join('|')}>`, 'info if you do not say (GRAPEVINE_LOG_LEVEL)', {
    check: (given) => void chosen('log-level', logLevels, given),
  }),
  logFormat: text(`<${logFormats.join('|')}>`, 'text on a terminal (GRAPEVINE_LOG_FORMAT)', {
    check: (given) => void chosen('log-format', logFormats, given),
  }),
} as const

export const up = verb({
  name: 'up',
  says: 'runs the peer of this folder, until it is told to end',
  options,
  more: `Settings come from the flags, then the environment, then grapevine.yaml:

  name: alice                            labels: { zone: a }
  listen: [0.0.0.0:7300]                 announce: [10.0.0.7:7300]
  peers: [10.0.0.8:7300]                 mdns: false
  dataDir: /var/lib/grapevine            joinFile: /run/secrets/token
  api: { socket: /run/grapevine/api.sock, listen: 127.0.0.1:7654, tokenFile: /run/grapevine/token,
         dashboard: true }
  log: { level: info, format: json }

SIGTERM and Ctrl-C end it within five seconds, with all that was written on the disk. SIGHUP reads
grapevine.yaml again: the level of the log changes at once, and what needs a new start is named.`,
  examples: [
    { line: 'grapevine up --listen 0.0.0.0:7300', says: 'a peer that others can reach' },
    { line: 'grapevine up --open try', says: 'at once, without founding anything' },
    { line: 'grapevine up --dashboard', says: 'with a page at http://127.0.0.1:7654' },
    { line: 'grapevine up --join @/run/secrets/token', says: 'in a container: enters, or goes on' },
  ],
  async run(call) {
    const flags = flagsOf(call)
    const settings = upSettings(call.settings, call.terminal, flags)
    const log = openLog(call.terminal, {
      level: settings['log.level'],
      format: settings['log.format'],
    })
    const page = await pageFor(settings)
    const { join, badge, open } = call.options
    const peer = await openHere(call, { settings, log, join, badge, mesh: open })
    return runUntilTold(call, { peer, settings, flags, log, page })
  },
})

function flagsOf({ options: given }: Call<typeof options>): UpFlags {
  const labels = given.label.length === 0 ? undefined : labelsOf(given.label)
  if (given.label.length > 0 && labels === undefined) {
    throw misused(`--label ${JSON.stringify(given.label)} cannot be used`, 'write --label zone=a')
  }
  const list = (texts: readonly string[]) => (texts.length === 0 ? undefined : texts)
  return {
    name: given.name,
    labels,
    listen: list(given.listen),
    announce: list(given.announce),
    peers: list(given.peer),
    mdns: given.mdns === undefined ? undefined : aFlag.fromText(given.mdns),
    'api.listen': given.apiListen,
    'api.tokenFile': given.apiTokenFile,
    ...(given.dashboard && { 'api.dashboard': true }),
    ...(given.logLevel !== undefined && {
      'log.level': chosen('log-level', logLevels, given.logLevel),
    }),
    ...(given.logFormat !== undefined && {
      'log.format': chosen('log-format', logFormats, given.logFormat),
    }),
  }
}

function chosen<const T extends string>(option: string, choices: readonly T[], given: string): T {
  const choice = choices.find((one) => one === given)
  if (choice !== undefined) return choice
  throw misused(
    `--${option} ${JSON.stringify(given)} cannot be used`,
    `write ${choices.join(', ')}`,
  )
}
