/** The first peer founds the mesh, and all others wait for what lets them in. */
interface Founding {
  /** undefined: this one founds it, or did. */
  tokenFor(this: void, number: number): Promise<string | undefined>
  /** `token`: of the mesh that it has founded. */
  opened(this: void, token: string | undefined): void
  failed(this: void, number: number, error: unknown): void
}

export function createFounding(): Founding {
  let token: string | undefined
  const waiting = new Set<{ tell(this: void): void; fail(this: void, error: unknown): void }>()
  const told = async (): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      waiting.add({ tell: () => resolve(token), fail: reject })
    })
  return {
    tokenFor: async (number) => (number === 1 || token !== undefined ? token : told()),
    opened(given) {
      token ??= given
      if (token === undefined) return
      for (const { tell } of waiting) tell()
      waiting.clear()
    },
    failed(number, error) {
      if (number !== 1) return
      for (const { fail } of waiting) fail(error)
      waiting.clear()
    },
  }
}
