# SPDX-License-Identifier: GPL-2.0-only
"""The mutants of a kernel tree's KVM, each as a patch."""

import difflib
import hashlib
import os
import re
import sys

import operators
import source

# A header is parsed as a part of what includes it.
INCLUDED_BY = {'include/linux/': 'virt/kvm/kvm_main.c', 'arch/x86/kvm/': 'arch/x86/kvm/mmu/mmu.c'}
CONTEXT = 3


class Mutant:
    """One change to one function."""

    def __init__(self, tree, unit, file, function, change):
        self.tree, self.file, self.function = tree, file, function.name
        self.operator = change.operator
        self.unit, self.change = unit, change
        self.line = unit.line(change.start)
        self.last_line = unit.line(max(change.start, change.end - 1))
        self.number = 1
        self.first = 'any'
        self.known = None

    def changed(self):
        """The lines that differ: (before, after)."""
        before = '\n'.join(self.unit.lines[self.line - 1:self.last_line])
        at = self.change.start - self.unit.line_starts[self.line - 1]
        after = before[:at] + self.change.text + \
            before[at + self.change.end - self.change.start:]
        return before.split('\n'), after.split('\n')

    def after(self):
        """The whole file with the change in it."""
        text = self.unit.text
        return text[:self.change.start] + self.change.text + text[self.change.end:]

    @property
    def key(self):
        """What stays the same as long as neither the function's name nor the lines change."""
        before, after = self.changed()
        name = self.function if self.number == 1 else '%s#%d' % (self.function, self.number)
        return (name,) + tuple(' '.join(' '.join(lines).split()) for lines in (before, after))

    @property
    def name(self):
        digest = hashlib.sha256('\n'.join(self.key).encode('latin-1')).hexdigest()
        return '%s.%s.%s' % (self.function, self.operator, digest[:6])

    def patch(self):
        """For tools/regressions/build.sh, with a head as rules have it."""
        head = ['File: ' + self.file, 'Class: ' + ('EQUIVALENT' if self.known else 'UNKNOWN'),
                'Mutant: %s in %s()' % (self.operator, self.function)]
        if self.first != 'any':
            head.append('First: ' + self.first)
        for sign, lines in zip('-+', self.changed()):
            head += [sign + line for line in lines if line.strip()]
        return ''.join('// %s\n' % line for line in head) + self.tree.diff(self)


class Tree:
    """A source tree and the folder it was built in; patched: files in place of the tree's own."""

    def __init__(self, root, build, patched=None):
        self.root, self.build, self.patched = root, build, patched
        self.texts = {}
        for folder, _, names in os.walk(patched or ''):
            for name in names:
                path = os.path.join(folder, name)
                self.texts[os.path.relpath(path, patched)] = source.read(path)

    def path(self, file):
        return os.path.join(self.root, file)

    def parse(self, file):
        """The unit of a file, or None if it is not a part of this kernel."""
        if file not in self.texts and not os.path.exists(self.path(file)):
            return None
        main = file
        if file.endswith('.h'):
            main = next((c for folder, c in INCLUDED_BY.items() if file.startswith(folder)), file)
        compiled = source.compile_arguments(self.build, main)
        if not compiled:
            return None
        args, whole = compiled
        texts = {self.path(name): text for name, text in self.texts.items()}
        return source.Unit(self.path(file), args, texts, whole)

    def original(self, file):
        return source.read(self.path(file)) if os.path.exists(self.path(file)) else ''

    def diff(self, mutant):
        if not self.patched:
            return line_diff(mutant)
        return ''.join(file_diff(file, self.original(file),
                                 mutant.after() if file == mutant.file else text)
                       for file, text in sorted({**self.texts, mutant.file: ''}.items()))


