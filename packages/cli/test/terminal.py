"""Runs a command at a terminal of its own, types what it is told to, and ends as the command ends.

usage: terminal.py <columns> <command> [argument...]

What the command writes goes to standard output; lines of standard input are JSON texts to type.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios

columns, *command = sys.argv[1:]
process, terminal = pty.fork()
if process == 0:
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, int(columns), 0, 0))

listening = [terminal, sys.stdin.fileno()]
typed = b""
while terminal in listening:
    ready, _, _ = select.select(listening, [], [])
    if terminal in ready:
        try:
            written = os.read(terminal, 65536)
        except OSError:  # the command has closed its side
            written = b""
        if written == b"":
            break
        os.write(sys.stdout.fileno(), written)
    if sys.stdin.fileno() in ready:
        more = os.read(sys.stdin.fileno(), 65536)
        if more == b"":
            listening.remove(sys.stdin.fileno())
        *lines, typed = (typed + more).split(b"\n")
        for line in lines:
            os.write(terminal, json.loads(line).encode())

_, status = os.waitpid(process, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
