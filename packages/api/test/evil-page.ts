/**
 * Everything a page can try against a port of the machine it is looked at on; `window.told` is what it
 * found out, once `window.isDone`.
 */
export const evilPage = (target: string, token: string): string => `<!doctype html>
<body><script>
const target = ${JSON.stringify(target)}
const token = ${JSON.stringify(token)}
const told = (window.told = [])
const body = JSON.stringify({ set: { 'shop/banner': 'theirs' } })
const tell = (what, detail) => told.push(what + ': ' + detail)
const attempt = async (what, work) => {
  try { tell(what, await work()) } catch (error) { tell(what, 'failed') }
}
const read = async (response) => response.type + ' ' + response.status + ' ' + (await response.text())
const reading = (path, options) => async () => read(await fetch(target + path, options))
const happening = (element, attributes) => () => new Promise((resolve) => {
  const one = document.createElement(element)
  one.onload = () => resolve('loaded ' + (one.naturalWidth ?? ''))
  one.onerror = () => resolve('failed')
  Object.assign(one, attributes)
  document.body.append(one)
})
const submitting = (method, enctype) => () => new Promise((resolve) => {
  const frame = document.createElement('iframe')
  frame.name = 'frame' + Math.random()
  const form = document.createElement('form')
  Object.assign(form, { method, action: target + '/v1/releases', target: frame.name, enctype })
  const field = document.createElement('input')
  // As text/plain this is whole JSON.
  field.name = body.slice(0, -1) + ',"x":"'
  field.value = '"}'
  form.append(field)
  document.body.append(frame, form)
  let loads = 0
  frame.onload = () => {
    let inside = 'nothing to see'
    try { inside = frame.contentDocument?.body.innerText ?? inside } catch {}
    // The first may be the empty page.
    if ((loads += 1) > 1 || frame.contentDocument === null) resolve(inside)
  }
  form.submit()
})
const framed = () => new Promise((resolve) => {
  const frame = document.createElement('iframe')
  frame.onload = () => {
    let inside = 'nothing to see'
    try { inside = frame.contentDocument?.body.innerText ?? inside } catch {}
    resolve(inside)
  }
  frame.src = target + '/v1/keys/shop/banner?raw'
  document.body.append(frame)
})
const listening = (options) => () => new Promise((resolve) => {
  const events = new EventSource(target + '/v1/watch', options)
  events.onopen = () => resolve('OPEN')
  events.onerror = () => { events.close(); resolve('failed') }
  for (const name of ['state', 'change']) events.addEventListener(name, ({ data }) => resolve(data))
})
const upgrading = () => new Promise((resolve) => {
  const socket = new WebSocket(target.replace('http', 'ws') + '/v1/watch')
  socket.onopen = () => resolve('OPEN')
  socket.onerror = () => resolve('failed')
})
const calling = (method, headers) => () => new Promise((resolve) => {
  const call = new XMLHttpRequest()
  call.open(method, target + '/v1/keys/shop/banner')
  call.withCredentials = true
  for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value)
  call.onload = () => resolve(call.status + ' ' + call.responseText)
  call.onerror = () => resolve('failed')
  call.send(method === 'GET' ? null : '"theirs"')
})
const json = { 'content-type': 'application/json' }
const bearer = { authorization: 'Bearer ' + token }
;(async () => {
  await attempt('fetch', reading('/v1/keys/shop/banner'))
  await attempt('fetch with credentials', reading('/v1/status', { credentials: 'include' }))
  await attempt('fetch with the token', reading('/v1/keys/shop/banner', { headers: bearer }))
  await attempt('no-cors', reading('/v1/keys/shop/banner', { mode: 'no-cors' }))
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const options = { method: 'POST', mode: 'no-cors', body, headers: { 'content-type': type } }
    await attempt('no-cors POST ' + type, reading('/v1/releases', options))
  }
  await attempt('no-cors POST without a type', reading('/v1/releases', { method: 'POST', mode: 'no-cors', body: new Blob([body]) }))
  await attempt('no-cors POST as JSON', reading('/v1/releases', { method: 'POST', mode: 'no-cors', body, headers: json }))
  await attempt('POST as JSON', reading('/v1/releases', { method: 'POST', body, headers: json }))
  await attempt('POST with the token', reading('/v1/releases', { method: 'POST', body, headers: { ...json, ...bearer } }))
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    await attempt(method, reading('/v1/keys/shop/banner', { method, body: '"theirs"', headers: json }))
  }
  await attempt('XHR GET', calling('GET', {}))
  await attempt('XHR PUT', calling('PUT', { ...json, ...bearer }))
  await attempt('beacon', async () => navigator.sendBeacon(target + '/v1/releases', body) && 'sent')
  await attempt('beacon as JSON', async () => navigator.sendBeacon(target + '/v1/releases', new Blob([body], { type: 'application/json' })) && 'sent')
  await attempt('image', happening('img', { src: target + '/v1/keys/shop/banner?raw' }))
  await attempt('script', happening('script', { src: target + '/v1/keys/shop/script?raw' }))
  await attempt('style', happening('link', { rel: 'stylesheet', href: target + '/v1/keys/shop/banner?raw' }))
  for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    await attempt('form ' + enctype, submitting('POST', enctype))
  }
  await attempt('form GET', submitting('GET', ''))
  await attempt('frame', framed)
  await attempt('EventSource', listening({}))
  await attempt('EventSource with credentials', listening({ withCredentials: true }))
  await attempt('WebSocket', upgrading)
  window.isDone = true
})()
</script></body>`
