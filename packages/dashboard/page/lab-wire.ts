/** What the lab says and takes: types alone, so nothing of it comes into the page. */
export type {
  LabFigures,
  LabLine,
  LabPeer,
  LabState,
  LineWish,
  PeerDeed,
} from '../../lab/src/wire.js'
