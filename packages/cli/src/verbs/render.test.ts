import { chmod, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'
import type { Stage } from '../../test/stage.js'

const values = {
  'payments/db/host': 'db-1',
  'payments/db/pool-max': 50,
  'payments/hosts/a': '10.0.0.1',
  'payments/hosts/b': '10.0.0.2',
  'payments/limits': { daily: 500 },
  'payments/motd': `it's "two"\nlines $HOME`,
}

const onStage = async (template: string): Promise<Stage> => {
  const stage = await openStage(['alice'], { values })
  await writeFile(join(stage.folder, 'app.liquid'), template)
  return stage
}

describe('render', () => {
  it('finds keys by their names, by their segments, and below a prefix', async () => {
    await using stage = await onStage(
      `{{ keys["payments/db/pool-max"] }} {{ keys["db/pool-max"] }} {{ db.host }} {{ limits.daily }} {{ nothing | default: "x" }}
{% assign all = "hosts" | under %}{% for one in all %}{{ one.name }}={{ one.value }};{% endfor %}
{% if nothing %}never{% endif %}`,
    )
    const { code, out } = await stage.run('render app.liquid --prefix payments')
    expect(out).toBe('50 50 db-1 500 x\na=10.0.0.1;b=10.0.0.2;\n')
    expect(code).toBe(0)
  })

  it('writes values with the quotes and escapes of each kind of file', async () => {
    await using stage = await onStage(
      `{{ payments.motd | json }}
{{ payments.limits | yaml }}
{{ payments.motd | sh }}
{{ payments.motd | properties }}
{{ payments.db.host | nginx }}
{{ payments.motd | raw }}`,
    )
    const { out } = await stage.run('render app.liquid')
    expect(out).toBe(`"it's \\"two\\"\\nlines $HOME"
{"daily":500}
'it'\\''s "two"
lines $HOME'
it's "two"\\nlines $HOME
"db-1"
it's "two"
lines $HOME`)
  })

  it.each([
    ['{{ payments.db.port }}', /app\.liquid:1:4: there is no payments\.db\.port/],
    ['a\n {{ keys["payments/none"] }}', /app\.liquid:2:5: there is no keys\./],
    ['{{ payments.motd }}', /a text with more than one line/],
    ['{{ payments.limits }}', /a list or a mapping stands here/],
    ['{{ payments.motd | nginx }}', /nginx has no way to write "\$"/],
    ['{{ payments.db.host | shout }}', /undefined filter: shout/],
    ['{% if x %}', /app\.liquid:1:1: tag .* not closed/],
    ['{% for i in (1..100000000) %}{% endfor %}', /app\.liquid:1:1: memory/],
    ['{% include "/etc/passwd" %}', /app\.liquid:1:\d+: /],
    ['{% assign all = "none" | under %}', /no key begins with none\//],
    ['{{ payments.password }}', /payments\/password is a secret: no file gets it/],
    ['{{ payments.constructor }}{{ payments.__proto__ }}', /there is no payments\.constructor/],
  ])('refuses %s with its place, and touches no file', async (template, message) => {
    await using stage = await onStage(template)
    await stage.peer.setSecret('payments/password', 'hush', { to: 'members' })
    await writeFile(join(stage.folder, 'app.conf'), 'before')
    const { code, err } = await stage.run('render app.liquid -o app.conf')
    expect(err).toMatch(message)
    expect(code).toBe(2)
    expect(await readFile(join(stage.folder, 'app.conf'), 'utf8')).toBe('before')
  })

  it('refuses a prefix without keys, unless that is right', async () => {
    await using stage = await onStage('static')
    const { code, err } = await stage.run('render app.liquid --prefix paymnets')
    expect(code).toBe(3)
    expect(err).toContain('no key begins with paymnets/')
    const allowed = await stage.run('render app.liquid --prefix paymnets --allow-empty')
    expect([allowed.code, allowed.out]).toEqual([0, 'static'])
  })

  it('replaces a file as a whole, keeps its mode, and leaves nothing beside it', async () => {
    await using stage = await onStage('host {{ payments.db.host }}')
    const file = join(stage.folder, 'app.conf')
    await writeFile(file, 'before')
    await chmod(file, 0o604)
    const { ino } = await stat(file)
    const names = await readdir(stage.folder)
    const { code, err } = await stage.run([
      'render',
      'app.liquid',
      '-o',
      'app.conf',
      '--exec',
      'echo reloaded',
    ])
    expect(code).toBe(0)
    expect(err).toBe('app.conf is written\nreloaded\n')
    expect(await readFile(file, 'utf8')).toBe('host db-1')
    expect((await stat(file)).mode & 0o777).toBe(0o604)
    expect((await stat(file)).ino).not.toBe(ino)
    expect(await readdir(stage.folder)).toEqual(names)
    const again = await stage.run([
      'render',
      'app.liquid',
      '-o',
      'app.conf',
      '--exec',
      'echo reloaded',
    ])
    expect(again.err).toBe('app.conf is like that already\n')
  })

  it('follows no link, and says what the command ended with', async () => {
    await using stage = await onStage('x')
    await writeFile(join(stage.folder, 'real'), 'before')
    await symlink(join(stage.folder, 'real'), join(stage.folder, 'link'))
    const linked = await stage.run('render app.liquid -o link')
    expect(linked.code).toBe(2)
    expect(await readFile(join(stage.folder, 'real'), 'utf8')).toBe('before')
    const failed = await stage.run(['render', 'app.liquid', '-o', 'real', '--exec', 'exit 3'])
    expect(failed.code).toBe(1)
    expect(failed.err).toContain('exit 3 ended with 3; the file is written')
  })

  it('writes over neither the template nor what is no file', async () => {
    await using stage = await onStage('{{ payments.db.host }}')
    const { code, err } = await stage.run('render app.liquid -o ./app.liquid')
    expect([code, err]).toEqual([2, expect.stringContaining('is the template itself')])
    const full = await stage.run('render app.liquid -o /dev/full')
    expect([full.code, full.err]).toEqual([2, expect.stringContaining('/dev/full is no file')])
  })

  it('with --dry-run prints it, and writes nothing', async () => {
    await using stage = await onStage('host {{ payments.db.host }}')
    const { out } = await stage.run('render app.liquid -o app.conf --dry-run')
    expect(out).toBe('host db-1')
    expect(await readdir(stage.folder)).not.toContain('app.conf')
  })

  it('with --watch renders again after changes, and outlives a bad one and its peer', async () => {
    await using stage = await onStage('host {{ payments.db.host }}')
    const file = join(stage.folder, 'app.conf')
    const running = stage.start([
      'render',
      'app.liquid',
      '-o',
      'app.conf',
      '--watch',
      '--quiet-period',
      '20ms',
      '--exec',
      'cat app.conf',
    ])
    await running.wrote('host db-1')
    await stage.peer.set('payments/db/host', 'db-2')
    await running.wrote('host db-2')
    await stage.peer.remove('payments/db/host')
    await running.wrote('not rendered: app.liquid:1:9: there is no payments.db.host')
    expect(await readFile(file, 'utf8')).toBe('host db-2')
    await stage.stopServing('alice')
    await stage.peer.set('payments/db/host', 'db-3')
    await stage.serve('alice')
    await running.wrote('host db-3')
    running.interrupt()
    expect((await running.ended).code).toBe(130)
  })
})
