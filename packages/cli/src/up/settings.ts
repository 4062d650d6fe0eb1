import type { PeerOptions } from '@grapevine/peer'
import { nearest } from '@grapevine/sim'
import { misused } from '../complain.js'
import { peerOptions } from '../acting/peer-options.js'
import { aFlag, aText, oneOf, settingOf } from '../typed/setting.js'
import type { Settings } from '../typed/settings.js'
import type { Terminal } from '../terminal.js'
import { dashboardListen } from './dashboard.js'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export const logFormats = ['json', 'text'] as const

export type LogLevel = (typeof logLevels)[number]
export type LogFormat = (typeof logFormats)[number]

/** What a peer runs with, each from the first place that says it. */
export interface UpSettings {
  readonly dataDir: string
  readonly name: string | undefined
  readonly labels: Readonly<Record<string, string>> | undefined
  readonly listen: readonly string[] | undefined
  readonly announce: readonly string[] | undefined
  readonly peers: readonly string[] | undefined
  readonly mdns: boolean | undefined
  /** A file with a token: its badge is renewed as long as the invite lasts. */
  readonly joinFile: string | undefined
  readonly 'api.socket': string
  /** `host:port` of this machine; without it there is the socket alone. */
  readonly 'api.listen': string | undefined
  readonly 'api.tokenFile': string | undefined
  /** A page for browsers of this machine, at `api.listen`. */
  readonly 'api.dashboard': boolean
  readonly 'log.level': LogLevel
  /** undefined: text on a terminal, else JSON. */
  readonly 'log.format': LogFormat | undefined
}

export type UpFlags = Partial<UpSettings> &
  Pick<PeerOptions, 'name' | 'labels' | 'listen' | 'announce' | 'peers' | 'mdns'>

export function upSettings(
  settings: Settings,
  { env }: Pick<Terminal, 'env'>,
  flags: UpFlags = {},
): UpSettings {
  checkNames(settings)
  const sources = { settings, env }
  const { name, labels, listen, announce, peers, mdns } = peerOptions(settings, { env }, flags)
  const hasDashboard = settingOf(sources, 'api.dashboard', aFlag, flags['api.dashboard']) ?? false
  const apiListen = settingOf(sources, 'api.listen', aText, flags['api.listen'])
  return {
    dataDir: settings.dataDir,
    name,
    labels,
    listen,
    announce,
    peers,
    mdns,
    joinFile: settingOf(sources, 'joinFile', aText, flags.joinFile),
    'api.socket': settings.socket,
    'api.listen': apiListen ?? (hasDashboard ? dashboardListen : undefined),
    'api.tokenFile': settingOf(sources, 'api.tokenFile', aText, flags['api.tokenFile']),
    'api.dashboard': hasDashboard,
    'log.level': settingOf(sources, 'log.level', oneOf(...logLevels), flags['log.level']) ?? 'info',
    'log.format': settingOf(sources, 'log.format', oneOf(...logFormats), flags['log.format']),
  }
}

/** The names of settings that are another now. */
export const changedIn = (before: UpSettings, after: UpSettings): readonly (keyof UpSettings)[] =>
  (Object.keys(after) as (keyof UpSettings)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )

const names = new Map<string, readonly string[]>([
  [
    '',
    ['dataDir', 'name', 'labels', 'listen', 'announce', 'peers', 'mdns', 'joinFile', 'api', 'log'],
  ],
  ['api', ['socket', 'listen', 'tokenFile', 'dashboard']],
  ['log', ['level', 'format']],
])

/** A name that nobody reads was meant to be another one: who wrote it shall not find out in production. */
function checkNames({ file, fileName }: Settings): void {
  for (const [group, known] of names) {
    const found = group === '' ? file : file.get(group)
    if (found === undefined || found === null) continue
    if (!(found instanceof Map)) {
      throw misused(
        `${group} in ${fileName} is no group of settings`,
        `write ${known.join(', ')} below it`,
      )
    }
    for (const name of found.keys() as Iterable<string>) {
      if (known.includes(name)) continue
      const near = nearest(name, known)
      throw misused(
        `${fileName} has a setting ${JSON.stringify(name)}${group === '' ? '' : ` in ${group}`}, and there is none of that name`,
        near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`,
      )
    }
  }
}
