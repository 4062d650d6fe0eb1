import { JsonFault, readStrictJson } from '@grapevine/api/client'
import type { Value } from '@grapevine/core'
import { badFile } from './place.js'
import { namesOf, treeOf } from './tree.js'
import type { Tree } from './tree.js'

export function readJson(source: string, file: string): Tree {
  try {
    return treeOf(readStrictJson(source), { file })
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    throw badFile({ file }, error.message)
  }
}

export const writeJson = (
  entries: readonly { readonly key: string; readonly value: Value }[],
): string => `${JSON.stringify(namesOf(entries), null, 2)}\n`
