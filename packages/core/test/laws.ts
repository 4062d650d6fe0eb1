import { runCampaign } from './campaign.js'
import type { Law } from './law.js'
import {
  disksAreReplaced,
  forksConverge,
  restoredStoresNotice,
  statementsCommute,
} from './mesh-laws.js'
import {
  conflictsAreConcurrentPuts,
  deltasCommute,
  lossIsRepaired,
  ordersCommute,
  sessionsCommute,
} from './merge-laws.js'
import {
  absentReturn,
  releasesAreWhole,
  sameInputsSameBytes,
  snapshotEqualsDelta,
  stampsGrow,
} from './replica-laws.js'
import {
  revocationsConverge,
  revocationsSurviveStores,
  sealsAreFloors,
  trustCommutes,
} from './trust-laws.js'

export { runCampaign }
export type { Law, LawOptions } from './law.js'

/** What must hold whatever happens, each with the sentence that says it. */
export const laws: Readonly<Record<string, Law>> = {
  'takes the same releases in any order, any number of times, to the same bytes': ordersCommute,
  'merges deltas commutatively, associatively and idempotently': deltasCommute,
  'ends up the same whichever pairs hold their sessions first': sessionsCommute,
  'repairs any loss, duplication and reordering by sessions': lossIsRepaired,
  'lists exactly the concurrent puts as conflicts': conflictsAreConcurrentPuts,
  'shows a release whole or not at all, also after a crash': releasesAreWhole,
  'lets stamps only grow, whatever the clocks do': stampsGrow,
  'shows the same after a snapshot as after all releases': snapshotEqualsDelta,
  'takes back a peer that was absent while the others collected': absentReturn,
  'answers the same inputs with the same bytes': sameInputsSameBytes,
  'converges after forks and re-issues what they void': forksConverge,
  'makes the same of statements in any order': statementsCommute,
  'survives lost and restored disks': disksAreReplaced,
  'notices by itself that its store was restored': restoredStoresNotice,
  'ends revocations of several admins alike, whoever hears of them when': revocationsConverge,
  'keeps revocations over crashes, lost disks and snapshots': revocationsSurviveStores,
  'revokes nothing that the root has sealed': sealsAreFloors,
  'makes the same of releases, badges and revocations in any order': trustCommutes,
}
