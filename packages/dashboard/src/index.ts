/**
 * The page that a peer or the lab serves.
 *
 * ```ts
 * await serveApi(peer, { dataDir, listen: '127.0.0.1:7300', page: await loadPage() })
 * ```
 */
export { loadPage } from './load-page.js'
