import { request as httpRequest } from 'node:http'
import { MeshError } from '@grapevine/core'
import type { ErrorCode } from '@grapevine/core'
import { isHeard, socketIn } from '../folder.js'
import type { LabState, LineWish, PeerDeed } from '../wire.js'

/** A lab that runs on this machine. Each of them answers how the lab is then. */
export interface LabClient {
  state(): Promise<LabState>
  carryOut(deed: PeerDeed, number: number): Promise<LabState>
  cut(groups: LabState['groups']): Promise<LabState>
  change(wish: LineWish): Promise<LabState>
  heal(): Promise<LabState>
}

/** undefined: none runs. */
export async function findLab(folder: string): Promise<LabClient | undefined> {
  const socket = socketIn(folder)
  if (!(await isHeard(socket))) return undefined
  const post = async (path: string, body: object = {}): Promise<LabState> =>
    ask(socket, 'POST', path, body)
  return {
    state: async () => ask(socket, 'GET', '/lab'),
    carryOut: async (deed, number) => post(`/lab/peers/${number}/${deed}`),
    cut: async (groups) => post('/lab/cut', { groups }),
    change: async (wish) => post('/lab/lines', wish),
    heal: async () => post('/lab/heal'),
  }
}

async function ask(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<LabState> {
  const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  const headers = {
    host: 'localhost',
    ...(sent && { 'content-type': 'application/json', 'content-length': sent.length }),
  }
  const [status, text] = await new Promise<readonly [number, string]>((resolve, reject) => {
    const asked = httpRequest({ socketPath, method, path, headers, agent: false }, (message) => {
      let heard = ''
      message.setEncoding('utf8').on('data', (more: string) => {
        heard += more
      })
      message.once('error', reject)
      message.once('end', () => resolve([message.statusCode ?? 500, heard]))
    })
    asked.once('error', reject)
    asked.end(sent)
  }).catch(({ message }: Error) => {
    throw new MeshError('PEER_UNREACHABLE', `the lab cannot be reached: ${message}`)
  })
  const answer = JSON.parse(text) as unknown
  if (status === 200) return answer as LabState
  const { code, detail } = answer as { readonly code: ErrorCode; readonly detail: string }
  throw new MeshError(code, detail)
}
