import { createNetworks } from './networks.js'

/** A process of its own, so that a test can stop it: says where it listens, then lives until it is killed. */
const network = await createNetworks().start()
process.stdout.write(`${network.addresses()[0]}\n`)
setInterval(() => {}, 60_000)
