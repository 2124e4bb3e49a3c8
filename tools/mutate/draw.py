# SPDX-License-Identifier: GPL-2.0-only
"""A draw of mutants, the same for the same seed."""

import random


def stratified(mutants, size, seed):
    """One from each of size parts of the list, sorted by operator and function, in which all are
    equally many: each operator and each function has its share."""
    ordered = sorted(mutants, key=lambda mutant: (mutant.operator, mutant.file, mutant.function,
                                                  mutant.line, mutant.name))
    size = min(size, len(ordered))
    chance = random.Random(seed)
    drawn = []
    for i in range(size):
        start, end = i * len(ordered) // size, (i + 1) * len(ordered) // size
        drawn.append(ordered[start + int(chance.random() * (end - start))])
    return drawn
