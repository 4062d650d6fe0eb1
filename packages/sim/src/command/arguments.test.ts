import { describe, expect, it } from 'vitest'
import { parseArguments } from './arguments.js'
import { BadInput } from './bad-input.js'
import { faultHelpText, helpText } from './help.js'

const parse = (line: string): unknown => parseArguments(line.split(' ').filter((arg) => arg !== ''))

const nothing = { from: 'wishes', scenario: undefined, wishes: {} }

describe('arguments', () => {
  it('may be none at all', () => {
    expect(parse('')).toEqual({
      do: 'play',
      source: nothing,
      seed: undefined,
      isJson: false,
      report: 'named',
    })
  })

  it('name a scenario and override what it says', () => {
    expect(
      parse('two-datacentres --peers 1000 --seed=81 --rate=30/min --gossip off'),
    ).toMatchObject({
      source: {
        scenario: 'two-datacentres',
        wishes: { peers: 1000, writesPerSecond: 0.5, hasGossip: false },
      },
      seed: 81,
    })
  })

  it.each([
    ['--json', { isJson: true, report: 'none' }],
    ['--json --report a.html', { isJson: true, report: { file: 'a.html' } }],
    ['--no-report', { report: 'none' }],
    ['--swarm --seed 4711', { source: { from: 'swarm' }, seed: 4711 }],
    ['--plan a.json', { source: { from: 'plan', file: 'a.json' }, seed: undefined }],
    ['--scenarios', { do: 'list' }],
    ['--help', { do: 'help', about: 'command' }],
    ['-h', { do: 'help', about: 'command' }],
    ['--help faults', { do: 'help', about: 'faults' }],
    ['--peers nonsense --help', { do: 'help', about: 'command' }],
  ])('read %s', (line, command) => {
    expect(parse(line)).toMatchObject(command)
  })

  it.each([
    ['--fautls loss=5%', '--fautls: there is no such flag, did you mean --faults?'],
    ['--peer 4', '--peer: there is no such flag, did you mean --peers?'],
    ['--colour red', '--colour: there is no such flag, --help lists them'],
    ['-p 4', '-p: there is no such flag, --help lists them'],
    ['--peers', '--peers: its value is missing, write it like --peers 40'],
    ['--peers --json', '--peers: its value is missing, write it like --peers 40'],
    ['--report', '--report: its value is missing, write it like --report sim-81.html'],
    ['--peers=', '--peers: it is empty, write it like 40'],
    ['--peers 2', '--peers: 2 is too few, write a whole number from 3 to 10,000'],
    ['--peers 4 --peers 5', '--peers: it is there twice, as 4 and 5, say it once'],
    ['--json=yes', '--json: it takes no value, leave =yes away'],
    ['--gossip perhaps', '--gossip: perhaps is neither, write on or off'],
    ['--topology rnig', '--topology: there is no rnig, did you mean ring?'],
    ['--faults los=5%', '--faults: los=5%: there is no such fault, did you mean loss?'],
    ['a b', 'b: one scenario at a time, and a is there already'],
    ['plan.json', 'plan.json: this looks like a plan, play it with --plan plan.json'],
    ['--report a --no-report', '--no-report: --report asks for one, leave one of the two away'],
    [
      '--plan a.json --swarm',
      '--swarm: a plan has been decided already, leave --swarm or --plan away',
    ],
    ['--plan a.json --seed 3', '--plan: a plan decides everything, leave --seed away'],
    ['--swarm --peers 4', '--swarm: the seed decides everything, leave --peers away'],
    [
      'bad-clock --swarm',
      '--swarm: the seed decides everything, leave the scenario bad-clock away',
    ],
  ])('refuse %s in one line', (line, message) => {
    expect(() => parse(line)).toThrow(new BadInput(message))
  })
})

describe('an empty argument', () => {
  it('is no scenario', () => {
    const message = 'one argument is empty, leave it away'
    expect(() => parseArguments(['--peers', '4', ''])).toThrow(new BadInput(message))
  })
})

describe('help', () => {
  it.each([
    ['the command', helpText('npm run sim --')],
    ['faults', faultHelpText],
  ])('about %s fits a terminal', (_about, text) => {
    const rows = text.split('\n')
    expect(rows.length).toBeLessThan(50)
    expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(100)
  })
})
