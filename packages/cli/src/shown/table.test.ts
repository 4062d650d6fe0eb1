import { describe, expect, it } from 'vitest'
import { alignedTable, separatedTable } from './table.js'

describe('a table', () => {
  it('has a line for each row, whatever somebody is called', () => {
    const rows = [
      ['bob\nalice  everything', 'read'],
      ['ann\t\r\n', 'write'],
    ]
    expect(alignedTable(['member', 'may'], rows, (text) => text)).toEqual([
      'MEMBER                 MAY',
      'bob alice  everything  read',
      'ann                    write',
    ])
    expect(separatedTable(rows)).toEqual(['bob alice  everything\tread', 'ann \twrite'])
  })
})
