# SPDX-License-Identifier: GPL-2.0-only
"""What is in a folder of results, for the pages that show it."""

import csv
import json
import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def short(program):
    """Of our programs what tells them apart; upstream's are called what they are."""
    return re.sub(r'^private_mem_lpage_(.*)_test$', r'\1', program)


def table(folder, name):
    """The rows of a file of tab separated values; none if there is no such file."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8', errors='replace', newline='') as lines:
        return list(csv.reader(lines, delimiter='\t', quoting=csv.QUOTE_NONE))


def text(folder, name):
    """What a file holds, without the last newline; '' if there is none."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return ''
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read().rstrip('\n')


def failures(folder):
    """What the programs have saved of their failures, for pictures; a half written one is none."""
    found = []
    for path, _, names in sorted(os.walk(folder)):
        if os.path.basename(path) != 'failures':
            continue
        for name in sorted(names):
            try:
                with open(os.path.join(path, name), encoding='utf-8') as file:
                    found.append(json.load(file))
            except (OSError, ValueError):
                continue
    return found


class Outcome:
    """What became of a sub-test, with the lines that it printed."""

    def __init__(self, row, log):
        self.program, self.name, self.verdict, self.reason, first, last = row
        lines = [re.sub(r'^# (# )?', '', line) for line in log[int(first) - 1:int(last)]]
        self.log = '\n'.join(lines)
        self.replay = [line for line in lines if line.startswith(('Replay: ', 'make '))]
        self.messages = [line for line in lines if line.startswith('Wanted ')]


class Run:
    """A run of the suite."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = [(row[0], row[1], int(row[2]), int(row[3]), int(row[4]), float(row[5]))
                         for row in table(folder, 'summary.tsv')]
        self.times = [(what, int(spent) / 1000) for what, spent in table(folder, 'times.tsv')]
        self.verdict = text(folder, 'verdict')
        self.outcomes = []
        self.failures = []

    def read_log(self):
        """The sub-tests, by the one reader of KTAP that there is."""
        path = os.path.join(self.folder, 'ktap.log')
        if os.path.exists(path):
            awk = os.path.join(TOP, 'tools/results/verdicts.awk')
            rows = subprocess.run(['awk', '-f', awk, path], check=True, capture_output=True, text=True,
                                  errors='replace').stdout.splitlines()
            with open(path, encoding='utf-8', errors='replace') as file:
                log = file.read().split('\n')
            self.outcomes = [Outcome(row.split('\t'), log) for row in rows]
        self.failures = failures(self.folder)

    def kernel(self):
        """The kernel under test; '' where a run has not said."""
        return text(self.folder, 'kernel')

    def seconds(self):
        return {program: seconds for program, *_, seconds in self.programs}

    def picture_of(self, outcome):
        """The saved failure that an outcome's lines tell of."""
        for failure in self.failures:
            if failure['program'] == outcome.program and failure['message'] in outcome.messages:
                return failure
        return None

    def earlier(self):
        """The last run of the same kernel before this one that ran any of its programs."""
        parent, name = os.path.split(os.path.abspath(self.folder))
        mine = set(self.seconds())
        for other in sorted(os.listdir(parent), reverse=True):
            folder = os.path.join(parent, other)
            if other < name and not os.path.islink(folder):
                run = Run(folder)
                if run.kernel() == self.kernel() and mine & set(run.seconds()):
                    return run
        return None


def known_bugs():
    """The reports of known bugs by the reason that an expected failure gives: name and text."""
    with open(os.path.join(TOP, 'lib/kvm/known_bug.c'), encoding='utf-8') as file:
        rows = re.findall(r'\.name = "([^"]*)",\s*\.reason = "([^"]*)"', file.read())
    return {reason: (name, text(os.path.join(TOP, 'tools/known-bugs'), name)) for name, reason in rows}


def files(folder):
    """The files that a page links to, with their sizes."""
    found = []
    for path, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != 'tap')
        for name in sorted(names):
            full = os.path.join(path, name)
            if name != 'report.html' and os.path.getsize(full):
                found.append((os.path.relpath(full, folder), os.path.getsize(full)))
    return found
