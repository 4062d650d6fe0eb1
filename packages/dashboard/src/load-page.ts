import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Page, PageFile } from '@grapevine/api'
import { MeshError } from '@grapevine/core'

/** The same from the sources and from what is built of them. */
const builtInto = join(import.meta.dirname, '../dist/page')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The built page, whole in memory: it is small, and nothing that somebody asks for becomes a path. */
export async function loadPage(folder: string = builtInto): Promise<Page> {
  const files = new Map<string, PageFile>()
  for (const entry of await entries(folder)) {
    const type = types[extname(entry)]
    if (type === undefined) continue
    const body = await readFile(join(folder, entry))
    const path = entry === 'index.html' ? '/' : `/${entry.replaceAll('\\', '/')}`
    files.set(path, { body, type, isImmutable: path.startsWith('/assets/') })
  }
  return { files }
}

async function entries(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder, { recursive: true })
  } catch {
    throw new MeshError(
      'OPTION_INVALID',
      `the dashboard is not there: it was never built into ${folder}; run npm start once, or leave the dashboard off`,
      { folder },
    )
  }
}
