import { trustPlants } from './trust-plants.js'

/** A bug, as the exact change of text that plants it. */
export interface Plant {
  readonly name: string
  /** Under src/. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** The rule that is broken, as a sentence that follows "notices that". */
  readonly why: string
  /** The check that the bug cannot pass. */
  readonly shownBy: string
}

const clocks: readonly Plant[] = [
  {
    name: 'clock-without-data',
    file: 'receive.ts',
    find: 'park(state, evidence, { missing: judgement.missing }, from, turn)',
    replace: 'state.clock.set(release.replica, { seq: release.seq, id: release.id })',
    why: 'the clock counts a release that only waits',
    shownBy: 'lets an unknown replica wait for its hole and pulls it at once',
  },
  {
    name: 'holes-skipped',
    file: 'receive.ts',
    find: 'if (seq > seqOf(state, replica) + 1) return { replica, seq: seq - 1 }',
    replace: '',
    why: 'the clock skips the holes of a replica id',
    shownBy: 'lets an unknown replica wait for its hole and pulls it at once',
  },
  {
    name: 'readiness-ignores-seen',
    file: 'receive.ts',
    find: 'if (seqOf(state, other) < needed) return { replica: other, seq: needed }',
    replace: '',
    why: 'a release is applied before what it has seen',
    shownBy: 'C7 lets a release that claims to have seen the future wait, and nobody else',
  },
  {
    name: 'early-dropped-and-counted',
    file: 'receive.ts',
    find: 'park(state, evidence, undefined, from, turn)',
    replace: 'state.clock.set(release.replica, { seq: release.seq, id: release.id })',
    why: 'an early release is dropped and counted',
    shownBy: 'lets a release from the future wait in sight and applies it when its time has come',
  },
  {
    name: 'far-future-accepted',
    file: 'receive.ts',
    find: "if (isEarly(release.stamp, now)) return { verdict: 'early' }",
    replace: '',
    why: 'a stamp from the far future is taken',
    shownBy: 'lets a release from the future wait in sight and applies it when its time has come',
  },
  {
    name: 'stamp-not-above-held',
    file: 'stamp.ts',
    find: 'if (now > held.ms) return { ms: now, counter: 0 }',
    replace: 'return { ms: now, counter: 0 }',
    why: 'a write is stamped below what its writer holds',
    shownBy: 'lets stamps only grow, whatever the clocks do',
  },
  {
    name: 'clock-hash-in-order-of-arrival',
    file: 'hashes.ts',
    find: 'const tips = sortedEntries(clock).map(',
    replace: 'const tips = [...clock].map(',
    why: 'the clock hash depends on the order of arrival',
    shownBy: 'takes the same releases in any order, any number of times, to the same bytes',
  },
  {
    name: 'state-hash-in-order-of-arrival',
    file: 'state-hash.ts',
    find: 'sortedEntries(buckets.get(index) ?? new Map<Key, string>())',
    replace: '[...(buckets.get(index) ?? new Map<Key, string>())]',
    why: 'the state hash depends on the order of arrival of keys',
    shownBy: 'hashes equal keys alike, in whatever order they came',
  },
  {
    name: 'version-in-order-of-arrival',
    file: 'heads.ts',
    find: 'ids.sort(compareText).join',
    replace: 'ids.join',
    why: 'the state hash depends on the order of arrival of heads',
    shownBy: 'takes the same releases in any order, any number of times, to the same bytes',
  },
]

