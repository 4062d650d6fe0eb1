import { spawn } from 'node:child_process'
import type { Terminal } from '../terminal.js'

/** Shows a page to whoever sits in front of this machine; where nobody does, its address is printed anyway. */
export function openPage(address: string, { env, stdout }: Terminal): void {
  const hasScreen = process.platform === 'darwin' || env['DISPLAY'] || env['WAYLAND_DISPLAY']
  if (stdout.isTTY !== true || !hasScreen || env['CI'] || env['SSH_CONNECTION']) return
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open'
  const opener = spawn(command, [address], { stdio: 'ignore', detached: true })
  opener.on('error', () => {})
  opener.unref()
}
