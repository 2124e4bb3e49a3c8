# SPDX-License-Identifier: GPL-2.0-only
"""The operators of mutation: what is changed in a function, one small thing at a time.

Each operator is a generator of Changes to a function's tree (see source.py). Left alone is what no
test of KVM's behaviour can judge: assertions and what depends on them (they never hold), trace and
print statements, locks and barriers (without them everything deadlocks, or chance decides).
"""

import re
import zlib
from dataclasses import dataclass

from source import Kind, Type

RELATIONAL = {'<': ('<=', '>='), '<=': ('<', '>'), '>': ('>=', '<='), '>=': ('>', '<'),
              '==': ('!=',), '!=': ('==',)}
ARITHMETIC = {'+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '&': '|', '|': '&', '^': '|',
              '<<': '>>', '>>': '<<', '+=': '-=', '-=': '+=', '*=': '/=', '/=': '*=', '&=': '|=',
              '|=': '&=', '<<=': '>>=', '>>=': '<<='}
LOGICAL = {'&&': '||', '||': '&&'}
INVERSE = {'min': 'max', 'max': 'min', 'min_t': 'max_t', 'max_t': 'min_t', '++': '--', '--': '++'}

ASSERTION = re.compile(r'\b(WARN(_ON)?(_ONCE)?|KVM_BUG(_ON(_DATA_CORRUPTION)?)?|KVM_MMU_WARN_ON|'
                       r'BUG(_ON)?|BUILD_BUG_ON|\w*lockdep_assert\w*|trace_\w+|pr_\w+|might_sleep)'
                       r'\s*\(')
# By the name of what a statement calls.
NOT_DELETED = re.compile(r'lock|^rcu_|^s?rcu|^smp_|^cond_resched|^cpu_relax|^preempt|barrier|'
                         r'^trace_|^pr_|^WARN|^BUILD_BUG|^kvm_vcpu_srcu')
# Numbers that an off by one is meant for: places and amounts, not entries of page tables or masks.
COUNTED_TYPES = re.compile(r'^(const )?(gfn_t|gpa_t|hva_t|hpa_t|kvm_pfn_t|pgoff_t|loff_t|size_t)$')
COUNTED_NAMES = re.compile(r'level|order|count|index|npages|nr_|_nr|start|end|offset|gfn|pfn|hva|'
                           r'size|len|^i$|seq|period|ratio')
ASSIGNMENTS = ('=', '+=', '-=')


@dataclass(frozen=True)
class Change:
    """Put text in the place of what is from start to end."""
    operator: str
    start: int
    end: int
    text: str


class Function:
    """A function to be changed: its nodes, and the places to be left alone."""

    def __init__(self, unit, cursor):
        self.unit = unit
        self.cursor = cursor
        self.name = cursor.spelling
        self.start, self.end = unit.span(cursor)
        tree = unit.tree(cursor)
        bodies = [node for node in tree[0].children if node.kind == Kind.COMPOUND_STMT]
        self.body = bodies[-1]
        self.nodes = list(self.body.walk())
        self.spared = list(self.assertions())

    def assertions(self):
        """What asserts something, and the whole of an `if` that asks an assertion."""
        for match in ASSERTION.finditer(self.unit.code, self.body.start, self.body.end):
            yield match.start(), self.unit.closing(match.end() - 1) + 1
        for node in self.nodes:
            if node.kind == Kind.IF_STMT and ASSERTION.match(condition(node).lstrip('( \t\n')):
                yield node.start, self.then(node)[1]

    def then(self, node):
        """The span of the statement that an `if` guards."""
        after = self.unit.closing(self.unit.code.index('(', node.start)) + 1
        for child in node.children:
            if child.start >= after:
                return child.start, child.end
        return node.start, after

    def changes(self):
        """All changes, in the order of the text; of several that make the same one, the first."""
        seen = set()
        found = []
        for operator in OPERATORS:
            for start, end, text in OPERATORS[operator](self):
                before = self.unit.text[start:end]
                if text == before or any(s < end and start < e for s, e in self.spared):
                    continue
                # Lines keep their numbers, which are a part of warnings' text.
                text += '\n' * (before.count('\n') - text.count('\n'))
                key = start, end, text
                if key not in seen:
                    seen.add(key)
                    found.append(Change(operator, *key))
        return sorted(found, key=lambda change: (change.start, change.end, change.text))


