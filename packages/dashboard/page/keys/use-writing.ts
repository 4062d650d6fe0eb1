import { useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import { useShortName } from '../parts/release-link.js'
import { toast } from '../parts/toasts.js'
import { hashOf } from '../route.js'
import type { Proposal } from './proposal.js'

/** How the writing of a proposal stands. */
export interface Writing {
  readonly isWriting: boolean
  /** Why it was not written; undefined: it was not tried, or is under way. */
  readonly trouble: unknown
  readonly write: (message: string) => Promise<void>
}

export function useWriting(proposal: Proposal, onWritten: () => void): Writing {
  const { client } = useDesk()
  const short = useShortName()
  const [isWriting, setWriting] = useState(false)
  const [trouble, setTrouble] = useState<unknown>(undefined)
  return {
    isWriting,
    trouble,
    write: async (message) => {
      setTrouble(undefined)
      setWriting(true)
      try {
        const written = await proposal.write(client.value, message.trim() || undefined)
        toast('good', written.isNew ? 'Published' : 'All of it was there already', {
          href: hashOf('releases', written.name),
          says: short(written),
        })
        onWritten()
      } catch (error) {
        setTrouble(error)
        setWriting(false)
      }
    },
  }
}
