import { describe, expect, it } from 'vitest'
import { splitLine } from './split-line.js'

describe('a line that is being typed', () => {
  it.each([
    ['grapevine', [], ''],
    ['grapevine ', [], ''],
    ['grapevine ge', [], 'ge'],
    ['grapevine get shop/', ['get'], 'shop/'],
    ['grapevine get shop/a ', ['get', 'shop/a'], ''],
    ["grapevine set 'a b", ['set'], 'a b'],
    ['grapevine set "a $(b)" c', ['set', 'a $(b)'], 'c'],
    ['grapevine set a\\ b', ['set'], 'a b'],
    ['grapevine publish --wait=a', ['publish'], '--wait=a'],
  ])('%s', (line, words, current) => {
    expect(splitLine(line)).toEqual({ words, current })
  })
})