const heads: readonly Plant[] = [
  {
    name: 'tie-by-arrival',
    file: 'stamp.ts',
    find: 'compareClocks(a.stamp, b.stamp) || compareText(a.replica, b.replica)',
    replace: 'compareClocks(a.stamp, b.stamp)',
    why: 'equal stamps are decided by the order of arrival',
    shownBy: 'takes the same releases in any order, any number of times, to the same bytes',
  },
  {
    name: 'last-writer-decides-at-apply',
    file: 'heads.ts',
    find: 'key.unsettled.push(held)',
    replace: `if (key.unsettled.some((other) => compareStamps(other.release, held.release) > 0)) return
  key.unsettled.length = 0
  key.unsettled.push(held)
  key.heads = []`,
    why: 'stamps are compared before causes, and the loser is dropped',
    shownBy: 'survives random runs',
  },
  {
    name: 'blind-write',
    file: 'heads.ts',
    find: 'return cap(seen, limitOf(state))',
    replace: 'return emptyVector',
    why: 'a write does not say what it has seen',
    shownBy: 'resolves a conflict by the next write, even of the value that is shown',
  },
  {
    name: 'head-although-seen',
    file: 'heads.ts',
    find: 'if (!isSeen) key.heads.push(held)',
    replace: 'key.heads.push(held)',
    why: 'a release that comes back is a head although it was seen',
    shownBy: 'hides what was seen also where a limit rises and releases come back',
  },
  {
    name: 'equal-value-written',
    file: 'write.ts',
    find: 'if (isForced || !showsAlready(state, key, value)) {',
    replace: '{',
    why: 'a value that is there already is written again',
    shownBy: 'writes nothing where the value is there already, unless forced',
  },
  {
    name: 'signature-unchecked',
    file: 'receive.ts',
    find: 'if (!isVerified && !isSigned(state.mesh, evidence))',
    replace: 'if (!isVerified && !isSigned(state.mesh, evidence) && release.seq === 0)',
    why: 'a release is taken from anybody who names its writer',
    shownBy: 'takes from bent frames only what somebody signed',
  },
  {
    name: 'rights-at-receipt',
    file: 'receive.ts',
    find: 'const right = rightFault(state, release, evidence.changes, (badge) => badgeAt(state, badge))',
    replace: `const received = { ...release, stamp: { ms: now, counter: 0 } }
  const right = rightFault(state, received, evidence.changes, (badge) => badgeAt(state, badge))`,
    why: 'a right is judged at the time of receipt',
    shownBy: 'judges a right by the time of writing, however late a release arrives',
  },
  {
    name: 'seen-cache-on-dot',
    file: 'receive.ts',
    find: "if (known === id) return { verdict: 'duplicate' }",
    replace: "if (clockCoversDot(state, release)) return { verdict: 'duplicate' }",
    why: 'another release of the same dot passes for a duplicate',
    shownBy: 'cuts a replica id that a restored store used twice, and keeps the new writes',
  },
]

const stores: readonly Plant[] = [
  {
    name: 'replica-id-reused-after-loss',
    file: 'replica.ts',
    find: 'emptyState(mesh, options.peer, mesh.random(incarnationBytes))',
    replace: 'emptyState(mesh, options.peer, new Uint8Array(incarnationBytes))',
    why: 'an empty disk writes under the replica id that was lost',
    shownBy: 'C6 gives an empty disk a fresh replica id',
  },
  {
    name: 'restore-unnoticed',
    file: 'receive.ts',
    find: 'if (isNews && release.replica === state.replica) {',
    replace: 'if (isNews && release.seq === 0) {',
    why: 'a restored store goes on under its old replica id',
    shownBy: 'gives up its replica id when it hears a release of its own that its old store lacks',
  },
  {
    name: 'told-before-durable',
    file: 'turn.ts',
    find: "if (records.size > 0) effects.push({ type: 'persist', records })",
    replace: "if (records.size > 0) told.push({ type: 'persist', records })",
    why: 'a write is acknowledged before it is durable',
    shownBy: 'shows a release whole or not at all, also after a crash',
  },
  {
    name: 'release-not-stored',
    file: 'apply.ts',
    find: 'turn.record(recordName.release(replica, seq), bytes)',
    replace: '',
    why: 'a release is applied and not stored',
    shownBy: 'comes back from a crash as the very same replica',
  },
  {
    name: 'void-not-unstored',
    file: 'limit.ts',
    find: '  turn.record(recordName.release(replica, seq), null)\n',
    replace: '',
    why: 'a release that left the log comes back with a restart',
    shownBy: 'holds a cut against a crash, a fresh member and gossip that comes late',
  },
]

