/** Looks at its flags wherever it likes: `flags.value['new-checkout']` is a property read. */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { openPeer } from '@grapevine/peer'
import { Flags, defaults } from './flags.ts'

const { values: given } = parseArgs({
  options: {
    data: { type: 'string', default: '.grapevine/shop' },
    listen: { type: 'string', default: '127.0.0.1:7421' },
    peers: { type: 'string', multiple: true, default: ['127.0.0.1:7422'] },
  },
})

await using peer = await openPeer({
  dataDir: given.data,
  mesh: 'flags',
  name: 'shop',
  listen: [given.listen],
  peers: given.peers,
})

const flags = peer.bind('flags', Flags, { default: defaults })
flags.subscribe((now) => {
  const checkout = now['new-checkout'] ? 'the new checkout' : 'the old checkout'
  const shipping = now['free-shipping'] ? 'free shipping' : 'shipping at cost'
  console.log(`the shop shows ${checkout}, with ${shipping}`)
})

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
