import { describe, expect, it } from 'vitest'
import type { Link } from './badge-book.js'
import type { SaidOfMesh } from './said.js'
import { standingOf } from './standing.js'

const link = (subject: string, issuer: string): Link => ({
  id: `${issuer}>${subject}`,
  parent: undefined,
  issuer,
  subject,
  name: subject,
  grants: [],
  notBefore: 0,
  notAfter: 9,
  isSigned: true,
})

/** Root first. */
const chains: Readonly<Record<string, readonly Link[]>> = {
  root: [],
  alice: [link('alice', 'root')],
  bob: [link('bob', 'root')],
  carol: [link('alice', 'root'), link('carol', 'alice')],
}

const revoke = (
  issuer: string,
  number: number,
  subject: string,
  kept: string[] = [],
): SaidOfMesh => ({
  kind: 'revoke',
  issuer,
  number,
  marks: new Map([[`of ${subject}`, number]]),
  shown: chains[issuer]!,
  revocation: { subject, kept: new Set(kept), authored: new Map(), chains: new Map() },
  fault: undefined,
})

/** Who is revoked, by what was said in any order. */
function revokedBy(...said: readonly SaidOfMesh[]): readonly string[] {
  const found = [said, said.toReversed()].map((order) =>
    standingOf('root', order).revoked.map(({ subject }) => subject),
  )
  expect(found[0]).toEqual(found[1])
  return found[0]!
}

describe('what counts of what was said', () => {
  it('is the word of the lesser key where two of one rank revoke each other', () => {
    expect(revokedBy(revoke('alice', 1, 'bob'), revoke('bob', 1, 'alice'))).toEqual(['bob'])
  })

  it('is the word of whoever stands nearer to the root', () => {
    expect(revokedBy(revoke('carol', 1, 'bob'), revoke('bob', 1, 'carol'))).toEqual(['carol'])
    expect(revokedBy(revoke('alice', 1, 'bob'), revoke('root', 1, 'alice'))).toEqual(['alice'])
  })

  it('is nothing of whom a revoked key let in, unless it was kept', () => {
    expect(revokedBy(revoke('carol', 1, 'dave'), revoke('root', 1, 'alice'))).toEqual(['alice'])
    expect(
      revokedBy(revoke('carol', 1, 'dave'), revoke('root', 1, 'alice', ['alice>carol'])),
    ).toEqual(['alice', 'dave'])
  })
})
