import { render } from 'preact'
import { App } from './app.js'
import { openDesk } from './open-desk.js'
import { openRoute } from './route.js'
import { Opening } from './parts/opening.js'

render(<Opening />, document.body)
try {
  const desk = await openDesk()
  render(<App desk={desk} route={openRoute()} />, document.body)
} catch (error) {
  render(<Opening trouble={error} />, document.body)
}
