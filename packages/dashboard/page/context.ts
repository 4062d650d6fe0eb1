import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Desk } from './desk.js'

const DeskContext = createContext<Desk | undefined>(undefined)

export const DeskProvider = DeskContext.Provider

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (desk === undefined) throw new Error('a view is drawn outside of the page')
  return desk
}