const collecting: readonly Plant[] = [
  {
    name: 'context-forgotten',
    file: 'collect.ts',
    find: 'turn.touch(state, name).context = join([key.context, ...seen])',
    replace: '',
    why: 'what a collected remove had seen is forgotten',
    shownBy: 'C2 lets the next writer of a key see what a collected remove had seen',
  },
  {
    name: 'context-not-in-snapshot',
    file: 'snapshot.ts',
    find: "if (key.context.size > 0) add('context', name, vectorToWire(key.context))",
    replace: '',
    why: 'a snapshot leaves the contexts out',
    shownBy: 'lets who joined by snapshot know what a collected remove had seen',
  },
  {
    name: 'settled-without-seal',
    file: 'collect.ts',
    find: 'isStable(held) && isSealed(state, held, turn.now)',
    replace: 'isStable(held)',
    why: 'a superseded change is dropped before it is sealed',
    shownBy: 'C4 keeps what was superseded until an admin has sealed it',
  },
  {
    name: 'collected-on-own-clock',
    file: 'collect.ts',
    find: 'const stable = stableVector(state, quorum)',
    replace: 'const stable = clockVector(state)',
    why: 'a change is collected that the quorum does not hold',
    shownBy: 'C1 holds a remove back until what it saw is held, and only then lets go of it',
  },
  {
    name: 'collected-without-majority',
    file: 'presence.ts',
    find: 'heard.length * 2 > state.members.size ? heard : undefined',
    replace: 'heard',
    why: 'a minority collects',
    shownBy: 'settles nothing while half of the members or more are silent',
  },
  {
    name: 'history-trims-unsettled',
    file: 'history.ts',
    find: '    else state.history.delete(key)\n  }\n}\n\n/** A release leaves',
    replace: `    else state.history.delete(key)
    const held = state.keys.get(key)
    if (held === undefined) continue
    const isKept = (id: string): boolean => kept.some(({ release }) => release.id === id)
    held.unsettled = held.unsettled.filter(({ release }) => isKept(release.id))
  }
}

/** A release leaves`,
    why: 'trimming the history drops unsettled changes',
    shownBy: 'forgets versions that were replaced more than 30 days ago, and nothing that is read',
  },
]

const snapshots: readonly Plant[] = [
  {
    name: 'snapshot-clock-after-data',
    file: 'snapshot.ts',
    find: '  return { items, isLast: next === open.items.length }',
    replace: `  for (const [replica, { seq, id }] of sortedEntries(state.clock)) {
    const logged = loggedAt(state, replica, seq)?.bytes
    if (logged === undefined || next < open.items.length) continue
    const bare = showOnly(state.mesh, logged, () => false)
    items.push(encode([itemKinds.indexOf('tip'), fromHex(replica), seq, fromHex(id), bare]))
  }
  return { items, isLast: next === open.items.length }`,
    why: 'the clock of a snapshot is read after its data',
    shownBy: 'shows in a snapshot the state of one instant, whatever is written meanwhile',
  },
  {
    name: 'snapshot-half-applied',
    file: 'snapshot-adopt.ts',
    find: 'for (const [key, kept] of sortedEntries(merged)) {',
    replace: 'for (const [key, kept] of sortedEntries(merged).slice(merged.size >> 1)) {',
    why: 'only a part of a snapshot is applied',
    shownBy: 'shows in a snapshot the state of one instant, whatever is written meanwhile',
  },
  {
    name: 'snapshot-of-whole-releases',
    file: 'snapshot.ts',
    find: 'showOnly(state.mesh, bytes, (key) => keys.has(key))',
    replace: 'showOnly(state.mesh, bytes, () => true)',
    why: 'a snapshot shows settled changes of a release that lives on',
    shownBy: 'C5 takes a snapshot change by change, never by whole releases',
  },
  {
    name: 'snapshot-drops-no-heads',
    file: 'snapshot-merge.ts',
    find: '...mine.filter(({ release }) => both.has(release.id) || !coversDot(theirClock, release)),',
    replace: '...mine,',
    why: 'heads that a snapshot covers and does not show stay',
    shownBy: 'C9 says that a snapshot is kept back, and takes it when a second member vouches',
  },
  {
    name: 'snapshot-takes-all',
    file: 'snapshot-merge.ts',
    find: '!own.has(release.id) && seqOf(state, release.replica) < release.seq',
    replace: '!own.has(release.id)',
    why: 'a snapshot brings back what was settled here',
    shownBy: 'does not bring back by snapshot what was settled here and not there',
  },
  {
    name: 'snapshot-claims-unchecked',
    file: 'snapshot-read.ts',
    find: 'if (!changes.every(({ seen }) => isCovered(seen))) {',
    replace: 'if (changes.length < 0) {',
    why: 'a snapshot shows a change that has seen the future',
    shownBy:
      'refuses a snapshot with a change that has seen more than its clock covers, and takes nothing of it',
  },
  {
    name: 'snapshot-rights-unchecked',
    file: 'snapshot-read.ts',
    find: 'checkRight(state, snapshot, { release, changes })',
    replace: '',
    why: 'a snapshot brings what its author may not write',
    shownBy:
      'refuses a snapshot with a release that its author may not write, and takes nothing of it',
  },
  {
    name: 'snapshot-clock-unchecked',
    file: 'snapshot-read.ts',
    find: 'if (!equals(hashClock(state.mesh, snapshot.clock), snapshot.hashes.clock)) {',
    replace: 'if (snapshot.clock.size < 0) {',
    why: 'a word that was stated of another clock vouches for a snapshot',
    shownBy: 'lets a stated word vouch only for a snapshot that shows the very clock of it',
  },
  {
    name: 'snapshot-stamps-unchecked',
    file: 'snapshot-read.ts',
    find: "if (isEarly(stamp, now)) throw new Malformed('the snapshot is stamped ahead of this clock')",
    replace: '',
    why: 'a snapshot brings a stamp from the far future',
    shownBy: 'refuses a snapshot stamped ahead of this clock, and takes nothing of it',
  },
  {
    name: 'snapshot-believed-alone',
    file: 'snapshot-merge.ts',
    find: 'if (!isVouched && !isEvident(mine, their, kept)) unvouched.push(key)',
    replace: '',
    why: 'one member alone takes values away',
    shownBy: 'C9 says that a snapshot is kept back, and takes it when a second member vouches',
  },
]

