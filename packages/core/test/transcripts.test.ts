import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { record } from './transcript.js'
import { transcripts } from './transcripts.js'

const fileOf = (name: string): URL => new URL(`./transcripts/${name}.txt`, import.meta.url)

/** UPDATE_TRANSCRIPTS=1 writes them anew; what changed is then read as a diff. */
const isUpdate = process.env['UPDATE_TRANSCRIPTS'] === '1'

describe('a conversation between replicas', () => {
  for (const [name, transcript] of transcripts) {
    it(`goes as ${name}.txt says`, () => {
      const said = record(lib, transcript)
      if (isUpdate) writeFileSync(fileOf(name), said)
      expect(said).toBe(readFileSync(fileOf(name), 'utf8'))
    })
  }

  it('has a file for each story and a story for each file', () => {
    const files = readdirSync(new URL('./transcripts/', import.meta.url))
    expect(files.sort()).toEqual([...transcripts.keys()].map((name) => `${name}.txt`).sort())
  })
})
