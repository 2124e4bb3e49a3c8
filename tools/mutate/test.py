#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Unit tests of the mutants' generator, on small C files, as TAP."""

import os
import subprocess
import sys
import tempfile
from collections import Counter

try:
    import draw
    import kvm_tree
    import operators
    import report
    import source
    import survivors
except SystemExit as missing:
    print('ok 1 mutate # SKIP %s\n1..1' % missing)
    sys.exit(0)

HEAD = '''
typedef unsigned long gfn_t;
typedef _Bool bool;
enum { false, true };
enum level { LEVEL_NONE, LEVEL_4K, LEVEL_2M };
#define NULL ((void *)0)
#define EINVAL 22
#define EIO 5
#define min(a, b) ((a) < (b) ? (a) : (b))
#define WARN_ON(c) ({ bool __c = (c); __c; })
#define for_each(i, from, to) for (i = from; i < to; i++)
struct slot { gfn_t base; int flags; };
int f(gfn_t gfn, int level);
bool g(struct slot *a, struct slot *b);
void lock(void);
void zap(void);
'''


def parsed(body):
    """The unit and the function t() in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 't.c')
        with open(path, 'w', encoding='latin-1') as file:
            file.write(HEAD + body)
        unit = source.Unit(path, ['-w'])
    return unit, operators.Function(unit, unit.functions()['t'])


def mutated(body, operator):
    """What the operator makes of the body of t(), without the blanks."""
    unit, function = parsed(body)
    texts = []
    for change in function.changes():
        text = unit.text[:change.start] + change.text + unit.text[change.end:]
        assert text.count('\n') == unit.text.count('\n'), 'another number of lines'
        if change.operator == operator:
            texts.append(' '.join(text[len(HEAD):].split()))
    return texts


def expect(operator, body, *wanted):
    """The mutants of the body in { } by the operator are these bodies."""
    frame = '%s { %s }'
    head, inner = body.split('{', 1)
    got = mutated(frame % (head.strip(), inner.rsplit('}', 1)[0].strip()), operator)
    want = [frame % (head.strip(), text) for text in wanted]
    assert sorted(got) == sorted(want), 'wanted %s\ngot %s' % (sorted(want), sorted(got))


def relational():
    """< and == have their neighbours"""
    expect('relational', 'int t(int a) { return a < 3; }', 'return a <= 3;', 'return a >= 3;')
    expect('relational', 'int t(int a) { return a == 3; }', 'return a != 3;')


def macro_arguments():
    """what is written as an argument of a macro is changed, what a macro says is not"""
    expect('relational', 'int t(int a, int b) { return min(a > b, b); }',
           'return min(a >= b, b);', 'return min(a <= b, b);')
    expect('arithmetic', 'int t(int a) { return min(a, 2); }', 'return max(a, 2);')


def logical():
    """&& becomes ||, or one of its sides"""
    expect('logical', 'int t(int a, int b) { return a && b; }',
           'return a || b;', 'return a;', 'return b;')


def arithmetic():
    """sums, shifts, masks and steps; not of pointers"""
    expect('arithmetic', 'void t(int a) { a += 2; a = a << 1; a = ~a; a++; }',
           'a -= 2; a = a << 1; a = ~a; a++;', 'a += 2; a = a >> 1; a = ~a; a++;',
           'a += 2; a = a << 1; a = a; a++;', 'a += 2; a = a << 1; a = ~a; a--;')
    expect('arithmetic', 'char *t(char *a) { return a + 1; }')


def off_by_one():
    """a gfn that is assigned goes both ways, one that is passed one way"""
    expect('off_by_one', 'void t(gfn_t a, gfn_t b) { a = b; }', 'a = b + 1;', 'a = b - 1;')
    got = mutated('void t(gfn_t gfn) { f(gfn, 1); }', 'off_by_one')
    assert len(got) == 1 and ('f(gfn + 1, 1)' in got[0] or 'f(gfn - 1, 1)' in got[0]), got
    expect('off_by_one', 'void t(struct slot *a, int x) { a->flags = x; }')


def off_by_one_of_loop():
    """the arguments of a loop's macro are its bounds"""
    expect('off_by_one',
           'void t(gfn_t i, gfn_t start, gfn_t end) { for_each(i, start, end) zap(); }',
           'for_each(i, start + 1, end) zap();', 'for_each(i, start - 1, end) zap();',
           'for_each(i, start, end + 1) zap();', 'for_each(i, start, end - 1) zap();',
           'for_each(i + 1, start, end) zap();', 'for_each(i - 1, start, end) zap();')


def constant():
    """numbers, the neighbours of an enumerator, errno"""
    expect('constant', 'int t(void) { return 0; }', 'return 1;')
    expect('constant', 'int t(void) { return 12; }', 'return (12 + 1);')
    expect('constant', 'bool t(void) { return true; }', 'return false;')
    expect('constant', 'int t(void) { return LEVEL_4K; }', 'return LEVEL_NONE;', 'return LEVEL_2M;')
    expect('constant', 'int t(void) { return -EINVAL; }', 'return -EIO;', 'return 0;')
    expect('constant', 'int t(int a) { switch (a) { case 1: zap(); } zap(); }')


