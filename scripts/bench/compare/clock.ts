/** The same clock in all processes of this machine, in milliseconds. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6
