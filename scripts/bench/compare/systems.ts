import type { System } from './adapter.ts'

/** Loaded one by one: a process carries the code of the system that it measures, and of no other. */
const loaders: Readonly<Record<string, () => Promise<System>>> = {
  floor: async () => (await import('./floor.ts')).floor,
  'signed-floor': async () => (await import('./floor.ts')).signedFloor,
  grapevine: async () => (await import('./grapevine.ts')).grapevine,
  'grapevine-api': async () => (await import('./grapevine-api.ts')).grapevineApi,
  redis: async () => (await import('./redis.ts')).redis,
  nats: async () => (await import('./nats.ts')).nats,
  etcd: async () => (await import('./etcd.ts')).etcd,
  zookeeper: async () => (await import('./zookeeper.ts')).zookeeper,
  hyperbee: async () => (await import('./hyperbee.ts')).hyperbee,
  orbitdb: async () => (await import('./orbitdb.ts')).orbitdb,
}

/** Those that only others use. */
const hidden: Readonly<Record<string, () => Promise<System>>> = {
  'served-peer': async () => (await import('./grapevine-api.ts')).servedPeer,
}

export const systemNames: readonly string[] = Object.keys(loaders)

export async function systemNamed(name: string): Promise<System> {
  const load = loaders[name] ?? hidden[name]
  if (load === undefined) throw new Error(`there is no system called ${name}`)
  return load()
}