def condition(node):
    """The text in the brackets of an if, while or switch, or of any call."""
    opening = node.unit.code.index('(', node.start)
    return node.unit.code[opening + 1:node.unit.closing(opening)]


def condition_node(node):
    """The node of that text."""
    opening = node.unit.code.index('(', node.start)
    closing = node.unit.closing(opening)
    for child in node.children:
        if opening < child.start and child.end <= closing:
            return child
    return None


def leaves(node):
    """What a condition's && and || join."""
    while node.kind in (Kind.PAREN_EXPR, Kind.UNEXPOSED_EXPR) and len(node.children) == 1 and \
            (node.kind == Kind.PAREN_EXPR or
             (node.children[0].start, node.children[0].end) == (node.start, node.end)):
        node = node.children[0]
    sign = node.operator()
    if sign and sign[0] in LOGICAL and len(node.children) == 2:
        for child in node.children:
            yield from leaves(child)
    else:
        yield node


def truths(function):
    """The nodes that are asked whether they are true."""
    for node in function.nodes:
        if node.kind in (Kind.IF_STMT, Kind.WHILE_STMT):
            found = condition_node(node)
            if found:
                yield from leaves(found)
        elif node.kind == Kind.CONDITIONAL_OPERATOR and node.children:
            yield from leaves(node.children[0])
        elif node.kind == Kind.RETURN_STMT and node.children and \
                function.cursor.result_type.get_canonical().kind == Type.BOOL:
            yield from leaves(node.children[0])
        elif node.kind == Kind.BINARY_OPERATOR and node.operator() and \
                node.operator()[0] in LOGICAL:
            yield from leaves(node)


def negated(function):
    for node in truths(function):
        sign = node.operator()
        if sign and sign[0] in RELATIONAL or node.text in ('true', 'false'):
            continue
        if node.kind == Kind.UNARY_OPERATOR and node.text[0] == '!':
            yield node.start, node.start + 1, ''
        elif re.fullmatch(r'[\w.>-]+(\(.*\))?', node.text, flags=re.DOTALL):
            yield node.start, node.end, '!' + node.text
        else:
            yield node.start, node.end, '!(%s)' % node.text


def relational(function):
    for node in function.nodes:
        sign = node.operator()
        if sign and sign[0] in RELATIONAL:
            for other in RELATIONAL[sign[0]]:
                yield sign[1], sign[1] + len(sign[0]), other


def logical(function):
    for node in function.nodes:
        sign = node.operator()
        if sign and sign[0] in LOGICAL:
            yield sign[1], sign[1] + 2, LOGICAL[sign[0]]
            for operand in sign[2:]:
                yield node.start, node.end, function.unit.text[slice(*operand)]


def arithmetic(function):
    for node in function.nodes:
        sign = node.operator()
        if sign and sign[0] in ARITHMETIC and Type.POINTER != node.type:
            yield sign[1], sign[1] + len(sign[0]), ARITHMETIC[sign[0]]
        elif node.kind == Kind.UNARY_OPERATOR:
            if node.text[:2] in INVERSE:
                yield node.start, node.start + 2, INVERSE[node.text[:2]]
            elif node.text[-2:] in INVERSE:
                yield node.end - 2, node.end, INVERSE[node.text[-2:]]
            elif node.text[0] == '~':
                yield node.start, node.start + 1, ''
    for match in re.finditer(r'\b(min|max)(_t)?\b(?=\()', function.unit.code[:function.body.end]):
        if match.start() > function.body.start:
            yield match.start(), match.end(), INVERSE[match.group()]