def negated():
    """each condition that is no comparison, alone"""
    expect('negated', 'void t(int a, int b) { if (a && !b && a < b) zap(); }',
           'if (!a && !b && a < b) zap();', 'if (a && b && a < b) zap();')
    expect('negated', 'bool t(int a) { return a & 1; }', 'return !(a & 1);')
    expect('negated', 'int t(int a) { return a & 1; }')


def deleted():
    """calls, assignments and jumps; not locks"""
    expect('deleted', 'void t(int a) { lock(); zap(); if (a) return; a = 1; }',
           'lock(); ; if (a) return; a = 1;', 'lock(); zap(); if (a) ; a = 1;',
           'lock(); zap(); if (a) return; ;')
    expect('deleted', 'int t(int a) { for (a = 0; a < 2; a++) continue; return a; }',
           'for (a = 0; a < 2; a++) ; return a;')


def swapped():
    """neighbours of the same type"""
    expect('swapped', 'bool t(struct slot *a, struct slot *b) { return g(a, b); }',
           'return g(b, a);')
    expect('swapped', 'int t(gfn_t a, int b) { return f(a, b); }')


def loop_bound():
    """a loop without its bound, and with one turn only"""
    expect('loop_bound', 'void t(int a) { for (a = 0; a < 2; a++) zap(); }',
           'for (a = 0;; a++) zap();', 'for (a = 0; a < 2; a++) { zap(); break; }')
    expect('loop_bound', 'void t(int a) { for (a = 0; a && a < 2; a++) { zap(); } }',
           'for (a = 0; a && a < 2; a++) { zap(); break; }')


def early_return():
    """nothing done, with each result that there may be"""
    expect('early_return', 'bool t(int a) { int b = a; zap(); return b; }',
           'int b = a; return false; zap(); return b;', 'int b = a; return true; zap(); return b;')
    expect('early_return', 'struct slot *t(void) { zap(); return NULL; }',
           'return NULL; zap(); return NULL;')
    expect('early_return', 'int t(int a) { return a; }')


def assertions():
    """what an assertion asks, and does if it fails, is left alone"""
    for operator in operators.OPERATORS:
        if operator != 'early_return':
            expect(operator, 'void t(int a) { if (WARN_ON(a < 3)) { a = 1; zap(); } }')


def comments():
    """nothing in comments and strings is code"""
    expect('constant', 'int t(char *a) { /* -EINVAL, 0 */ a = "-EINVAL 0"; }')


def lines():
    """a statement of several lines is replaced by as many"""
    unit, function = parsed('void t(int a) {\n\tf(a,\n\t  2);\n}\n')
    change = [c for c in function.changes() if c.operator == 'deleted'][0]
    assert change.text == ';\n', change


TWICE = 'void t(int a) {\n\tzap();\n\tif (a)\n\t\tzap();\n}\n'


def made(body, before=''):
    """The mutants of t() as in a kernel tree, whose file has more before it."""
    unit, function = parsed(before + body)
    return kvm_tree.mutants(kvm_tree.Tree('', ''), unit, 't.c', function.cursor, 'any')


def keys():
    """a mutant is known by its lines, wherever they are, and a number if they are there twice"""
    here = [mutant.key for mutant in made(TWICE)]
    there = [mutant.key for mutant in made(TWICE.replace('void', 'extern int e;\n\nvoid'))]
    assert here == there and len(set(here)) == len(here), (here, there)
    assert [key[0] for key in here if key[1:] == ('zap();', ';')] == ['t', 't#2'], here
    assert len({mutant.name for mutant in made(TWICE)}) == len(here)


def patches():
    """patch(1) takes a mutant's patch and makes what was meant of the file"""
    for mutant in made(TWICE):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 't.c')
            with open(path, 'w', encoding='latin-1') as file:
                file.write(mutant.unit.text)
            subprocess.run(['patch', '-s', '-p1', '-d', folder], input=mutant.patch(), text=True,
                           check=True)
            assert source.read(path) == mutant.after(), mutant.name


def touched():
    """the lines that a patch adds, and those next to one that it removes"""
    with tempfile.NamedTemporaryFile('w') as file:
        file.write('--- a/x.c\n+++ b/x.c\n@@ -1,4 +1,4 @@\n a\n-b\n+B\n c\n d\n'
                   '@@ -11,3 +11,2 @@\n k\n-l\n m\n')
        file.flush()
        got = kvm_tree.touched_lines(file.name)
    assert got == {'x.c': {2, 11, 12}}, got


class Fake:
    """As much of a mutant as a draw looks at."""

    def __init__(self, number):
        self.operator, self.file = 'ab'[number % 2], 'f'
        self.function, self.line, self.name = str(number % 7), number, str(number)


