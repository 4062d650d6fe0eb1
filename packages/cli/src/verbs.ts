import type { OptionTable, Verb } from './verb.js'

interface Listed {
  readonly name: string
  readonly group: (typeof groups)[number]
  readonly load: () => Promise<Verb>
}

/** In the order of the help. */
export const groups = [
  'A mesh and its members',
  'Values',
  'Files',
  'Looking back',
  'Conflicts',
  'Who has it',
  'Into programs',
  'The disk',
  'Beside the mesh',
] as const

/** What a verb does with its options is its own affair: whoever loads it hands over what it declares. */
const forget = <O extends OptionTable>(verb: Verb<O>): Verb => verb as unknown as Verb

/** A verb is read from the disk only when it is called. */
export const verbs: readonly Listed[] = [
  listed('init', groups[0], async () => forget((await import('./verbs/init.js')).init)),
  listed('up', groups[0], async () => forget((await import('./verbs/up.js')).up)),
  listed('join', groups[0], async () => forget((await import('./verbs/join.js')).join)),
  listed('invite', groups[0], async () => forget((await import('./verbs/invite.js')).invite)),
  listed('members', groups[0], async () => forget((await import('./verbs/members.js')).members)),
  listed('grant', groups[0], async () => forget((await import('./verbs/grant.js')).grant)),
  listed('revoke', groups[0], async () => forget((await import('./verbs/revoke.js')).revoke)),

  listed('get', groups[1], async () => forget((await import('./verbs/get.js')).get)),
  listed('set', groups[1], async () => forget((await import('./verbs/set.js')).set)),
  listed('rm', groups[1], async () => forget((await import('./verbs/rm.js')).rm)),
  listed('ls', groups[1], async () => forget((await import('./verbs/ls.js')).ls)),
  listed('tree', groups[1], async () => forget((await import('./verbs/tree.js')).tree)),
  listed('edit', groups[1], async () => forget((await import('./verbs/edit.js')).edit)),
  listed('watch', groups[1], async () => forget((await import('./verbs/watch.js')).watch)),

  listed('publish', groups[2], async () => forget((await import('./verbs/publish.js')).publish)),
  listed('diff', groups[2], async () => forget((await import('./verbs/diff.js')).diff)),
  listed('export', groups[2], async () => forget((await import('./verbs/export.js')).exportKeys)),
  listed('import', groups[2], async () => forget((await import('./verbs/import.js')).importKeys)),

  listed('history', groups[3], async () => forget((await import('./verbs/history.js')).history)),
  listed('show', groups[3], async () => forget((await import('./verbs/show.js')).show)),
  listed('why', groups[3], async () => forget((await import('./verbs/why.js')).why)),
  listed('rollback', groups[3], async () => forget((await import('./verbs/rollback.js')).rollback)),

  listed('conflicts', groups[4], async () =>
    forget((await import('./verbs/conflicts.js')).conflicts),
  ),
  listed('resolve', groups[4], async () => forget((await import('./verbs/resolve.js')).resolve)),

  listed('status', groups[5], async () => forget((await import('./verbs/status.js')).status)),
  listed('peers', groups[5], async () => forget((await import('./verbs/peers.js')).peers)),
  listed('receipts', groups[5], async () => forget((await import('./verbs/receipts.js')).receipts)),

  listed('render', groups[6], async () => forget((await import('./verbs/render.js')).render)),
  listed('exec', groups[6], async () => forget((await import('./verbs/exec.js')).exec)),

  listed('backup', groups[7], async () => forget((await import('./verbs/backup.js')).backup)),
  listed('restore', groups[7], async () => forget((await import('./verbs/restore.js')).restore)),
  listed('verify', groups[7], async () => forget((await import('./verbs/verify.js')).verify)),
  listed('repair', groups[7], async () => forget((await import('./verbs/repair.js')).repair)),
  listed('doctor', groups[7], async () => forget((await import('./verbs/doctor.js')).doctor)),

  listed('lab', groups[8], async () => forget((await import('./verbs/lab.js')).lab)),
  listed('sim', groups[8], async () => forget((await import('./verbs/sim.js')).sim)),
  listed('completion', groups[8], async () =>
    forget((await import('./verbs/completion.js')).completion),
  ),
  listed('help', groups[8], async () => forget((await import('./verbs/help.js')).help)),
]

function listed(name: string, group: Listed['group'], load: Listed['load']): Listed {
  return { name, group, load }
}