def is_counted(node):
    if node.kind not in (Kind.DECL_REF_EXPR, Kind.MEMBER_REF_EXPR, Kind.BINARY_OPERATOR,
                         Kind.CALL_EXPR, Kind.UNEXPOSED_EXPR) or not node.is_integer():
        return False
    inner = node
    while inner.kind == Kind.UNEXPOSED_EXPR and inner.children:
        inner = inner.children[0]
    if inner.kind == Kind.INTEGER_LITERAL or re.fullmatch('[A-Z0-9_]+', inner.text):
        return False
    sign = inner.operator()
    if sign and sign[0] not in ('+', '-', '*', '/', '<<', '>>'):
        return False
    if COUNTED_TYPES.match(inner.cursor.type.spelling):
        return True
    return inner.kind != Kind.CALL_EXPR and \
        bool(COUNTED_NAMES.search(inner.cursor.spelling or inner.text))


def off_by_one(function):
    """Numbers that are passed, assigned, returned or the bounds of a loop, one up or one down."""
    unit = function.unit
    spots = {}

    def add(nodes, start, end, passed=False):
        for node in nodes:
            if (node.start, node.end) == (start, end) and is_counted(node):
                spots[start, end] = node, passed

    for node in function.nodes:
        if node.kind == Kind.CALL_EXPR:
            for span in node.arguments():
                add(node.walk(), *span, passed=True)
        elif node.kind in (Kind.RETURN_STMT, Kind.VAR_DECL) and node.children:
            last = node.children[-1]
            add(node.walk(), last.start, last.end)
        elif node.kind == Kind.FOR_STMT and not node.text.startswith('for ('):
            opening = unit.code.index('(', node.start)
            for child in node.walk():
                if opening < child.start and child.end <= unit.closing(opening):
                    before = unit.code[:child.start].rstrip()[-1]
                    after = unit.code[child.end:].lstrip()[0]
                    if before in '(,' and after in '),':
                        add([child], child.start, child.end)
        elif node.kind == Kind.ARRAY_SUBSCRIPT_EXPR and len(node.children) == 2:
            add(node.children[1].walk(), node.children[1].start, node.children[1].end)
        else:
            sign = node.operator()
            if sign and sign[0] in ASSIGNMENTS:
                add(node.walk(), *sign[3])
    for (start, end), (node, passed) in sorted(spots.items()):
        text = unit.text[start:end]
        sign = node.operator()
        if sign and sign[0] not in ('+', '-'):
            text = '(%s)' % text
        ways = (' + 1', ' - 1')
        if passed:
            # Most of the places are arguments: one way each, by chance of a kind that stays.
            ways = ways[zlib.crc32(line_of(unit, start).encode('latin-1')) % 2],
        for one in ways:
            yield start, end, text + one


def line_of(unit, offset):
    """The line of the text at an offset, without the blanks around it."""
    return unit.text[unit.text.rfind('\n', 0, offset) + 1:].split('\n', 1)[0].strip()


def constant(function):
    unit = function.unit
    for node in function.nodes:
        if node.parent and re.search(r'\bcase\s*$', unit.code[node.start - 20:node.start]):
            continue
        if node.kind == Kind.INTEGER_LITERAL:
            digits = re.match(r'0[xX][0-9a-fA-F]+|\d+', node.text).group()
            suffix = node.text[len(digits):]
            if digits in ('0', '1'):
                yield node.start, node.end, '10'[int(digits)] + suffix
            else:
                yield node.start, node.end, '(%s + 1)' % node.text
        elif node.kind == Kind.DECL_REF_EXPR and node.cursor.referenced and \
                node.cursor.referenced.kind == Kind.ENUM_CONSTANT_DECL:
            for name in neighbours(node.cursor.referenced):
                yield node.start, node.end, name
    for match in re.finditer(r'(?<=-)E[A-Z0-9]+\b', unit.code[:function.body.end]):
        if match.start() > function.body.start:
            yield match.start(), match.end(), 'EIO' if match.group() != 'EIO' else 'EPERM'
            yield match.start() - 1, match.end(), '0'


def neighbours(enumerator):
    """The names before and after one of an enum; names for the same value are one."""
    values = {}
    for other in enumerator.semantic_parent.get_children():
        if other.kind == Kind.ENUM_CONSTANT_DECL:
            values.setdefault(other.enum_value, other.spelling)
    order = sorted(values)
    at = order.index(enumerator.enum_value)
    return [values[order[i]] for i in (at - 1, at + 1) if 0 <= i < len(order)]


