#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: table.py SOURCE FUNCTIONS RESULTS

What gcov has counted (RESULTS/*/gcov) of the functions in the list FUNCTIONS of the kernel tree
SOURCE: a table of the lines and branches that the suite and upstream's tests execute, to standard
output and RESULTS/table, and what the suite does not execute, to RESULTS/not_executed.
"""

import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../mutate'))
import functions  # noqa: E402

SUITE = ('suite',)
UPSTREAM = ('upstream', 'upstream_2mb')
ROW = '%-42s %16s %16s %16s %16s'


class Counts:
    """How often the lines and branches of functions were executed: of a run, or of several."""

    def __init__(self, source):
        self.source = source
        self.lines = {}
        self.branches = {}

    def add(self, folder):
        """Add what gcov says of the objects in a folder."""
        for file in sorted(glob.glob(os.path.join(folder, '*.gcda'))):
            told = subprocess.run(['gcov', '--json-format', '--stdout', '--branch-probabilities',
                                   os.path.basename(file)], cwd=folder, check=True,
                                  capture_output=True).stdout
            for text in told.splitlines():
                for entry in json.loads(text)['files']:
                    self.add_file(entry)

    def add_file(self, entry):
        file = os.path.relpath(os.path.realpath(entry['file']), self.source)
        for line in entry['lines']:
            function = file, line.get('function_name')
            lines = self.lines.setdefault(function, {})
            lines[line['line_number']] = lines.get(line['line_number'], 0) + line['count']
            branches = self.branches.setdefault(function, {})
            for number, branch in enumerate(line['branches']):
                key = line['line_number'], number
                branches[key] = branches.get(key, 0) + branch['count']


def share(counts):
    """(executed, of how many)."""
    return sum(count > 0 for count in counts.values()), len(counts)


def cell(executed, of):
    return '%d/%d %4d%%' % (executed, of, 100 * executed / of) if of else '-'


def rows(listed, suite, upstream):
    """Of each function that there is: its file, name, and shares."""
    for file, names in listed.items():
        for name in names:
            function = file, name
            if function in suite.lines:
                yield file, name, [share(counts.get(function, {})) for counts in (
                    suite.lines, suite.branches, upstream.lines, upstream.branches)]


def table(found):
    yield ROW % ('', 'this suite', '', "upstream's", '')
    yield ROW % ('function', 'lines', 'branches', 'lines', 'branches')
    last = None
    for file, name, shares in found:
        if file != last:
            yield file
            last = file
        yield ROW % ('  ' + name, *(cell(*numbers) for numbers in shares))
    sums = [tuple(map(sum, zip(*column))) for column in zip(*(shares for _, _, shares in found))]
    yield ROW % ('%d functions' % len(found), *(cell(*numbers) for numbers in sums))


def not_executed(source, listed, suite):
    """The lines that the suite never executes, with their text."""
    for file, names in listed.items():
        for name in names:
            never = sorted(line for line, count in suite.lines.get((file, name), {}).items()
                           if not count)
            if never:
                with open(os.path.join(source, file), encoding='latin-1') as lines:
                    text = lines.read().split('\n')
                yield '%s: %s()' % (file, name)
                for line in never:
                    yield '%6d %s' % (line, text[line - 1])
                yield ''


def main():
    source, names, results = sys.argv[1:]
    source = os.path.realpath(source)
    listed = functions.read(names)
    suite, upstream = Counts(source), Counts(source)
    for counts, runs in ((suite, SUITE), (upstream, UPSTREAM)):
        for run in runs:
            counts.add(os.path.join(results, run, 'gcov'))
    found = list(rows(listed, suite, upstream))
    if not found:
        sys.exit('none of the functions was counted')
    lines = list(table(found))
    print('\n'.join(lines))
    for name, content in (('table', lines), ('not_executed', not_executed(source, listed, suite))):
        with open(os.path.join(results, name), 'w', encoding='latin-1') as file:
            file.writelines(line + '\n' for line in content)
    return 0


if __name__ == '__main__':
    sys.exit(main())
