import { peerDeeds } from '@grapevine/lab/client'

/** What can be done to a lab that runs. */
const acts = ['cut', 'heal', ...peerDeeds, 'slow', 'status'] as const
export type LabAct = (typeof acts)[number]

export const isAct = (word: string): word is LabAct => acts.some((act) => act === word)
