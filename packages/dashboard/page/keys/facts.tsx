import type { ComponentChildren } from 'preact'
import type { ReleaseInfo } from '@grapevine/peer'
import { useDesk } from '../context.js'
import type { KeyRow } from '../desk.js'
import { Ago } from '../parts/ago.js'
import { ReceiptsBar } from '../parts/receipts-bar.js'
import { countsOf } from '../receipts.js'
import { Author, ReleaseLink } from '../parts/release-link.js'
import { useAsked } from '../use-asked.js'
import { typeName } from './value-names.js'
import { visible } from './visible.js'

/** Who wrote what is shown, when, why, and who has it. */
export function Facts({ row: { key, value, version, release } }: { row: KeyRow }) {
  return (
    <dl class="keys-facts">
      <Fact name="Type">{typeName(value)}</Fact>
      {release !== undefined && (
        <>
          <Fact name="Author">
            <Author release={release} />
          </Fact>
          <Fact name="Written">
            <Ago at={release.at} />
          </Fact>
          <Fact name="Release">
            <ReleaseLink release={release} />
          </Fact>
        </>
      )}
      <Fact name="Version">
        <span class="mono" title={version ?? ''}>
          {version?.slice(0, 12)}
        </span>
      </Fact>
      {release?.message !== undefined && (
        <Fact name="Message" isWide>
          {release.message}
        </Fact>
      )}
      {release !== undefined && <Reached name={key} release={release} />}
    </dl>
  )
}

function Fact(props: { name: string; isWide?: boolean; children: ComponentChildren }) {
  const { name, isWide = false, children } = props
  return (
    <div class={isWide ? 'wide' : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** The stream tells of the newest releases; an older one is asked for. */
function Reached({ name, release }: { name: string; release: ReleaseInfo }) {
  const desk = useDesk()
  const client = desk.client.value
  const told = desk.releases.value.find((row) => row.release.name === release.name)
  const isTold = told !== undefined
  const asked = useAsked(
    async () => (isTold ? undefined : client.receipts(release.name)),
    [client, release.name, isTold],
  )
  const counts = told ?? (asked.answer && countsOf(asked.answer))
  if (counts === undefined) return null
  const refusals =
    told?.refusals ??
    (asked.answer ?? []).flatMap((one) => (one.receipt === 'refused' ? [one] : []))
  return (
    <Fact name="Reached" isWide>
      <ReceiptsBar counts={counts} />
      {refusals.map(({ peer, name: by, key, reason }) => (
        <p key={peer} class="bad">
          refused by {by}: {key === name ? '' : `${key}: `}
          {visible(reason)}
        </p>
      ))}
    </Fact>
  )
}
