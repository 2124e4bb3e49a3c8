#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: report.py MUTANTS MODULES RESULTS

Say what was noticed of the mutants in the folder MUTANTS (see generate.py), which were built into
MODULES and tried with the outcome in RESULTS/regressions.tsv: the score, a table by operator and by
function, and each survivor as a diff. The same goes to RESULTS/score, the survivors to
RESULTS/survivors, in the form of tools/mutate/survivors.
Exit status: 0 all are caught but those known from there, 1 some are not.
"""

import csv
import filecmp
import math
import os
import sys
from collections import Counter

# What becomes of a mutant, in the order of the columns; those before `known` do not count.
OUTCOMES = ('not built', 'the same', 'known', 'caught', 'survived')
COLUMNS = '%-42s' + ' %9s' * (len(OUTCOMES) + 2)


class Tried:
    """A mutant and what came of it."""

    def __init__(self, row, verdict, modules):
        self.name, self.operator, self.file, self.function, self.line, self.known, self.key = row
        self.word, self.program, self.reason = verdict
        self.outcome = self.judge(modules)

    def judge(self, modules):
        if self.reason == 'changes nothing in KVM' or self.is_the_patch(modules):
            return 'the same'
        if self.word == 'not built':
            return 'not built'
        if self.word.lower().startswith('caught') or self.word == 'cannot be loaded':
            return 'caught'
        return 'known' if self.known else 'survived'

    def is_the_patch(self, modules):
        """Of the mutants of a patch, those that are no different from it."""
        files = [os.path.join(modules, name + '.patch.ko') for name in (self.name, 'the_patch')]
        return all(os.path.exists(file) for file in files) and filecmp.cmp(*files, shallow=False)


def read(mutants, modules, results):
    verdicts = {}
    with open(os.path.join(results, 'regressions.tsv'), encoding='latin-1', newline='') as lines:
        for row in csv.reader(lines, delimiter='\t', quoting=csv.QUOTE_NONE):
            verdicts[row[0].removesuffix('.patch')] = row[2], row[3], row[-1]
    with open(os.path.join(mutants, 'mutants.tsv'), encoding='latin-1', newline='') as lines:
        rows = list(csv.reader(lines, delimiter='\t', quoting=csv.QUOTE_NONE))
    missing = [row[0] for row in rows if row[0] not in verdicts]
    if missing:
        sys.stderr.write('not tried: %s\n' % ' '.join(missing))
        sys.exit(2)
    if not os.path.exists(os.path.join(mutants, 'the_patch')):
        modules = ''
    return [Tried(row, verdicts[row[0]], modules) for row in rows], verdicts.get('the_patch')


def wilson(successes, trials):
    """The 95% confidence interval of a share (Wilson's score interval), in percent."""
    if not trials:
        return 0, 100
    z = 1.959964
    share = successes / trials
    middle = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 100 / (1 + z * z / trials)
    return max(0, (middle - half) * scale), min(100, (middle + half) * scale)


def score(count):
    """(caught, of how many that count)."""
    return count['caught'], count['caught'] + count['survived']


def percent(count):
    caught, of = score(count)
    return '%d%%' % (100 * caught / of) if of else '-'


def table(tried, title, attribute):
    groups = {}
    for mutant in tried:
        groups.setdefault(getattr(mutant, attribute), Counter())[mutant.outcome] += 1
    yield COLUMNS % (title, 'mutants', *OUTCOMES, 'score')
    for name in sorted(groups):
        count = groups[name]
        yield COLUMNS % (name, sum(count.values()), *(count[o] or '.' for o in OUTCOMES),
                         percent(count))
    yield ''


def changed_lines(mutants, name):
    """The lines that a mutant changes, each after - or +."""
    with open(os.path.join(mutants, 'rules', name + '.patch'), encoding='latin-1') as patch:
        return [line.rstrip('\n')[3:] for line in patch if line.startswith(('// -', '// +'))]


def survivor(mutants, mutant):
    yield '%s:%s: %s in %s()' % (mutant.file, mutant.line, mutant.operator, mutant.function)
    yield from changed_lines(mutants, mutant.name)
    yield ''


def summary(tried):
    count = Counter(mutant.outcome for mutant in tried)
    caught, of = score(count)
    yield '%d mutants: %d not built, %d the same module, %d known to be beyond notice' % (
        len(tried), count['not built'], count['the same'], count['known'])
    if of:
        yield 'caught %d of the other %d, %.1f%% (95%% confidence: %.1f%% to %.1f%%)' % (
            caught, of, 100 * caught / of, *wilson(caught, of))


def main():
    mutants, modules, results = sys.argv[1:]
    tried, the_patch = read(mutants, modules, results)
    survivors = [mutant for mutant in tried if mutant.outcome == 'survived']
    lines = []
    if the_patch and the_patch[0].lower().startswith('caught'):
        lines += ['The patch itself is noticed: %s: %s' % the_patch[1:], '']
    for mutant in survivors:
        lines += survivor(mutants, mutant)
    for mutant in tried:
        if mutant.known and mutant.outcome == 'caught':
            lines.append('%s, so it is said, but caught: %s: %s: %s' % (
                mutant.known, mutant.name, mutant.program, mutant.reason))
        elif mutant.outcome == 'not built':
            lines.append('not built: %s: %s' % (mutant.name, mutant.reason))
    lines += [''] + list(table(tried, 'function', 'function')) + \
        list(table(tried, 'operator', 'operator')) + list(summary(tried))
    print('\n'.join(lines))
    with open(os.path.join(results, 'score'), 'w', encoding='latin-1') as file:
        file.write('\n'.join(lines) + '\n')
    with open(os.path.join(results, 'survivors'), 'w', encoding='latin-1') as file:
        for mutant in survivors:
            file.write('\n'.join(['equivalent|hardware|chance ' + mutant.key] +
                                 changed_lines(mutants, mutant.name) + ['REASON', '', '']))
    return 1 if survivors else 0


if __name__ == '__main__':
    sys.exit(main())
