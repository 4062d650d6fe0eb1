import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Entry points of the tools, so that none of them has to be found on PATH. */
export const tools = {
  attw: 'node_modules/@arethetypeswrong/cli/dist/index.js',
  oxfmt: 'node_modules/oxfmt/bin/oxfmt',
  oxlint: 'node_modules/oxlint/bin/oxlint',
  publint: 'node_modules/publint/src/cli.js',
  tsc: 'node_modules/typescript/bin/tsc',
  vitest: 'node_modules/vitest/vitest.mjs',
} as const

export type Ended = Readonly<{ exitCode: number; output: string }>

export type CommandOptions = Readonly<{
  /** `show` passes the output on as it comes, `collect` returns it. Default: `collect`. */
  output?: 'show' | 'collect'
  env?: NodeJS.ProcessEnv
  cwd?: string
}>

/** Runs Node with these arguments, by default from the top of the repository. */
export function node(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return command(process.execPath, args, options)
}

export function command(
  file: string,
  args: readonly string[],
  { output = 'collect', env = process.env, cwd = root }: CommandOptions = {},
): Promise<Ended> {
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: output === 'show' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ exitCode: 1, output: error.message }))
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output: chunks.join('') }))
  })
}

export function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`
}
