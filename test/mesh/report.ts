export type Figures = Readonly<Record<string, string | number>>

/** With REPORT=1, and in the long scripts, each scenario says what it measured. */
export function report(scenario: string, figures: Figures): void {
  if (process.env['REPORT'] === '1') process.stdout.write(`${reportLine(scenario, figures)}\n`)
}

export const reportLine = (scenario: string, figures: Figures): string =>
  `  ${scenario.padEnd(52)}  ${Object.entries(figures)
    .map(([name, figure]) => `${name} ${figure}`)
    .join(' · ')}`
