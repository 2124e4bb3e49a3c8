# SPDX-License-Identifier: GPL-2.0-only
"""What has been found out about mutants that no test notices, from the file survivors."""

import sys
from dataclasses import dataclass

KINDS = ('equivalent', 'hardware', 'chance')


@dataclass
class Known:
    """Why nothing notices a mutant."""
    kind: str
    reason: str


def read(path):
    """{key of a mutant (see kvm_tree.py): Known}.

    Paragraphs: a line with the kind and the function; lines of the function that the mutant
    changes, each after `-`, and what becomes of them, after `+`; the reason.
    """
    known = {}
    with open(path, encoding='ascii') as file:
        paragraphs = file.read().split('\n\n')
    for paragraph in paragraphs:
        lines = [line for line in paragraph.split('\n') if line and not line.startswith('#')]
        if not lines:
            continue
        head = lines[0].split()
        before = ' '.join(' '.join(line[1:] for line in lines if line[0] == '-').split())
        after = ' '.join(' '.join(line[1:] for line in lines if line[0] == '+').split())
        reason = ' '.join(line for line in lines[1:] if line[0] not in '-+')
        if len(head) != 2 or head[0] not in KINDS or not before or not reason:
            sys.exit('%s: %s: wanted one of %s, a function, lines after - and +, a reason' %
                     (path, lines[0], ', '.join(KINDS)))
        known[head[1], before, after] = Known(head[0], reason)
    return known