def line_diff(mutant):
    """A patch, for a change that keeps the number of lines; difflib would take long for each."""
    before, after = mutant.changed()
    lines = mutant.unit.lines
    first = mutant.line - 1
    start = max(0, first - CONTEXT)
    end = first + len(before)
    lead, tail = lines[start:first], lines[end:end + CONTEXT]
    count = len(lead) + len(before) + len(tail)
    body = [' ' + line for line in lead] + ['-' + line for line in before] + \
        ['+' + line for line in after] + [' ' + line for line in tail]
    return '--- a/%s\n+++ b/%s\n@@ -%d,%d +%d,%d @@ %s\n%s\n' % (
        mutant.file, mutant.file, start + 1, count, start + 1, count, mutant.function,
        '\n'.join(body))


def file_diff(file, before, after):
    names = ('a/' + file if before else '/dev/null', 'b/' + file if after else '/dev/null')
    return ''.join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), *names))


def mutants(tree, unit, file, cursor, first):
    found = []
    numbers = {}
    function = operators.Function(unit, cursor)
    for change in function.changes():
        mutant = Mutant(tree, unit, file, function, change)
        key = mutant.key
        numbers[key] = numbers.get(key, 0) + 1
        mutant.number = numbers[key]
        mutant.first = first
        found.append(mutant)
    return found


def mutants_of_functions(tree, listed, only=None):
    """All mutants of the functions listed, or of one of them; FILE:NAME need not be listed."""
    if only and ':' in only:
        file, name = only.split(':', 1)
        listed = {file: {name: listed.get(file, {}).get(name, 'any')}}
    elif only:
        listed = {file: {only: names[only]} for file, names in listed.items() if only in names}
        if not listed:
            sys.exit('no function %s is listed; FILE:%s need not be' % (only, only))
    found, absent, there = [], [], []
    for file, names in listed.items():
        unit = tree.parse(file)
        functions = unit.functions() if unit else {}
        absent += [name for name in names if name not in functions]
        there += [name for name in names if name in functions]
        for name in names:
            if name in functions:
                found += mutants(tree, unit, file, functions[name], names[name])
    # Some have moved from one file to another.
    absent = [name for name in absent if name not in there]
    if absent:
        print('not in this kernel: ' + ' '.join(absent), file=sys.stderr)
    return found


def touched_lines(patch):
    """{file: numbers of the lines, after the patch, that it adds, or removed something next to}."""
    touched = {}
    file = None
    line = left = 0
    removed = added = False
    for text in source.read(patch).split('\n'):
        if left <= 0 and text.startswith('+++ '):
            file = text[4:].split('\t')[0].split('/', 1)[-1]
            continue
        hunk = re.match(r'@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@', text)
        if hunk and left <= 0:
            line = int(hunk.group(2))
            left = int(hunk.group(1) or 1) + int(hunk.group(3) or 1)
            continue
        if left <= 0 or not file:
            continue
        lines = touched.setdefault(file, set())
        if text.startswith('+'):
            lines.add(line)
            added = True
            line, left = line + 1, left - 1
        elif text.startswith('-'):
            removed = True
            left -= 1
        elif not text.startswith('\\'):
            if removed and not added:
                lines.update((line - 1, line))
            removed = added = False
            line, left = line + 1, left - 2
    return touched


def mutants_of_patch(tree, listed, patch):
    """The mutants of the lines that the patch which the tree was made with touches."""
    found = []
    for file, lines in sorted(touched_lines(patch).items()):
        unit = tree.parse(file) if file.endswith(('.c', '.h')) else None
        if not unit:
            print('%s: not compiled into this KVM' % file, file=sys.stderr)
            continue
        for name, cursor in unit.functions().items():
            start, end = (unit.line(offset) for offset in unit.span(cursor))
            if lines.intersection(range(start, end + 1)):
                found += [mutant for mutant in mutants(tree, unit, file, cursor,
                                                       listed.get(file, {}).get(name, 'any'))
                          if lines.intersection(range(mutant.line, mutant.last_line + 1))]
    return found
