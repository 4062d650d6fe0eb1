import type { Keyed } from './flat-names.js'
import { writeEnv } from './env.js'
import type { Format } from './format.js'
import { writeJson } from './json.js'
import { writeProperties } from './properties.js'
import { writeToml } from './toml.js'
import { writeYaml } from './yaml.js'

/** Keys as a file that says the same. `prefix`: what names without names inside them leave away. */
export const writeFormat: Readonly<
  Record<Format, (entries: readonly Keyed[], prefix: string) => string>
> = {
  yaml: writeYaml,
  json: writeJson,
  toml: writeToml,
  env: writeEnv,
  properties: writeProperties,
}
