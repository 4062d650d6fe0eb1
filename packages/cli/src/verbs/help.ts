import { nearest } from '@grapevine/sim'
import { misused } from '../complain.js'
import { helpOf, overview } from '../typed/help.js'
import { topics } from '../typed/topics.js'
import { verb } from '../verb.js'
import { verbs } from '../verbs.js'

export const help = verb({
  name: 'help',
  says: 'shows how a command is used, or explains what concerns all of them',
  args: '[command]',
  examples: [
    { line: 'grapevine help publish', says: 'examples and options of one command' },
    { line: 'grapevine help exit-codes', says: 'or environment, or formatting' },
  ],
  async run(call) {
    const { words, terminal } = call
    const [topic] = words
    await call.write(Buffer.from(await textOf(topic, terminal.stdout.columns ?? 100)))
  },
})

async function textOf(topic: string | undefined, columns: number): Promise<string> {
  if (topic === undefined) return overview()
  const listed = verbs.find(({ name }) => name === topic)
  if (listed !== undefined) return helpOf(await listed.load(), columns)
  const text = topics.get(topic)
  if (text !== undefined) return text
  const near = nearest(topic, [...verbs.map(({ name }) => name), ...topics.keys()])
  throw misused(
    `there is no help on ${JSON.stringify(topic)}`,
    near === undefined ? 'grapevine help' : `did you mean grapevine help ${near}?`,
  )
}
