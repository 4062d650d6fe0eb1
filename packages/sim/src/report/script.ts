/** The button appears only where it works: without a script there is the text to select. */
export const script = `
const button = document.getElementById('copy')
const command = document.getElementById('again')
const done = () => {
  button.textContent = 'Copied'
  setTimeout(() => (button.textContent = 'Copy'), 1600)
}
const select = () => {
  const range = document.createRange()
  range.selectNodeContents(command)
  getSelection().removeAllRanges()
  getSelection().addRange(range)
}
button.hidden = false
button.addEventListener('click', () => {
  select()
  // A page that was opened from a file may have no clipboard; the old way still works there.
  if (navigator.clipboard) navigator.clipboard.writeText(command.textContent).then(done, () => {})
  else if (document.execCommand('copy')) done()
})
`
