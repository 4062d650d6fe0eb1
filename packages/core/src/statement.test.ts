import { describe, expect, it } from 'vitest'
import { ed25519Crypto } from '../test/ed25519.js'
import { sha256 } from '../test/stub-crypto.js'
import { Malformed } from './errors.js'
import { type ReleaseId, type ReplicaId } from './ids.js'
import { openMesh } from './mesh.js'
import {
  type Mark,
  type StatementDraft,
  decodeStatement,
  markFromWire,
  signStatement,
  statementFault,
} from './statement.js'

const { peer: alice, crypto } = ed25519Crypto('alice')
const rules = { id: sha256(new Uint8Array()), revocable: true }
const mesh = openMesh({ ...rules, admins: new Set([alice]) }, crypto)
const meshWithoutAdmins = openMesh({ ...rules, admins: new Set() }, crypto)

const mark = (byte: string, seq: number): Mark => ({
  replica: byte.repeat(16) as ReplicaId,
  seq,
  id: seq === 0 ? null : ('ee'.repeat(32) as ReleaseId),
})
const draft: StatementDraft = {
  kind: 'cut',
  issuer: alice,
  number: 1,
  prev: null,
  marks: [mark('bb', 3), mark('aa', 0)],
  incarnation: null,
}

describe('statement', () => {
  it('reads back as what was signed, its marks ascending', () => {
    const statement = signStatement(mesh, draft)
    expect(decodeStatement(mesh, statement.bytes)).toEqual(statement)
    expect(statement).toMatchObject({ ...draft, marks: [mark('aa', 0), mark('bb', 3)] })
  })

  it('does not hold once any bit of it is another', () => {
    const { bytes } = signStatement(mesh, draft)
    for (let index = 0; index < bytes.length; index++) {
      const bent = new Uint8Array(bytes)
      bent[index]! ^= 1
      expect(() => decodeStatement(mesh, bent), `byte ${index}`).toThrow(Malformed)
    }
  })

  it('is numbered from 1 and names the one before', () => {
    const second = signStatement(mesh, { ...draft, number: 2, prev: signStatement(mesh, draft).id })
    expect(second.number).toBe(2)
    expect(() => signStatement(mesh, { ...draft, number: 2 })).toThrow(
      'statement number and prev disagree',
    )
    expect(() => signStatement(mesh, { ...draft, number: 0 })).toThrow(
      'statement number and prev disagree',
    )
    expect(() => signStatement(mesh, { ...draft, prev: second.id })).toThrow(
      'statement number and prev disagree',
    )
  })

  it('names each replica id once, and at least one', () => {
    expect(() => signStatement(mesh, { ...draft, marks: [mark('aa', 1), mark('aa', 2)] })).toThrow(
      'the marks are not ascending',
    )
    expect(() => signStatement(mesh, { ...draft, marks: [] })).toThrow('a statement has no marks')
  })

  it('marks a place by its id, and nothing before the first release', () => {
    const bytes = (size: number): Uint8Array => new Uint8Array(size)
    expect(markFromWire([bytes(16), 0, null])).toMatchObject({ seq: 0, id: null })
    expect(() => markFromWire([bytes(16), 0, bytes(32)])).toThrow(
      'a mark has an id exactly above seq 0',
    )
    expect(() => markFromWire([bytes(16), 1, null])).toThrow('a mark has an id exactly above seq 0')
  })

  it('may be issued by an admin', () => {
    for (const kind of ['cut', 'seal', 'close'] as const) {
      const statement = signStatement(mesh, { ...draft, kind })
      expect(statementFault(mesh, statement)).toBeUndefined()
      expect(statementFault(meshWithoutAdmins, statement)).toBe(
        `its issuer ${alice.slice(0, 8)} may not issue a ${kind}`,
      )
    }
  })

  it('closes an own replica id, and only that', () => {
    const incarnation = new Uint8Array(8).fill(5)
    const own = { ...mark('00', 0), replica: mesh.writerOf(alice, incarnation).replica }
    const fault = (parts: Partial<StatementDraft>): string | undefined =>
      statementFault(
        meshWithoutAdmins,
        signStatement(mesh, { ...draft, kind: 'close', marks: [own], incarnation, ...parts }),
      )
    expect(fault({})).toBeUndefined()
    expect(fault({ kind: 'cut' })).toMatch(/may not issue a cut/)
    expect(fault({ incarnation: null })).toMatch(/may not issue a close/)
    expect(fault({ incarnation: new Uint8Array(8) })).toMatch(/may not issue a close/)
    expect(fault({ marks: [own, mark('ff', 0)] })).toMatch(/may not issue a close/)
  })
})
