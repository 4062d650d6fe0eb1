import type { Call } from '../call.js'

/** A command that somebody can type next, about the folder that he just typed. */
export function nextCommand({ common }: Pick<Call, 'common'>, words: string): string {
  if (common.lab !== undefined) return `grapevine ${words} --lab ${common.lab}`
  return common.dataDir === undefined ? `grapevine ${words}` : commandIn(common.dataDir, words)
}

/** One that names its folder in any case: it may be typed somewhere else. */
export function commandIn(dataDir: string, words: string): string {
  const shown = /^[\w./-]+$/.test(dataDir) ? dataDir : `'${dataDir.replaceAll("'", `'\\''`)}'`
  return `grapevine ${words} --data-dir ${shown}`
}
