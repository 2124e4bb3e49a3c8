#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: draw.py [WIDTH] <FILM >SVG

Draw what `lpage film` says of a scenario: its memslots, attributes and leaves after each step."""

import json
import sys

from film import Film

WIDTH = 960

if __name__ == '__main__':
    print(Film(json.load(sys.stdin), int(sys.argv[1]) if len(sys.argv) > 1 else WIDTH).draw().file(),
          end='')
