import { useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import { Empty } from '../parts/empty.js'
import { KeyList } from './key-list.js'
import { KeyPage } from './key-page.js'
import { draftsOf } from './drafts.js'
import { NewKey } from './new-key.js'

/** All keys, and beside them the one that is chosen. */
export function KeysView({ chosen }: { chosen: string | undefined }) {
  const desk = useDesk()
  const { keys, status } = desk
  const [isNaming, setNaming] = useState(false)
  const { isThere, rows } = keys.value
  if (!isThere)
    return (
      <p class="dim" aria-busy="true">
        Reading the keys …
      </p>
    )
  const isEmpty = rows.size === 0 && chosen === undefined && draftsOf(desk).all.value.size === 0
  const naming = isNaming && <NewKey beside={folderOf(chosen)} onClose={() => setNaming(false)} />
  if (isEmpty) {
    return (
      <>
        <FirstKey onNew={() => setNaming(true)} />
        {naming}
      </>
    )
  }
  return (
    <div class={`keys${chosen === undefined ? '' : ' chosen'}`}>
      <KeyList chosen={chosen} onNew={() => setNaming(true)} />
      <div class="keys-beside">
        {chosen === undefined ? (
          <Empty title="No key is chosen">
            <p>
              Choose one to see its value, who wrote it, and what it was before.
              {(status.value?.conflicts ?? 0) > 0 && ' Those in conflict wait for a choice.'}
            </p>
          </Empty>
        ) : (
          <KeyPage key={chosen} name={chosen} />
        )}
      </div>
      {naming}
    </div>
  )
}

function FirstKey({ onNew }: { onNew: () => void }) {
  const { connection } = useDesk()
  return (
    <Empty title="This mesh holds no key yet">
      <p>
        Set the first one here, or in a terminal: <code>grapevine set shop/banner Hello</code>
      </p>
      <button class="main" disabled={connection.value !== 'open'} onClick={onNew}>
        New key
      </button>
    </Empty>
  )
}

/** A new key begins where one is. */
const folderOf = (key: string | undefined): string => key?.slice(0, key.lastIndexOf('/') + 1) ?? ''
