import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse as parseYaml, parseAllDocuments } from 'yaml'
import { describe, expect, it } from 'vitest'
import { parse } from '../src/typed/parse.js'
import { placesOf } from '../src/typed/setting.js'
import { topics } from '../src/typed/topics.js'
import { drainMs } from '../src/up/drain.js'
import { upSettings } from '../src/up/settings.js'
import { verbs } from '../src/verbs.js'
import { wordsOf } from './words.js'

/** While a child is waited for in one step, no time limit of a test can end it. */
const bounded = { encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' } as const

const folder = new URL('../../../examples/deploy/', import.meta.url)
const source = async (name: string): Promise<string> => readFile(new URL(name, folder), 'utf8')

const port = 7300
const has = (program: string): boolean =>
  spawnSync(program, ['--version'], bounded).error === undefined

/** It is a command of ours with options that it has. */
async function expectCommand(words: readonly string[]): Promise<void> {
  const [program = '', name = '', ...rest] = words
  expect(program.split('/').at(-1)).toBe('grapevine')
  const verb = await verbs.find((one) => one.name === name)?.load()
  expect(verb && parse(verb, rest), words.join(' ')).toBeDefined()
}

const variables = new Set([...topics.values()].join('\n').match(/GRAPEVINE_[A-Z_]+/g) ?? [])

describe('examples/deploy/grapevine.yaml', () => {
  const read = async () => {
    const file = parseYaml(await source('grapevine.yaml'), { mapAsMap: true }) as ReadonlyMap<
      string,
      unknown
    >
    const places = { dataDir: '', socket: '', lab: undefined, isNamed: true, as: undefined }
    const settings = { file, fileName: 'grapevine.yaml', ...places }
    return upSettings(settings, { env: {} })
  }

  it('is understood, and shows every setting that there is', async () => {
    const text = await source('grapevine.yaml')
    for (const name of Object.keys(await read())) {
      const last = placesOf(name).inFile.at(-1)
      expect(text, name).toMatch(new RegExp(`^ *${last}:`, 'm'))
    }
  })

  it('lets others reach the peer, and nobody beyond this machine its API', async () => {
    const settings = await read()
    expect(settings.listen).toEqual([`0.0.0.0:${port}`])
    expect(settings['api.listen']).toMatch(/^127\.0\.0\.1:\d+$/)
  })
})

describe('examples/deploy/grapevine.service', () => {
  const directives = async (): Promise<readonly (readonly [string, string])[]> =>
    (await source('grapevine.service'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('['))
      .map((line) => {
        const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
        expect(name, line).not.toBe('')
        return [name, value] as const
      })
  const valueOf = async (name: string): Promise<string> =>
    new Map(await directives()).get(name) ?? ''

  it('starts a command of ours, with variables that we read', async () => {
    await expectCommand(wordsOf(await valueOf('ExecStart')))
    const set = (await directives()).flatMap(([name, value]) =>
      name === 'Environment' ? (/^GRAPEVINE_\w+/.exec(value) ?? []) : [],
    )
    for (const variable of set) expect(variables).toContain(variable)
  })

  it('keeps the folder as a closed mesh wants it, and where the command looks for it', async () => {
    expect(await valueOf('StateDirectoryMode')).toBe('0700')
    const dataDir = `/var/lib/${await valueOf('StateDirectory')}`
    expect(await valueOf('ExecStart')).toContain(`--data-dir ${dataDir}`)
  })

  it('gives it longer to end than it takes', async () => {
    expect(Number(await valueOf('TimeoutStopSec')) * 1_000).toBeGreaterThan(drainMs)
  })

  it('reads its settings again on reload, and compiles JavaScript as it runs', async () => {
    expect(await valueOf('ExecReload')).toBe('/bin/kill -HUP $MAINPID')
    expect(await valueOf('MemoryDenyWriteExecute')).toBe('')
  })

  it.skipIf(!has('systemd-analyze'))('is taken by systemd as it is, and well shut in', async () => {
    const place = await mkdtemp(join(tmpdir(), 'grapevine-unit-'))
    try {
      const unit = join(place, 'grapevine.service')
      // Where this test runs, nothing is installed.
      const text = (await source('grapevine.service')).replace(
        '/usr/bin/grapevine',
        process.execPath,
      )
      await writeFile(unit, text)
      const verify = ['verify', '--man=no', '--recursive-errors=no', unit]
      expect(spawnSync('systemd-analyze', verify, bounded)).toMatchObject({
        status: 0,
        stderr: '',
      })
      const security = ['security', '--offline=true', '--threshold=25', unit]
      const { status, stdout } = spawnSync('systemd-analyze', security, bounded)
      expect(status, stdout).toBe(0)
    } finally {
      await rm(place, { recursive: true })
    }
  })
})

const instructions = new Set(
  'FROM RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG STOPSIGNAL HEALTHCHECK SHELL'.split(
    ' ',
  ),
)

describe('examples/deploy/Dockerfile', () => {
  const read = async (): Promise<readonly (readonly [instruction: string, rest: string])[]> =>
    (await source('Dockerfile'))
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n')
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, instruction = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
        expect(instructions, line).toContain(instruction)
        return [instruction, rest] as const
      })
  const all = async (name: string): Promise<readonly string[]> =>
    (await read()).flatMap(([instruction, rest]) => (instruction === name ? [rest] : []))
  const json = (text: string): readonly string[] =>
    JSON.parse(text.slice(text.indexOf('['))) as readonly string[]

  it('copies from a stage that there is', async () => {
    const stages = (await all('FROM')).map((rest) => / AS (\w+)$/.exec(rest)?.[1])
    expect(stages).toHaveLength(2)
    const [last = ''] = (await all('COPY')).slice(-1)
    expect(stages).toContain(/^--from=(\w+) /.exec(last)?.[1])
  })

  it('runs as nobody of importance, and says so with a number', async () => {
    const steps = (await read()).map(([instruction]) => instruction)
    expect(await all('USER')).toEqual(['10001:10001'])
    expect(steps.indexOf('USER')).toBeLessThan(steps.indexOf('ENTRYPOINT'))
    expect(steps.slice(steps.indexOf('USER'))).not.toContain('RUN')
  })

  it('starts, and asks after, a peer with commands and variables of ours', async () => {
    const [entry = '', cmd = '', health = ''] = [
      ...(await all('ENTRYPOINT')),
      ...(await all('CMD')),
      ...(await all('HEALTHCHECK')),
    ]
    await expectCommand([...json(entry), ...json(cmd)])
    await expectCommand(json(health))
    const [env = ''] = (await all('ENV')).slice(-1)
    for (const name of env.match(/GRAPEVINE_[A-Z_]+/g) ?? []) expect(variables).toContain(name)
    expect(env).toContain(`GRAPEVINE_LISTEN=0.0.0.0:${port}`)
    expect(await all('EXPOSE')).toEqual([`${port}`])
  })
})

