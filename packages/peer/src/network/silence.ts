import type { ComponentLogger, Logger } from '@libp2p/interface'

/**
 * libp2p makes a logger for every stream, and asks the terminal each time whether it knows colours.
 * Whoever sets DEBUG gets all of it; for others this costs nothing.
 */
export const silence = (): { readonly logger?: ComponentLogger } =>
  process.env['DEBUG'] === undefined ? { logger: { forComponent: () => silent } } : {}

const silent: Logger = Object.assign(() => {}, {
  error: () => {},
  trace: () => {},
  enabled: false,
  newScope: () => silent,
})
