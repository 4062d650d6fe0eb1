import type { NamedReceipt, ReleaseInfo } from '@grapevine/peer'
import { useShortName } from '../parts/release-link.js'
import { KeyLink } from './changes.js'
import { LastHeard } from './release-row.js'
import { byNeed } from '../receipts.js'

interface Shown {
  readonly receipts: readonly NamedReceipt[]
  readonly release: ReleaseInfo
}

/** What each peer has proven about a release; whoever lacks it has a line of its own. */
export function Receipts({ receipts, release }: Shown) {
  const missing = byNeed(receipts.filter(({ receipt }) => receipt !== 'reached'))
  const reached = byNeed(receipts.filter(({ receipt }) => receipt === 'reached'))
  const short = useShortName()
  return (
    <section>
      <h3>Who has it</h3>
      <dl class="releases-receipts">
        {missing.map((one) => (
          <div key={one.peer}>
            <dt class={tones[one.receipt]}>{words[one.receipt]}</dt>
            <dd>
              <bdi>{one.name}</bdi>
              <span class="dim">
                <Remark receipt={one} nameOf={(seq) => short({ ...release, seq })} />
              </span>
            </dd>
          </div>
        ))}
        {reached.length > 0 && (
          <div>
            <dt class="good">{words.reached}</dt>
            <dd>
              {reached.map(({ peer, name }) => (
                <bdi key={peer}>{name}</bdi>
              ))}
            </dd>
          </div>
        )}
      </dl>
    </section>
  )
}

const words = {
  reached: 'reached',
  refused: 'refused',
  pending: 'on the way',
  silent: 'silent',
} as const
const tones = { reached: 'good', refused: 'bad', pending: 'dim', silent: 'busy' } as const

type RemarkOn = { readonly receipt: NamedReceipt; readonly nameOf: (seq: number) => string }

function Remark({ receipt, nameOf }: RemarkOn) {
  switch (receipt.receipt) {
    case 'reached':
      return null
    case 'pending':
      return <>heard, and does not have it yet</>
    case 'refused':
      return (
        <>
          <KeyLink name={receipt.key} /> <bdi>{receipt.reason}</bdi>
        </>
      )
    case 'silent':
      if (receipt.heardAt === undefined) return <>never heard</>
      return (
        <>
          <LastHeard at={receipt.heardAt} />
          {receipt.lastSeq > 0 && `, then at ${nameOf(receipt.lastSeq)}`}
        </>
      )
  }
}
