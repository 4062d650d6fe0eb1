import { flagOf } from './arguments.js'
import { faultForms, faultNames, formOf } from './faults.js'
import type { FaultGroup } from './faults.js'
import { wishForms, wishNames } from './wishes.js'

const row = (left: string, says: string): string => `  ${left.padEnd(28)}${says}`

const flagRows = wishNames.map((name) =>
  row(`${flagOf(name)} ${wishForms[name].example}`, wishForms[name].says),
)

const namesOf = (group: FaultGroup): string =>
  faultNames.filter((name) => formOf(name).group === group).join(' ')

export const helpText = (
  called: string,
): string => `Plays a mesh in virtual time, with the very code that peers run, and makes things go wrong.
The same seed plays the same run. A scenario comes first, as a file or by the name of a
ready-made one; flags override what it says.

${row(called.replace(/ --$/, ''), '20 peers, 60 s, and nothing goes wrong')}
  ${called} two-datacentres --peers 1000
  ${called} --peers 40 --faults loss=5%,partition=halves@10s..40s
  ${called} my-mesh.yaml --seed 81

What is played
${flagRows.join('\n')}
${row('--scenarios', 'lists the ready-made ones')}
${row('--plan sim-81.plan.json', 'plays a stored plan, such as a failure that was shrunk')}
${row('--swarm --seed 4711', 'plays a seed of the long run')}

What comes out
${row('--report sim-81.html', 'where the report goes; --no-report: nowhere')}
${row('--json', `one JSON object and nothing else${called.startsWith('npm') ? '; call it with npm run -s sim' : ''}`)}

Faults, like name=value@from..until, with commas between them; --help faults explains each
  ${namesOf('links')}
  ${namesOf('peers')}
  ${namesOf('moments')}

Exit code: 0 all well · 1 a promise was broken · 2 bad input · 3 did not converge · 4 it crashed
`

const rowsOf = (group: FaultGroup): string =>
  faultNames
    .filter((name) => formOf(name).group === group)
    .map((name) => row(faultForms[name].example, faultForms[name].says))
    .join('\n')

export const faultHelpText = `--faults takes name[=value[:detail]][@from[..until]], as many as you like with commas between
them. Without @ a fault is there for the whole run. In a scenario file each is an entry of the
list \`faults\`: - loss=5%, or - { partition: halves, from: 10s, until: 40s }.

On links: all of them, or where it says how many (3), a share (10%), or those of alice
${rowsOf('links')}

To peers: how many (3), a share (10%), or a name; alice, bob, carol, … peer-27, peer-28, …
${rowsOf('peers')}

At moments: @20s at that one, @10s..40s at moments of chance; whom as above, or how often (6/min)
${rowsOf('moments')}
`
