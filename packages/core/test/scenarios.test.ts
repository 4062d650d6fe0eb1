import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { runScenario } from './scenario.js'
import { scenarios } from './scenarios.js'

describe('a mesh', () => {
  it.each(scenarios.map((scenario) => [scenario.rule, scenario] as const))('%s', (_, scenario) => {
    expect(runScenario(lib, scenario)).toBe(scenario.steps.length)
  })
})
