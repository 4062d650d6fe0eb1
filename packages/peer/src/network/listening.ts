import { MeshError } from '@grapevine/core'
import { announceAddress, listenAddresses } from './addresses.js'

/** What libp2p is to listen on, or an error that says which text is no address. */
export async function listenOn(texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const text of texts) {
    const addresses = await listenAddresses(text).catch((error: unknown) => {
      throw cannot(text, `its name cannot be resolved (${(error as Error).message})`)
    })
    if (addresses === undefined) {
      throw cannot(text, 'write host:port, :port or a multiaddr such as /ip4/127.0.0.1/tcp/7000')
    }
    found.push(...addresses)
  }
  return found
}

/** What others are told, or an error that says which text is no address. */
export function announced(texts: readonly string[]): readonly string[] {
  return texts.map((text) => {
    const address = announceAddress(text)
    if (address !== undefined) return address
    throw new MeshError(
      'OPTION_INVALID',
      `cannot announce ${text}: write host:port or a multiaddr such as /dns/example.org/tcp/7000`,
      { announce: text },
    )
  })
}

/** Why the start failed, in the words of whoever configured it. */
export function listenFailure(error: unknown, listen: readonly string[]): unknown {
  if (!(error instanceof Error) || error.name !== 'UnsupportedListenAddressesError') return error
  const text = error.message
  const [code] = /\bE[A-Z]{4,}\b/.exec(text) ?? []
  return cannot(listen.join(', '), causes.get(code ?? '') ?? text.split('\n')[0] ?? text)
}

const causes: ReadonlyMap<string, string> = new Map([
  [
    'EADDRINUSE',
    'another process listens there (EADDRINUSE): stop it, or take another port; 0 takes a free one',
  ],
  ['EADDRNOTAVAIL', 'this machine has no such address (EADDRNOTAVAIL): use 0.0.0.0 for all it has'],
  ['EACCES', 'this user may not listen there (EACCES): use a port above 1023'],
])

const cannot = (text: string, why: string): MeshError =>
  new MeshError('LISTEN_FAILED', `cannot listen on ${text}: ${why}`, { listen: text })
