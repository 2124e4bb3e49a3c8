# SPDX-License-Identifier: GPL-2.0-only
"""The list of functions that are mutated, and whose coverage is shown."""

import sys


def read(path):
    """The list of functions: {file: {name: program that is tried first}}."""
    listed = {}
    file = None
    with open(path, encoding='ascii') as lines:
        for line in lines:
            words = line.split('#')[0].split()
            if len(words) == 1 and not line[0].isspace():
                file = listed.setdefault(words[0], {})
            elif len(words) == 2 and file is not None:
                file[words[0]] = words[1]
            elif words:
                sys.exit('%s: not a file, nor a function and a program: %s' % (path, line.strip()))
    return listed
