import stringWidth from 'string-width'

/** Columns without lines between them: what stands on the screen can be copied and searched. */
export function alignedTable(
  headings: readonly string[],
  given: readonly (readonly string[])[],
  paint: (text: string) => string,
): readonly string[] {
  const rows = given.map((row) => row.map(inCell))
  const widths = headings.map((heading, at) =>
    Math.max(...[heading, ...rows.map((row) => row[at] ?? '')].map((cell) => stringWidth(cell))),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - stringWidth(cell))))
      .join('  ')
      .trimEnd()
  return [paint(line(headings.map((heading) => heading.toUpperCase()))), ...rows.map(line)]
}

/** For `cut` and `awk`: no headings, and no cell that could be taken for two. */
export const separatedTable = (rows: readonly (readonly string[])[]): readonly string[] =>
  rows.map((row) => row.map(inCell).join('\t'))

/** A name that somebody chose makes no row of its own. */
const inCell = (cell: string): string => cell.replaceAll(/[\t\r\n]+/g, ' ')
