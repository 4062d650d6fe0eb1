/** Turns flags on and off: type `new-checkout on`. It then shows who has it. */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { openPeer } from '@grapevine/peer'
import { Flags } from './flags.ts'

const { values: given } = parseArgs({
  options: {
    data: { type: 'string', default: '.grapevine/back-office' },
    listen: { type: 'string', default: '127.0.0.1:7422' },
    peers: { type: 'string', multiple: true, default: ['127.0.0.1:7421'] },
  },
})

await using peer = await openPeer({
  dataDir: given.data,
  mesh: 'flags',
  name: 'back office',
  listen: [given.listen],
  peers: given.peers,
})

peer.on('linked', ({ introduction }) => console.log(`${introduction.name} is here`))

async function turn(flag: string, isOn: boolean): Promise<void> {
  const release = await peer.set(`flags/${flag}`, isOn, { message: 'typed in the back office' })
  try {
    const { receipts } = await release.reached({ timeout: '5s' })
    for (const { name, receipt } of receipts) console.log(`  ${name}  ${receipt}`)
  } catch (error) {
    console.log(`  ${(error as Error).message}`)
  }
}

const names = Object.keys(Flags.shape)
console.log(`flags: ${names.join(', ')}; type one of them and "on" or "off"`)
for await (const line of createInterface({ input: process.stdin })) {
  const [flag = '', state = ''] = line.trim().split(/\s+/)
  if (names.includes(flag) && ['on', 'off'].includes(state)) await turn(flag, state === 'on')
  else console.log(`  ${JSON.stringify(line)} is not understood`)
}
