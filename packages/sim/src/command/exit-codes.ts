/** What the command answers; the same as those of the long run. */
export const exitCodes = { passed: 0, incorrect: 1, badInput: 2, stuck: 3, crashed: 4 } as const