def statements(function):
    """(node, end): the statements that end with a semicolon, and where that is."""
    for node in function.nodes:
        parent = node.parent
        if not parent or parent.kind not in (Kind.COMPOUND_STMT, Kind.IF_STMT, Kind.FOR_STMT,
                                             Kind.WHILE_STMT, Kind.CASE_STMT, Kind.DEFAULT_STMT,
                                             Kind.LABEL_STMT):
            continue
        rest = function.unit.code[node.end:function.end]
        semicolon = node.end + len(rest) - len(rest.lstrip())
        before = function.unit.code[:node.start].rstrip()
        if function.unit.code[semicolon] == ';' and \
                (before[-1] in '{};:)' or before.endswith('else')):
            yield node, semicolon + 1


def deleted(function):
    returns_nothing = function.cursor.result_type.get_canonical().kind == Type.VOID
    for node, end in statements(function):
        if node.kind in (Kind.DECL_STMT, Kind.NULL_STMT, Kind.IF_STMT, Kind.FOR_STMT,
                         Kind.WHILE_STMT, Kind.SWITCH_STMT, Kind.CASE_STMT):
            continue
        # The head of a `for` has semicolons, too.
        if node.parent.kind in (Kind.FOR_STMT, Kind.WHILE_STMT, Kind.IF_STMT) and \
                node.end <= function.unit.closing(function.unit.code.index('(', node.parent.start)):
            continue
        if node.kind == Kind.RETURN_STMT and not returns_nothing:
            continue
        if NOT_DELETED.search(node.text.split('(')[0]) and '=' not in node.text:
            continue
        yield node.start, end, ';'


def swapped(function):
    for node in function.nodes:
        if node.kind != Kind.CALL_EXPR:
            continue
        types = [argument.type.get_canonical().spelling for argument in node.cursor.get_arguments()]
        spans = node.arguments()
        for i in range(len(spans) - 1):
            first, second = spans[i], spans[i + 1]
            if types[i] == types[i + 1]:
                text = function.unit.text
                yield first[0], second[1], text[slice(*second)] + text[first[1]:second[0]] + \
                    text[slice(*first)]


def loop_bound(function):
    """A loop without its bound, and one that ends after its first turn."""
    unit = function.unit
    for node in function.nodes:
        if node.kind != Kind.FOR_STMT:
            continue
        closing = unit.closing(unit.code.index('(', node.start))
        if node.text.startswith('for ('):
            start = unit.code.index(';', node.start) + 1
            end = unit.code.index(';', start)
            text = unit.code[start:end].strip()
            if text and '&&' not in text:
                yield start, end, ''
        body = [child for child in node.children if child.start > closing]
        if not body:
            continue
        body = body[-1]
        if body.kind == Kind.COMPOUND_STMT:
            yield body.end - 1, body.end, 'break; }'
        elif unit.code[body.end] == ';':
            yield body.start, body.end + 1, '{ %s; break; }' % body.text


def early_return(function):
    """Nothing is done, and the result is one that the function may have."""
    first = None
    for node in function.body.children:
        if node.kind != Kind.DECL_STMT:
            first = node
            break
    if not first or first.kind == Kind.RETURN_STMT:
        return
    start = re.compile(r'\S').search(function.unit.code, max(
        [node.end + 1 for node in function.body.children if node.kind == Kind.DECL_STMT] +
        [function.body.start + 1])).start()
    result = function.cursor.result_type.get_canonical().kind
    if result == Type.VOID:
        values = ['']
    elif result == Type.BOOL:
        values = [' false', ' true']
    elif result == Type.POINTER:
        values = [' NULL']
    else:
        values = [' 0']
    for value in values:
        yield start, start, 'return%s; ' % value


OPERATORS = {
    'relational': relational,
    'logical': logical,
    'arithmetic': arithmetic,
    'off_by_one': off_by_one,
    'constant': constant,
    'negated': negated,
    'deleted': deleted,
    'swapped': swapped,
    'loop_bound': loop_bound,
    'early_return': early_return,
}
