import type { Plan } from '../src/plan.js'

/** A mesh in which nothing happens, and nothing goes wrong. */
export const calmPlan: Plan = {
  seed: 1,
  peers: 4,
  admins: 1,
  hostile: 0,
  revocable: true,
  signatures: 'stub',
  overlay: {
    gossip: true,
    links: 31,
    degree: 4,
    holdMs: 0,
    floodPublish: true,
    topology: 'random',
    regions: 1,
    regionDelayMs: 0,
  },
  weather: {
    delayMinMs: 10,
    delayMeanMs: 0,
    lossShare: 0,
    duplicateShare: 0,
    duplicateLaterMs: 0,
    reorderShare: 0,
    truncateShare: 0,
    clogShare: 0,
    clogMs: 0,
    bytesPerSecond: 0,
  },
  disk: { syncMs: 0 },
  habits: { sessionMs: 0, presenceMs: 0, tickMs: 0, collectMs: 0, clockStepMs: 1 },
  safetyMs: 10_000,
  livenessMs: 60_000,
  events: [],
}
