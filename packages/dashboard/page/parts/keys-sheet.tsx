import { Dialog } from './dialog.js'

const groups: readonly {
  readonly title: string
  readonly rows: readonly (readonly [keys: readonly string[], does: string])[]
}[] = [
  {
    title: 'Everywhere',
    rows: [
      [['1', '2', '3', '4'], 'Mesh, Keys, Releases, Figures'],
      [['/'], 'search in this view'],
      [['Esc'], 'close what is open, or go back to the list'],
      [['?'], 'this sheet'],
    ],
  },
  {
    title: 'In a list',
    rows: [
      [['↑', '↓'], 'the one before, the next one'],
      [['Home', 'End'], 'the first, the last'],
      [['Enter'], 'open it'],
      [['Space'], 'tick a peer of the lab'],
    ],
  },
  {
    title: 'In a view',
    rows: [
      [['Shift', 'click'], 'tick a peer in the picture of the mesh'],
      [['Ctrl', 'Enter'], 'review an edit, then publish it'],
    ],
  },
]

/** What the keyboard can do. */
export function KeysSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      {groups.map(({ title, rows }) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl class="shortcuts">
            {rows.map(([keys, does]) => (
              <div key={does}>
                <dt>
                  {keys.map((name) => (
                    <kbd key={name}>{name}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <div class="actions">
        <button onClick={onClose}>Close</button>
      </div>
    </Dialog>
  )
}
