import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { type Plant, plants } from './plants.js'
import { type Library } from './stub-crypto.js'

const source = new URL('../src/', import.meta.url)
/** One folder per process, so that two runs of the tests do not pull it from under each other. */
export const nursery = new URL(`../.planted/${process.pid}/`, import.meta.url)

/** A copy of the library with one bug in it. */
export async function plant(name: string): Promise<Library> {
  const planted = plants.find((one) => one.name === name)
  if (planted === undefined) throw new Error(`no plant is called ${name}`)
  const folder = new URL(`${name}/`, nursery)
  await mkdir(folder, { recursive: true })
  for (const file of await readdir(source)) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
    const text = await readFile(new URL(file, source), 'utf8')
    await writeFile(new URL(file, folder), file === planted.file ? mutate(text, planted) : text)
  }
  return (await import(pathToFileURL(new URL('index.ts', folder).pathname).href)) as Library
}

function mutate(text: string, { name, file, find, replace }: Plant): string {
  const times = text.split(find).length - 1
  if (times !== 1) {
    throw new Error(
      `plant ${name} drifted: its text stands ${times} times in src/${file}; aim it at the same rule again`,
    )
  }
  // As a function: a text to put in its place would have its dollar signs read.
  return text.replace(find, () => replace)
}
