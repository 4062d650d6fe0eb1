import { useDesk } from '../context.js'
import { Ago } from '../parts/ago.js'

/** What an operator should have heard, newest first. */
export function Notices() {
  const notices = useDesk().notices.value
  return (
    <section class="card figures-notices">
      <h2>Notices</h2>
      {notices.length === 0 ? (
        <p class="dim">Nothing out of the ordinary since this peer was started.</p>
      ) : (
        <ol>
          {notices.map(({ at, notice, text }, index) => (
            <li key={notices.length - index}>
              <span class="dim small">
                <Ago at={at} />
              </span>
              <span class="figures-notice">{notice}</span>
              <bdi>{text}</bdi>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
