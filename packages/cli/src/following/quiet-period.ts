import { checkSpan } from '../typed/span.js'
import { text } from '../verb.js'

const standard = '250ms'

/** Of the verbs that act on changes: several at once shall be one. */
export const quietOption = text(
  '<time>',
  `so long nothing may change before it acts: ${standard} if you do not say`,
  { check: (given) => void quietMsOf(given) },
)

export const quietMsOf = (given: string = standard): number => checkSpan('--quiet-period', given)