def draws():
    """a draw is the same for the same seed, has all operators, and no mutant twice"""
    fakes = [Fake(number) for number in range(1000)]
    drawn = draw.stratified(fakes, 100, 1)
    assert [m.name for m in drawn] == [m.name for m in draw.stratified(fakes[::-1], 100, 1)]
    assert [m.name for m in drawn] != [m.name for m in draw.stratified(fakes, 100, 2)]
    assert len({m.name for m in drawn}) == 100
    assert Counter(m.operator for m in drawn) == {'a': 50, 'b': 50}
    assert min(Counter(m.function for m in drawn).values()) >= 13
    assert len(draw.stratified(fakes[:3], 100, 1)) == 3


def interval():
    """Wilson's interval, against values known from elsewhere"""
    for successes, trials, low, high in ((90, 100, 82.56, 94.48), (0, 10, 0, 27.75),
                                         (10, 10, 72.25, 100), (1, 2, 9.45, 90.55)):
        got = report.wilson(successes, trials)
        assert abs(got[0] - low) < 0.01 and abs(got[1] - high) < 0.01, (successes, trials, got)
    assert report.wilson(0, 0) == (0, 100)


def classified():
    """a survivor is known by its lines whatever their blanks; one without a reason is refused"""
    with tempfile.NamedTemporaryFile('w+') as file:
        file.write('# text\n\nchance t\n-\ta(b,\n-\t  c);\n+\t;\nWhy it is,\nin short.\n')
        file.flush()
        known = survivors.read(file.name)
        assert list(known) == [('t', 'a(b, c);', ';')], known
        assert list(known.values())[0] == survivors.Known('chance', 'Why it is, in short.')
        file.write('\nequivalent t\n-a;\n+;\n')
        file.flush()
        try:
            survivors.read(file.name)
        except SystemExit as refusal:
            assert 'reason' in str(refusal)
        else:
            assert False, 'taken without a reason'


def judged():
    """what came of a mutant: same modules and those not built do not count, hangs do"""
    row = ['m', 'constant', 'f', 't', '1', '', 't']
    for word, reason, known, wanted in (
            ('caught', 'Wanted 4K, got 2M', '', 'caught'),
            ('caught', 'hangs after: ok 3; again for 30 s', '', 'caught'),
            ('caught', 'VM reset: BUG', '', 'caught'),
            ('cannot be loaded', '', '', 'caught'),
            ('MISSED', '', '', 'survived'),
            ('MISSED in the time given', '', '', 'survived'),
            ('equivalent', '', 'chance', 'known'),
            ('CAUGHT, though equivalent', 'Wanted', 'equivalent', 'caught'),
            ('not built', 'does not build: error', '', 'not built'),
            ('not built', 'changes nothing in KVM', '', 'the same'),
            ('equivalent', 'changes nothing in KVM', 'equivalent', 'the same')):
        row[5] = known
        got = report.Tried(row, (word, 'program', reason), '').outcome
        assert got == wanted, (word, reason, known, got)
    count = Counter({'caught': 6, 'survived': 2, 'known': 5, 'the same': 7})
    assert report.score(count) == (6, 8)


def covered():
    """coverage: a line counts once, and is executed if it is in any function it was inlined in"""
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../coverage'))
    import table
    unit, function = parsed('int t(int a)\n{\n\tif (a)\n\t\tzap();\n\treturn a;\n}\n')
    where = table.Function(unit, 't.c', function.cursor)
    first = where.numbers[0] + 2
    counts = table.Counts('')
    for executed in (0, 3):
        counts.add_file('t.c', {'lines': [
            {'line_number': first, 'count': executed,
             'branches': [{'count': executed}, {'count': 0}]},
            {'line_number': first + 1, 'count': 0, 'branches': []},
            {'line_number': 1, 'count': 9, 'branches': []}]})
    assert table.share(counts.of_lines(where)) == (1, 2), counts.of_lines(where)
    assert table.share(counts.of_branches(where)) == (1, 2), counts.of_branches(where)
    lines = list(table.not_executed([where], counts))
    assert lines == ['t.c: t()', '%6d \t\tzap();' % (first + 1), ''], lines


TESTS = (relational, macro_arguments, logical, arithmetic, off_by_one, off_by_one_of_loop, constant,
         negated, deleted, swapped, loop_bound, early_return, assertions, comments, lines, keys,
         patches, touched, draws, interval, classified, judged, covered)


def main():
    failed = False
    for number, test in enumerate(TESTS, 1):
        name = 'mutate: %s: %s' % (test.__name__, test.__doc__)
        try:
            test()
            print('ok %d %s' % (number, name))
        except (AssertionError, OSError, SyntaxError, subprocess.SubprocessError) as why:
            failed = True
            print('# %s: %s' % (type(why).__name__, str(why).replace('\n', '\n# ')))
            print('not ok %d %s' % (number, name))
    print('1..%d' % len(TESTS))
    return failed


if __name__ == '__main__':
    sys.exit(main())
