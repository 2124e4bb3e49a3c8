#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: terminal.py LINK COMMAND...

Run COMMAND on a terminal of its own that nobody sees, beside a second one for it at LINK, which stdin and
stdout are connected with.  Ends when COMMAND does, with its status.
"""

import os
import pty
import re
import select
import sys
import tty

SIZE = 4096


def open_terminal(link):
    """The two ends of a terminal that changes nothing; its name is at LINK."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    os.symlink(os.ttyname(theirs), link)
    return ours, theirs


def run(command):
    """Start COMMAND; its process and its screen."""
    pid, screen = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    return pid, screen


def read(file):
    """What there is to read, or nothing at the end, which a terminal tells by an error."""
    try:
        return os.read(file, SIZE)
    except OSError:
        return b''


def plain(data):
    """The lines that COMMAND has ended with CR LF, without the CR."""
    return data.replace(b'\r', b'')


def window(data):
    """A third terminal that COMMAND says it shows things on, as Bochs with its debugger does, or nothing."""
    name = re.search(rb'connected to screen "([^"]+)"', data)
    if not name:
        return []
    file = os.open(name[1], os.O_RDWR | os.O_NOCTTY)
    tty.setraw(file)
    return [file]


def connect(ours, screen):
    """Until COMMAND ends; it is never kept waiting, as it would lose what a full terminal refuses."""
    unseen = [screen]
    asked = [0]
    pending = b''
    while screen in unseen:
        ready, writable, _ = select.select(unseen + asked + [ours], [1] if pending else [], [])
        if writable:
            pending = pending[os.write(1, pending[:SIZE]):]
        if ours in ready:
            pending += plain(read(ours))
        for file in set(unseen) & set(ready):
            data = read(file)
            unseen += window(data)
            if not data:
                unseen.remove(file)
        if 0 in ready:
            data = read(0)
            os.write(ours, data)
            asked = asked if data else []
    return pending


def drain(ours, pending):
    """What is left when COMMAND has ended and nobody has the other end open any more."""
    while True:
        while pending:
            pending = pending[os.write(1, pending):]
        data = read(ours)
        if not data:
            return
        pending = plain(data)


def main():
    ours, theirs = open_terminal(sys.argv[1])
    pid, screen = run(sys.argv[2:])
    pending = connect(ours, screen)
    os.close(theirs)
    drain(ours, pending)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == '__main__':
    main()
