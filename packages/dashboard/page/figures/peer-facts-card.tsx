import { useDesk } from '../context.js'
import { Ago } from '../parts/ago.js'
import { factsOf } from './peer-facts.js'

/** How the peer that is looked through stands. */
export function PeerFacts() {
  const { status, now } = useDesk()
  if (status.value === undefined) return null
  return (
    <section class="card figures-peer">
      <h2>
        This peer <bdi class="dim small">{status.value.name}</bdi>
      </h2>
      <dl>
        {factsOf(status.value, now.value).map(({ name, says, is, isTrouble }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class={isTrouble ? 'bad' : undefined}>
              {typeof is === 'string' ? is : <Ago at={is.at} />}
            </dd>
            <dd class="dim small">
              <bdi>{says}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
