import { signal } from '@preact/signals'
import { inWords } from '../problems.js'

interface Toast {
  readonly id: number
  readonly tone: 'good' | 'bad'
  readonly says: string
  readonly link: ToastLink | undefined
}

interface ToastLink {
  readonly href: `#/${string}`
  readonly says: string
}

const shownMax = 4
const shownMs = { good: 4_000, bad: 12_000 } as const
const toasts = signal<readonly Toast[]>([])
let last = 0

/** A word about what was just done; it goes by itself. */
export function toast(tone: Toast['tone'], says: string, link?: ToastLink): void {
  const id = (last += 1)
  toasts.value = [...toasts.value.slice(1 - shownMax), { id, tone, says, link }]
  setTimeout(() => dismiss(id), shownMs[tone])
}

/** Whether it was done; if not, why is said. */
export async function tried(deed: () => Promise<void>, whose = ''): Promise<boolean> {
  try {
    await deed()
    return true
  } catch (error) {
    toast('bad', `${whose}${inWords(error)}`)
    return false
  }
}

const dismiss = (id: number): void => {
  toasts.value = toasts.value.filter((one) => one.id !== id)
}

export function Toasts() {
  return (
    <div class="toasts" aria-live="polite">
      {toasts.value.map(({ id, tone, says, link }) => (
        <p key={id} class={`toast ${tone}`}>
          <span>
            {says} {link !== undefined && <a href={link.href}>{link.says}</a>}
          </span>
          <button class="quiet" aria-label="Dismiss" onClick={() => dismiss(id)}>
            ×
          </button>
        </p>
      ))}
    </div>
  )
}
