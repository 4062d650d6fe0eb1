import type { NamedReceipt, Reach } from '@grapevine/peer'
import { harmless } from '../shown/shown-value.js'
import { reachInWords } from '../shown/reach-in-words.js'
import { timeOf } from '../shown/times.js'
import { verb } from '../verb.js'

export const receipts = verb({
  name: 'receipts',
  says: 'tells who has a release, who refused it, and who is silent',
  args: '<release>',
  more: `reached: it is on that disk. refused: it is there, and the code that runs there does not take the
value. pending: heard lately, and does not have it yet. silent: not heard for half a minute.`,
  examples: [{ line: 'grapevine receipts 7f3a·412', says: 'one member a line' }],
  async run(call) {
    const { client } = await call.peer()
    const all = await client.receipts(call.word(0))
    if (call.common.json) {
      for (const one of all) call.json(one)
      return
    }
    call.table(
      ['member', 'receipt', ''],
      all.map((one) => [harmless(one.name), one.receipt, harmless(remarkOn(one))]),
    )
    call.say(reachInWords(reachOf(all), Date.now()))
  },
})

function remarkOn(receipt: NamedReceipt): string {
  if (receipt.receipt === 'refused') return `${receipt.key}: ${receipt.reason}`
  if (receipt.receipt !== 'silent') return ''
  const { heardAt, lastSeq } = receipt
  if (heardAt === undefined) return 'never heard'
  return `last heard ${timeOf(heardAt)}${lastSeq === 0 ? '' : `, then at number ${lastSeq}`}`
}

const reachOf = (all: readonly NamedReceipt[]): Reach => ({
  reached: all.filter(({ receipt }) => receipt === 'reached').length,
  refused: all.filter(({ receipt }) => receipt === 'refused').length,
  members: all.length,
  receipts: all,
})
