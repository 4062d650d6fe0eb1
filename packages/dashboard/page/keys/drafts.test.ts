import { describe, expect, it } from 'vitest'
import { isTouched, openDrafts, readTyped, typedFor } from './drafts.js'

describe('drafts', () => {
  it('are kept by their keys until they are dropped', () => {
    const drafts = openDrafts()
    drafts.put(typedFor('a', { value: 1, version: 'v1' }))
    drafts.put({ ...typedFor('b', { value: undefined, version: null }), text: 'new' })
    drafts.drop('a')
    drafts.drop('c')
    expect([...drafts.all.value.keys()]).toEqual(['b'])
  })

  it('are touched once something would be lost', () => {
    const typed = typedFor('a', { value: '12', version: 'v1' })
    expect(isTouched(typed)).toBe(false)
    expect(isTouched({ ...typed, kind: 'number' })).toBe(true)
    expect(isTouched({ ...typed, text: '13' })).toBe(true)
    expect(isTouched(typedFor('a', { value: undefined, version: null }))).toBe(false)
    expect(isTouched(typedFor('a', { value: 'shown', version: 'v1' }, 'also'))).toBe(true)
  })

  it('are read in the order in which peers hold members', () => {
    const read = readTyped({
      kind: 'json',
      text: '{"currencies": [], "b": {"zz": 1, "y": 2}, "a": 1}',
    })
    expect(JSON.stringify(read)).toBe(
      '{"isValid":true,"value":{"a":1,"b":{"y":2,"zz":1},"currencies":[]}}',
    )
  })
})
