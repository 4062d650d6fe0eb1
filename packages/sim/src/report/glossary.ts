/** One plain sentence for each figure: beside it when one asks, and all of them at the end. */
export const glossary = {
  spread:
    'Time from a write until every other peer that was up then holds it. The median over all updates.',
  half: 'Time from a write until half of the other peers hold it. The median over all updates.',
  hops: 'Links that a gossiped release had crossed when it reached a peer for the first time.',
  copies:
    'How often a peer receives the body of one update. Once is the floor; a plain gossip mesh sends one copy over nearly every link.',
  bytes:
    'All bytes sent, except presence and the hashes that sessions compare, divided by the updates and by the peers that each was for.',
  gossip:
    'Share of first receptions that came by gossip. Sessions brought the rest; without gossip they bring everything.',
  idle: 'What sessions send and receive for each peer when nothing differs: the hashes they compare.',
  heal: 'Time from the end of a partition until every peer that was there held all that had been written by then.',
  curve:
    'Share of the peers that hold an update, over the time since it was written. The area lies between the fastest and the slowest update at each share.',
  lacking:
    'How many releases each peer lacked, on average over each piece of time. A release counts from the moment it is written.',
  conflicts:
    'Keys with two or more values written without knowing of each other. The greater stamp is shown; the others stay listed until somebody who has seen them writes again.',
  joins: 'An empty disk: the time and the bytes until it held all that there was when it came.',
} as const

export type Term = keyof typeof glossary
