/**
 * Everything that can grow has its limit here, named with its unit. A limit is part of the
 * protocol when replicas must agree on it (sizes, nesting), and local policy when they need not.
 */
export const limits = {
  // Protocol: every replica refuses the same bytes.
  keyBytesMax: 512,
  valueBytesMax: 1024 * 1024,
  valueNestingMax: 32,
  releaseChangesMax: 4096,
  releaseBytesMax: 4 * 1024 * 1024,
  releaseMessageBytesMax: 1024,
  requestIdBytesMax: 64,
  statementEntriesMax: 1024,
  /** A revocation has several lists, and the badge of its issuer. */
  statementBytesMax: 256 * 1024,
  stampCounterMax: 65_535,
  badgeBytesMax: 8 * 1024,
  badgeGrantsMax: 32,
  /** From the root to a member, the root not counted. */
  badgeLinksMax: 5,
  /** A relay's clock may be behind that of whoever signed an intent. */
  intentEarlyMsMax: 60_000,
  /** What a replica id may write at once, and how fast that comes back; by stamps, so all agree. */
  budgetBytesMax: 32 * 1024 * 1024,
  budgetBytesPerSecond: 32 * 1024,
  /** What a release costs beside its changes. */
  releaseCostBytes: 512,
  /** A release stamped further ahead of the receiver's clock waits as `early`. */
  stampAheadMsMax: 60_000,

  // Wire: what one frame may hold. A page passes its limit only to carry one single large release.
  pageBytesMax: 64 * 1024,
  /** Ranges asked for at once: with the releases of one page they fit into a page. */
  wantRangesMax: 256,
  frameBytesMax: 4 * 1024 * 1024 + 64 * 1024,
  /** Above this a release is announced by its id and fetched over a stream. */
  announceBytesMin: 32 * 1024,
  presenceEntriesMax: 1024,
  presenceRefusalsMax: 32,
  /** A presence may leave out a clock that has not moved, so many times in a row. */
  presenceBriefsMax: 30,
  presenceLabelsMax: 16,
  labelBytesMax: 128,
  reasonBytesMax: 256,

  // Memory of one replica.
  parkedReleasesMax: 10_000,
  parkedBytesMax: 64 * 1024 * 1024,
  coldBytesMax: 64 * 1024 * 1024,
  voidedBytesMax: 16 * 1024 * 1024,
  snapshotsOpenMax: 4,
  snapshotBytesMax: 1024 * 1024 * 1024,
  statedHashesMax: 8,
  requestIdsMax: 10_000,
  badgesShownMax: 1024,
  badgesAskedMax: 64,
  refusalsMax: 256,

  // Time and policy.
  memberAbsentMs: 10 * 60_000,
  memberSilentMs: 30_000,
  /** So often a peer remembers what it holds, for seals to come. */
  dayMs: 24 * 3_600_000,
  sealAgeMs: 30 * 24 * 3_600_000,
  coldAgeMs: 30 * 24 * 3_600_000,
  historyVersionsMax: 50,
  historyAgeMs: 30 * 24 * 3_600_000,
  pullAgainMs: 1_000,
  /** A snapshot that did not go on for so long may be asked for again. */
  snapshotStallMs: 5_000,
  snapshotOpenMs: 5 * 60_000,
  /** More removes than this in one release must be confirmed with their exact count. */
  removesUnconfirmedMax: 16,
} as const
