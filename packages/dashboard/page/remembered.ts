const names = { token: 'grapevine-token', through: 'grapevine-through' } as const

/** What was typed in, for as long as this tab is open; no other origin, tab or disk gets it. */
export const rememberedToken = (): string | undefined =>
  sessionStorage.getItem(names.token) ?? undefined

export const rememberToken = (token: string): void => sessionStorage.setItem(names.token, token)

/** Number of the lab's peer that is looked through: the first, where none was chosen. */
export const rememberedThrough = (): number => Number(sessionStorage.getItem(names.through) ?? 1)

export const rememberThrough = (peer: number): void =>
  sessionStorage.setItem(names.through, String(peer))
