import { inWords } from '../problems.js'

/** Before it is known whose page this is. */
export function Opening({ trouble }: { trouble?: unknown }) {
  return (
    <main class="opening" aria-busy={trouble === undefined}>
      <p class="wordmark">grapevine</p>
      {trouble === undefined ? (
        <p class="dim">Looking for the peer …</p>
      ) : (
        <p role="alert">
          Nobody answers here: {inWords(trouble)}. Is it running? Then load this page again.
        </p>
      )}
    </main>
  )
}
