import type { Themes } from './swarm-terms.js'
import { hostileThemes } from './themes/hostile.js'
import { lettingGoThemes } from './themes/letting-go.js'
import { revocationThemes } from './themes/revocation.js'
import { storeThemes } from './themes/stores.js'
import { timeThemes } from './themes/time.js'
import { trustThemes } from './themes/trust.js'
import { writingThemes } from './themes/writing.js'

/** Random mixtures hardly ever meet these stories, and each has sunk a real system. */
export const themes: Themes = {
  always: [
    ...timeThemes,
    ...lettingGoThemes,
    ...storeThemes,
    ...revocationThemes,
    ...writingThemes,
    ...hostileThemes,
  ],
  closed: trustThemes,
}
