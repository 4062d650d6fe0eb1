import { dirname, join, resolve } from 'node:path'
import { foundMesh } from '@grapevine/peer'
import type { Call } from '../call.js'
import { misused } from '../complain.js'
import { storedPassphrase } from '../typed/passphrase.js'
import { nextCommand } from '../shown/next-command.js'
import { peerOptions } from '../acting/peer-options.js'
import { text, verb } from '../verb.js'

export const init = verb({
  name: 'init',
  says: 'founds a mesh, and makes its first peer',
  args: '<mesh>',
  options: {
    rootKey: text(
      '<file>',
      'where the key of the root is written: <mesh>-root.pem beside the folder',
    ),
    name: text('<name>', 'what the first peer is called: the name of this host if you do not say'),
  },
  more: `The key of the root appoints admins, and throws out one who went bad; no peer needs it to run. On a
terminal you are asked for a passphrase to lock it with; GRAPEVINE_PASSPHRASE_FILE names a file
with one. It is never written over a file that is there.`,
  examples: [
    { line: 'grapevine init shop', says: 'a mesh called shop; asks for a passphrase' },
    { line: 'grapevine init shop --yes --name alice', says: 'asks nothing: the key is not locked' },
  ],
  async run(call) {
    const { settings, options, common } = call
    const mesh = call.word(0)
    const rootKeyFile =
      options.rootKey === undefined
        ? join(dirname(settings.dataDir), `${mesh}-root.pem`)
        : resolve(call.terminal.cwd, options.rootKey)
    const { name } = peerOptions(settings, call.terminal, { name: options.name })
    const founded = await foundMesh({
      name: mesh,
      dataDir: settings.dataDir,
      rootKeyFile,
      passphrase: await passphraseFor(rootKeyFile, call),
      peerName: name,
    })
    if (common.json) return call.json({ ...founded, dataDir: settings.dataDir, rootKeyFile })
    call.print(
      `mesh ${mesh} is founded; its first peer is in ${settings.dataDir}, an admin of everything`,
    )
    call.print(`the key of its root is ${rootKeyFile}`)
    call.say('  move it to a safe place, away from this machine: whoever has it can appoint admins')
    const next = [
      ['up --listen 0.0.0.0:7300', 'runs this peer, where others can reach it'],
      ['invite --out peer.token', 'lets another one in'],
      [`set ${mesh}/banner Hello`, 'writes, through the peer that runs here'],
    ].map(([words = '', says = '']) => [nextCommand(call, words), says] as const)
    const width = Math.max(...next.map(([command]) => command.length))
    call.say('next:')
    for (const [command, says] of next) call.say(`  ${command.padEnd(width)}  ${says}`)
  },
})

async function passphraseFor(file: string, call: Call): Promise<string | undefined> {
  const { common, terminal } = call
  const stored = await storedPassphrase(call)
  const isAttended = terminal.stdin.isTTY === true && terminal.stderr.isTTY === true
  if (stored !== undefined || common.yes || common.noInput || !isAttended) return stored
  const first = await call.ask(`A passphrase for ${file}, or nothing to leave it unlocked`)
  if (first === '') return undefined
  if ((await call.ask('The same again')) === first) return first
  throw misused('these are two different passphrases, and nothing was made', 'type it again')
}