const statements: readonly Plant[] = [
  {
    name: 'cut-below-seal',
    file: 'limit.ts',
    find: 'floor !== undefined && floor.seq > cut.seq ? floor : cut',
    replace: 'cut',
    why: 'a cut below the seal is honoured',
    shownBy: 'honours the seal where a cut goes below it',
  },
  {
    name: 'one-seal-binds-all',
    file: 'limit.ts',
    find: 'const sealing = [...state.mesh.admins]',
    replace: 'const sealing = [...state.mesh.admins].slice(0, 1)',
    why: 'the seal of one admin binds the others',
    shownBy: 'settles only what every admin has sealed',
  },
  {
    name: 'void-as-remove',
    file: 'limit.ts',
    find: 'const kept = unsettled.filter((held) => held.release.id !== release.id)',
    replace: `const gone = unsettled.find((held) => held.release.id === release.id)
    const kept = unsettled.filter(
      (held) =>
        held !== gone &&
        (gone?.change.seen.get(held.release.replica) ?? 0) < held.release.seq,
    )`,
    why: 'a void release takes along what it had overwritten',
    shownBy: 'voids what lies beyond a cut and brings back what it had overwritten, in any order',
  },
  {
    name: 'limits-free-nothing',
    file: 'limit.ts',
    find: "turn.moved.add('all')",
    replace: '',
    why: 'what waited for a void release waits for ever',
    shownBy: 'C3 frees what waits for a void release as soon as the cut arrives',
  },
  {
    name: 'fork-ignored',
    file: 'fork.ts',
    find: '  takeForkProof(state, proof, turn)\n',
    replace: '',
    why: 'of two releases at one dot the first that came is kept',
    shownBy: 'cuts a store that was copied while it ran; both copies write on, and lose nothing',
  },
  {
    name: 'fork-not-reissued',
    file: 'fork.ts',
    find: '  limitsMoved(state, turn)\n  reissue(state, replica, own, turn)\n',
    replace: '  limitsMoved(state, turn)\n',
    why: 'what a fork makes void is lost',
    shownBy: 'cuts a store that was copied while it ran; both copies write on, and lose nothing',
  },
  {
    name: 'reissued-as-it-was',
    file: 'incarnation.ts',
    find: 'cap(change.seen, (replica) => Math.min(limit(replica), seqOf(state, replica)))',
    replace: 'change.seen',
    why: 'a release is written again with what it had seen of the void branch',
    shownBy: 'hides nothing of the sealed branch of a fork when the other is written again',
  },
]

export const plants: readonly Plant[] = [
  ...clocks,
  ...heads,
  ...stores,
  ...collecting,
  ...snapshots,
  ...statements,
  ...trustPlants,
]
