/** What one look found, and what to do where it is not well. */
export interface Finding {
  readonly check: string
  readonly is: 'ok' | 'warn' | 'fail'
  readonly says: string
  readonly todo?: string
}

export const well = (check: string, says: string): Finding => ({ check, is: 'ok', says })

export const ill = (is: 'warn' | 'fail', check: string, says: string, todo: string): Finding => ({
  check,
  is,
  says,
  todo,
})
