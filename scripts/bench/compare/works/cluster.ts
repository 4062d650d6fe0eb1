import type { Client, Running, Servers, System } from '../adapter.ts'
import { openRemote } from '../remote.ts'
import { siteAt } from '../stage.ts'

/** A server with a client that asks only it; or, where there are no servers, a client in its own process. */
export interface Node extends Running {
  readonly client: Client
}

export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly Node[]
  /** Starts one again that was killed, on its disk; the first is the one that others find. */
  revive(index: number): Promise<void>
}

export async function openCluster(system: System, folder: string, count: number): Promise<Cluster> {
  const servers = await system.startServers?.(folder, { isCounted: false })
  const nodes: Node[] = []
  const open = (index: number): Promise<Node> =>
    openNode(system, folder, index, servers, index === 0 ? [] : nodes[0]!.client.place)
  const linked = async (): Promise<void> => {
    await Promise.all(nodes.map(async ({ client }) => client.linked?.(count)))
  }
  const close = async (): Promise<void> => {
    for (const node of nodes) resume(node)
    await Promise.allSettled(nodes.map(({ client }) => client[Symbol.asyncDispose]()))
    await servers?.[Symbol.asyncDispose]()
  }
  try {
    for (let index = 0; index < count; index++) nodes.push(await open(index))
    await linked()
  } catch (error) {
    await close()
    throw error
  }
  return {
    nodes,
    async revive(index) {
      await nodes[index]!.client[Symbol.asyncDispose]()
      await servers?.revive(index)
      nodes[index] = await open(index)
      await linked()
    },
    [Symbol.asyncDispose]: close,
  }
}

async function openNode(
  system: System,
  folder: string,
  index: number,
  servers: Servers | undefined,
  first: readonly string[],
): Promise<Node> {
  const site = siteAt(folder, index, servers, first)
  if (servers === undefined) {
    const client = await openRemote(system.name, site)
    return { client, pid: () => client.pid() }
  }
  return { client: await system.open(site), pid: () => servers.nodes[index]!.pid() }
}

function resume(node: Running): void {
  try {
    process.kill(node.pid(), 'SIGCONT')
  } catch {
    // It has ended.
  }
}
