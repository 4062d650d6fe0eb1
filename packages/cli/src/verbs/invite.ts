import { open, unlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { failed, misused } from '../complain.js'
import { timeOf } from '../shown/times.js'
import { canOf, canOption, trustActs } from '../acting/trust-acts.js'
import { many, text, verb } from '../verb.js'

export const invite = verb({
  name: 'invite',
  says: 'makes a token that lets somebody in',
  options: {
    can: canOption,
    name: text('<name>', 'what you call the invite; whoever joins chooses a name of his own'),
    uses: text('<one|many>', 'one: whoever comes first; many: pods that come and go', {
      check: (uses) => void usesOf(uses),
    }),
    expires: text('<time>', 'how long it lets anybody in: 24h if you do not say'),
    badgeFor: text('<time>', 'how long whoever comes in is a member: 365d if you do not say'),
    address: many(
      '<host:port>',
      'where newcomers find a member: where those here are, if you do not say',
    ),
    out: text('<file>', 'write the token there, for your eyes only (0600); never over a file'),
  },
  more: `Without --can whoever joins reads everything, and writes nothing. The token is all that is printed;
whoever has it can come in, so hand it over like a key.`,
  examples: [
    {
      line: "grapevine invite --can 'payments/**=write' --out bob.token",
      says: 'one peer, which may write payments',
    },
    {
      line: 'grapevine invite --uses many --expires 30d --badge-for 2d --out pods.token',
      says: 'pods that come and go, and read',
    },
  ],
  async run(call) {
    const { options, common } = call
    // Before the token is made: one that cannot be kept would be out there.
    const out = options.out === undefined ? undefined : resolve(call.terminal.cwd, options.out)
    await using file = out === undefined ? undefined : await openNew(out)
    const acts = await trustActs(call)
    const made = await acts.invite({
      can: canOf(options.can),
      name: options.name,
      uses: usesOf(options.uses),
      expires: options.expires,
      badgeFor: options.badgeFor,
      addresses: options.address.length === 0 ? undefined : options.address,
    })
    const { token, ...told } = made
    await file?.write(`${token}\n`)
    if (common.json) call.json(file === undefined ? made : { ...told, file: out })
    else if (file === undefined) call.print(token)
    const where = file === undefined ? '@file' : `@${options.out}`
    call.say(
      `${made.name} lets ${options.uses === 'many' ? 'as many in as come' : 'one in'} until ${timeOf(made.until)}`,
    )
    call.say(`  to come in: grapevine join ${where}`)
    call.say(`  to stop it: grapevine revoke ${made.key.slice(0, 8)}`)
  },
})

function usesOf(given: string | undefined): 'one' | 'many' | undefined {
  if (given === undefined || given === 'one' || given === 'many') return given
  throw misused(`--uses ${JSON.stringify(given)} cannot be used`, 'write one or many')
}

interface NewFile extends AsyncDisposable {
  write(text: string): Promise<void>
}

async function openNew(path: string): Promise<NewFile> {
  const handle = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw misused(
      error.code === 'EEXIST'
        ? `${path} is there already, and is left as it is`
        : `${path} cannot be written: ${error.message}`,
      'name another file with --out',
    )
  })
  let isWritten = false
  return {
    async write(content) {
      try {
        await handle.writeFile(content)
        await handle.sync()
      } catch (error) {
        throw failed(`${path} cannot be written: ${(error as Error).message}`)
      }
      isWritten = true
    },
    async [Symbol.asyncDispose]() {
      await handle.close()
      if (!isWritten) await unlink(path)
    },
  }
}
