import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Servers, ServersOptions, System } from './adapter.ts'
import { proxiesFor } from './counting-proxy.ts'
import { missingPackage, packageVersion, programAt, said } from './installed.ts'
import { freePorts } from './ports.ts'
import { startServers } from './server-process.ts'
import { openZooKeeper } from './zookeeper-client.ts'

const nodes = 3
const jar = (): string | undefined => programAt(['/usr/share/java/zookeeper.jar'])

export const zookeeper: System = {
  name: 'zookeeper',
  title: 'ZooKeeper',
  kind: 'other',
  settings: {
    write: 'two of three servers have fsynced it (Zab, forceSync) before it answers',
    read: 'by the server that is asked, from its own memory',
    watch:
      'a one-time watch at one of the three servers, then a read that sets the next; no signatures',
  },
  async missing() {
    if (jar() === undefined) return 'ZooKeeper is not installed (Debian: zookeeper)'
    if (said('java', ['-version']) === undefined) return 'there is no Java to run it'
    return missingPackage('zookeeper')
  },
  async version() {
    const debian = said('dpkg-query', ['-W', '-f', '${Version}', 'zookeeper']) ?? 'unknown version'
    return `ZooKeeper ${debian}, client ${packageVersion('zookeeper', 'node-zookeeper-client')}`
  },
  startServers: startZooKeeper,
  open: ({ servers, server }) => openZooKeeper(servers[server]!),
}

async function startZooKeeper(folder: string, { isCounted }: ServersOptions): Promise<Servers> {
  const ports = await freePorts(3 * nodes)
  const of = (kind: number): readonly number[] => ports.slice(kind * nodes, (kind + 1) * nodes)
  const [clientPorts, peerPorts, electionPorts] = [of(0), of(1), of(2)]
  const proxies = await proxiesFor([...peerPorts, ...electionPorts], isCounted)
  /** Each server names its own ports, and the proxies before those of the others. */
  const serverLine = (index: number, own: number): string => {
    const [peer, election] =
      index === own || !isCounted
        ? [peerPorts[index]!, electionPorts[index]!]
        : [proxies[index]!.port, proxies[nodes + index]!.port]
    return `server.${index + 1}=127.0.0.1:${peer}:${election}`
  }
  const plans = clientPorts.map((port, own) => {
    const home = join(folder, `server-${own}`)
    mkdirSync(join(home, 'data'), { recursive: true })
    writeFileSync(join(home, 'data', 'myid'), String(own + 1))
    const lines = [
      'tickTime=2000',
      'initLimit=10',
      'syncLimit=5',
      'maxClientCnxns=0',
      'admin.enableServer=false',
      '4lw.commands.whitelist=srvr',
      `dataDir=${join(home, 'data')}`,
      'clientPortAddress=127.0.0.1',
      `clientPort=${port}`,
      ...clientPorts.map((_, index) => serverLine(index, own)),
    ]
    writeFileSync(join(home, 'zoo.cfg'), lines.join('\n'))
    return {
      place: `127.0.0.1:${port}`,
      folder: home,
      file: 'java',
      args: [
        '-Dzookeeper.jmx.log4j.disable=true',
        '-cp',
        jar()!,
        'org.apache.zookeeper.server.quorum.QuorumPeerMain',
        join(home, 'zoo.cfg'),
      ],
      isReady: async () => /Mode: (?:leader|follower)/.test(await asked(port, 'srvr')),
    }
  })
  return startServers(plans, proxies)
}

/** What a server says to one of its four-letter words. */
const asked = (port: number, word: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(word))
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
