/**
 * A service whose limits live in the mesh. Reading one is reading a property: no request waits for
 * anybody, and a value that the schema refuses never gets here.
 */
import { parseArgs } from 'node:util'
import { MeshError, openPeer } from '@grapevine/peer'
import fastify from 'fastify'
import { z } from 'zod'

const { values: given } = parseArgs({
  options: {
    data: { type: 'string', default: '.grapevine/limits-1' },
    listen: { type: 'string', default: '127.0.0.1:7401' },
    peers: { type: 'string', multiple: true, default: [] },
    port: { type: 'string', default: '3001' },
  },
})

const peer = await openPeer({
  dataDir: given.data,
  mesh: 'payments',
  name: `payments on ${given.port}`,
  listen: [given.listen],
  peers: given.peers,
})

const Limits = z.object({ daily: z.number().int().positive().max(10_000) })
const limits = peer.bind('payments/limits', Limits, { default: { daily: 500 } })

const app = fastify({ logger: true })
limits.on('change', ({ value, previous }) => app.log.info({ value, previous }, 'limits changed'))
limits.on('invalid', ({ reason }) => app.log.warn({ reason }, 'limits refused, the last good stay'))

const Payment = z.object({ amount: z.number().positive() })

app.post('/pay', (request, reply) => {
  const payment = Payment.safeParse(request.body)
  if (!payment.success) return reply.code(400).send({ error: z.prettifyError(payment.error) })
  const { amount } = payment.data
  const { daily } = limits.value
  if (amount > daily)
    return reply.code(422).send({ error: `${amount} is above the limit, ${daily}` })
  return reply.send({ paid: amount })
})

/** Takes whatever comes, as a careless operator would, and answers with who has it and who refused. */
app.put('/limits', async (request, reply) => {
  const release = await peer.set('payments/limits', z.json().parse(request.body))
  try {
    return await release.reached({ timeout: '5s' })
  } catch (error) {
    if (!(error instanceof MeshError)) throw error
    return reply.code(409).send({ error: error.message, ...error.data })
  }
})

/** Green for as long as this process can answer: without other members, and with a failed disk too. */
app.get('/health', () => {
  const { members, inSight, store } = peer.status()
  const { source, stale, since } = limits.meta
  return { limits: limits.value, source, stale, since: new Date(since), members, inSight, store }
})

app.addHook('onClose', () => peer.close())
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void app.close())
await app.listen({ port: Number(given.port) })
