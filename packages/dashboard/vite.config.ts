import { defineConfig } from 'vite'

const path = (from: string): string => new URL(from, import.meta.url).pathname

export default defineConfig({
  root: path('./page'),
  // The page is served wherever a peer or the lab serves it.
  base: './',
  resolve: {
    // From the sources: the page needs nothing to be built before it.
    alias: {
      '@grapevine/api/page': path('../api/src/page.ts'),
      '@grapevine/core': path('../core/src/index.ts'),
    },
  },
  plugins: [{ name: 'lines-only', transform: withLinesOnly }],
  build: {
    outDir: path('./dist/page'),
    emptyOutDir: true,
    target: 'es2022',
    // Every asset is a file of its own: the policy of the page allows nothing else.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
})

/** uPlot names each of its ways to draw, so that all of them are kept: the page draws lines. */
function withLinesOnly(code: string, id: string): string | undefined {
  if (!id.includes('uPlot')) return undefined
  return code.replaceAll(/\(paths\.(?:stepped|bars|spline)\s*= \w+\);/g, '')
}
