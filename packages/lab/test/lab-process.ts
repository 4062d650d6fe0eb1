/** A lab in a process of its own, so that it can be killed: says when it is ready, then waits for its end. */
import { openLab } from '../src/lab.js'

const [folder, program, peers] = process.argv.slice(2)
const lab = await openLab({ peers: Number(peers), folder, program, listen: false })
await lab.carryOut('pause', 2)
process.stdout.write(`${JSON.stringify(lab.state().peers.map(({ pid }) => pid))}\n`)
