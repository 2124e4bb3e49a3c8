#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: table.py SOURCE BUILD FUNCTIONS RESULTS

What gcov has counted (RESULTS/*/gcov) of the functions in the list FUNCTIONS of the kernel tree
SOURCE, built in BUILD: a table of the lines and branches that the suite and upstream's tests
execute, to standard output and RESULTS/table, and what the suite does not execute, to
RESULTS/not_executed.
"""

import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../mutate'))
import functions  # noqa: E402
import kvm_tree  # noqa: E402

SUITE = ('suite',)
UPSTREAM = ('upstream', 'upstream_2mb')
ROW = '%-42s %16s %16s %16s %16s'


class Function:
    """Where a function is, and its lines."""

    def __init__(self, unit, file, cursor):
        start, end = unit.span(cursor)
        self.file, self.name = file, cursor.spelling
        self.numbers = range(unit.line(start), unit.line(end - 1) + 1)
        self.text = unit.lines


class Counts:
    """How often lines and branches were executed, by file: in one run, or in several."""

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
                unit = json.loads(text)
                for entry in unit['files']:
                    path = os.path.join(unit['current_working_directory'], entry['file'])
                    self.add_file(os.path.relpath(os.path.realpath(path), self.source), entry)

    def add_file(self, file, entry):
        """A line may come several times: as a part of each function that it was inlined in."""
        lines = self.lines.setdefault(file, {})
        branches = self.branches.setdefault(file, {})
        for line in entry['lines']:
            number = line['line_number']
            lines[number] = lines.get(number, 0) + line['count']
            for i, branch in enumerate(line['branches']):
                branches[number, i] = branches.get((number, i), 0) + branch['count']

    def of_lines(self, function):
        counts = self.lines.get(function.file, {})
        return {line: counts[line] for line in function.numbers if line in counts}

    def of_branches(self, function):
        return {key: count for key, count in self.branches.get(function.file, {}).items()
                if key[0] in function.numbers}


def share(counts):
    """(executed, of how many)."""
    return sum(count > 0 for count in counts.values()), len(counts)


def cell(executed, of):
    return '%d/%d %4d%%' % (executed, of, 100 * executed / of) if of else '-'


def find(tree, listed):
    """The listed functions that this kernel has."""
    for file, names in listed.items():
        unit = tree.parse(file)
        there = unit.functions() if unit else {}
        for name in names:
            if name in there:
                yield Function(unit, file, there[name])


def count_all(found, suite, upstream):
    """(function, its shares), where any code was made of it."""
    for function in found:
        shares = [share(counts) for counts in (
            suite.of_lines(function), suite.of_branches(function),
            upstream.of_lines(function), upstream.of_branches(function))]
        if shares[0][1]:
            yield function, shares


def added(rows):
    """The sums of the columns."""
    return [tuple(map(sum, zip(*column))) for column in zip(*(shares for _, shares in rows))]


def row(name, shares):
    return ROW % (name, *(cell(*numbers) for numbers in shares))


def table(rows):
    """The functions, those of a file below the sums of the file."""
    yield ROW % ('', 'this suite', '', "upstream's", '')
    yield ROW % ('functions', 'lines', 'branches', 'lines', 'branches')
    for file in dict.fromkeys(function.file for function, _ in rows):
        of_file = [entry for entry in rows if entry[0].file == file]
        yield row(file, added(of_file))
        for function, shares in of_file:
            yield row('  ' + function.name, shares)
    yield row('all %d' % len(rows), added(rows))


def not_executed(found, suite):
    """The lines that the suite never executes, with their text."""
    for function in found:
        never = [line for line, count in suite.of_lines(function).items() if not count]
        if never:
            yield '%s: %s()' % (function.file, function.name)
            for line in never:
                yield '%6d %s' % (line, function.text[line - 1])
            yield ''


def main():
    source, build, names, results = map(os.path.abspath, sys.argv[1:])
    source = os.path.realpath(source)
    suite, upstream = Counts(source), Counts(source)
    for counts, runs in ((suite, SUITE), (upstream, UPSTREAM)):
        for run in runs:
            counts.add(os.path.join(results, run, 'gcov'))
    found = list(find(kvm_tree.Tree(source, build), functions.read(names)))
    counted = list(count_all(found, suite, upstream))
    if not counted:
        sys.exit('none of the functions was counted')
    lines = list(table(counted))
    print('\n'.join(lines))
    for name, content in (('table', lines), ('not_executed', not_executed(found, suite))):
        with open(os.path.join(results, name), 'w', encoding='latin-1') as file:
            file.writelines(line + '\n' for line in content)
    return 0


if __name__ == '__main__':
    sys.exit(main())
