import { Complaint } from '../complain.js'
import { exitCodes } from '../exit-codes.js'

/** Where something stands that somebody wrote. */
export interface Place {
  readonly file: string
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** As compilers and editors write it: `prod.yaml:3:5`. */
export const placeInWords = ({ file, line, column }: Place): string =>
  [file, line, column].filter((part) => part !== undefined).join(':')

/** A file that cannot be used: nothing of it is. */
export const badFile = (place: Place, why: string, next?: string): Complaint =>
  new Complaint(exitCodes.usage, 'FILE_INVALID', `${placeInWords(place)}: ${why}`, { next })
