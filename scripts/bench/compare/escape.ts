const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const html = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign]!)

/** In a cell of a table: no sign of it may end the cell, or begin markup. */
export const markdown = (text: string): string =>
  html(text.replaceAll(/[\\|*_`[\]]/g, (sign) => `\\${sign}`)).replaceAll(/\s+/g, ' ')
