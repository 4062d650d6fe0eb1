import { expect } from 'vitest'
import type { ErrorCode } from '@grapevine/core'

/** What a MeshError of this code looks like, which says these words. */
export const refused = (code: ErrorCode, words = ''): object => ({
  name: 'MeshError',
  code,
  message: expect.stringContaining(words) as string,
})
