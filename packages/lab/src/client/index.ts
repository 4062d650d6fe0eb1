/** For commands: the lab that runs on this machine, and its peers. */
export { findLab } from './find-lab.js'
export { groupsOf, numbersOf } from './who.js'
export { dataDirIn, usualFolder } from '../folder.js'
export { nameOf, numberOf } from '../names.js'
export { peerDeeds } from '../wire.js'

export type { LabClient } from './find-lab.js'
export type { LabPeer, LabState, LineWish, PeerDeed } from '../wire.js'