interface Container {
  readonly name: string
  readonly args?: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
  readonly securityContext?: Readonly<Record<string, unknown>>
  readonly startupProbe: Probe
  readonly livenessProbe: Probe
  readonly readinessProbe: Probe
}

interface Probe {
  readonly exec: { readonly command: readonly string[] }
}

interface StatefulSet {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly serviceName: string
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> }
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> }
      readonly spec: {
        readonly terminationGracePeriodSeconds: number
        readonly containers: readonly [Container, Container]
        readonly volumes: readonly { readonly name: string }[]
        readonly securityContext: Readonly<Record<string, unknown>>
      }
    }
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[]
  }
}

describe('examples/deploy/kubernetes.yaml', () => {
  const read = async () => {
    const documents = parseAllDocuments(await source('kubernetes.yaml'))
    for (const document of documents) expect(document.errors).toEqual([])
    const objects = documents.map((document) => document.toJS() as StatefulSet)
    const set = objects.find(({ kind }) => kind === 'StatefulSet')!
    const service = objects.find(({ kind }) => kind === 'Service')! as unknown as {
      readonly metadata: { readonly name: string }
      readonly spec: {
        readonly selector: unknown
        readonly ports: readonly { readonly port: number; readonly targetPort: string }[]
      }
    }
    const { spec } = set.spec.template
    const [peer, user] = spec.containers
    return { set, service, spec, peer, user }
  }
  const envOf = ({ env = [] }: Container): ReadonlyMap<string, string | undefined> =>
    new Map(env.map(({ name, value }) => [name, value]))

  it('starts, and probes, with commands that we have', async () => {
    const { peer } = await read()
    await expectCommand(['grapevine', ...(peer.args ?? [])])
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const) {
      await expectCommand(peer[probe].exec.command)
      // A probe that opened a peer would be in the way of the one it asks after.
      expect(peer[probe].exec.command).toContain('--check')
    }
  })

  it('sets variables that we read, and names one port in all its places', async () => {
    const { peer, service, set } = await read()
    const env = envOf(peer)
    for (const name of [...env.keys()].filter((one) => one !== 'POD_IP')) {
      expect(variables).toContain(name)
    }
    expect(env.get('GRAPEVINE_LISTEN')).toBe(`0.0.0.0:${port}`)
    expect(env.get('GRAPEVINE_ANNOUNCE')).toBe(`$(POD_IP):${port}`)
    expect(env.get('GRAPEVINE_PEERS')).toBe(`${service.metadata.name}:${port}`)
    expect(env.get('GRAPEVINE_API_LISTEN')).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(peer.ports).toEqual([{ name: 'grapevine', containerPort: port }])
    expect(service.spec.ports).toMatchObject([{ port, targetPort: 'grapevine' }])
    expect(set.spec.serviceName).toBe(service.metadata.name)
    expect(service.spec.selector).toEqual(set.spec.template.metadata.labels)
    expect(set.spec.selector.matchLabels).toEqual(set.spec.template.metadata.labels)
  })

  it('mounts what it declares, and puts each file below a mount', async () => {
    const { peer, user, spec, set } = await read()
    const declared = [
      ...spec.volumes.map(({ name }) => name),
      ...set.spec.volumeClaimTemplates.map(({ metadata }) => metadata.name),
    ]
    for (const { name } of [...peer.volumeMounts!, ...user.volumeMounts!]) {
      expect(declared).toContain(name)
    }
    const mounts = peer.volumeMounts!.map(({ mountPath }) => mountPath)
    for (const variable of ['DATA_DIR', 'JOIN_FILE', 'API_TOKEN_FILE']) {
      const path = envOf(peer).get(`GRAPEVINE_${variable}`) ?? ''
      expect(
        mounts.some((mount) => path.startsWith(`${mount}/`)),
        path,
      ).toBe(true)
    }
  })

  it('runs both as one user that is not root, and gives it longer to end than it takes', async () => {
    const { spec, peer } = await read()
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 })
    expect(peer.securityContext).toMatchObject({ readOnlyRootFilesystem: true })
    expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(drainMs)
  })

  it.skipIf(!has('kubectl'))('has no field that Kubernetes does not know', async () => {
    const { set } = await read()
    const place = await mkdtemp(join(tmpdir(), 'grapevine-kubernetes-'))
    try {
      const file = join(place, 'set.json')
      await writeFile(file, JSON.stringify(set))
      // It reads the file into its own types and writes it again: what it does not know is gone.
      const args = ['set', 'image', '--local', '-f', file, 'shop=shop:1', '-o', 'json']
      const { stdout, stderr } = spawnSync('kubectl', args, bounded)
      expect(stderr).toBe('')
      expect(missingIn(JSON.parse(stdout), set)).toEqual([])
    } finally {
      await rm(place, { recursive: true })
    }
  })
})

/** Paths of fields that are here and not there. */
function missingIn(there: unknown, here: unknown, path = ''): readonly string[] {
  if (typeof here !== 'object' || here === null) return []
  if (typeof there !== 'object' || there === null) return [path]
  return Object.entries(here).flatMap(([name, value]) => {
    const at = `${path}/${name}`
    const other = new Map(Object.entries(there)).get(name) as unknown
    const isGone = other === undefined && JSON.stringify(value) !== '{}'
    return isGone ? [at] : missingIn(other, value, at)
  })
}
