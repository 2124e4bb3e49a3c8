# SPDX-License-Identifier: GPL-2.0-only
"""C source as libclang reads it: functions, and the expressions and statements written in them.

Macros are expanded in what libclang shows. Here only that counts which is written in the file
itself, outside of macros or as an argument of one; every place is checked against the text.
"""

import bisect
import ctypes
import os
import re
import shlex
import sys

try:
    from clang import cindex
except ImportError:
    sys.exit('the Python bindings of libclang (python3-clang) are missing')

Kind = cindex.CursorKind
Type = cindex.TypeKind

INTEGERS = (Type.CHAR_U, Type.UCHAR, Type.USHORT, Type.UINT, Type.ULONG, Type.ULONGLONG,
            Type.CHAR_S, Type.SCHAR, Type.SHORT, Type.INT, Type.LONG, Type.LONGLONG)
OPERATORS = re.compile(r'<<=|>>=|&&|\|\||==|!=|<=|>=|<<|>>|[-+*/%&|^]=|[-+*/%&|^<>=]')
BINARY = (Kind.BINARY_OPERATOR, Kind.COMPOUND_ASSIGNMENT_OPERATOR)


def file_offset():
    """The function of libclang that looks through macro arguments to where they are written."""
    function = cindex.conf.lib.clang_getFileLocation
    unsigned = ctypes.POINTER(ctypes.c_uint)
    function.argtypes = [cindex.SourceLocation, ctypes.POINTER(cindex.c_object_p),
                         unsigned, unsigned, unsigned]
    function.restype = None
    return function


class Node:
    """An expression or a statement: its text is unit.text[start:end]."""

    def __init__(self, unit, cursor, span, parent):
        self.unit = unit
        self.cursor = cursor
        self.kind = cursor.kind
        self.start, self.end = span
        self.parent = parent
        self.children = []

    @property
    def text(self):
        return self.unit.text[self.start:self.end]

    @property
    def type(self):
        return self.cursor.type.get_canonical().kind

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def is_integer(self):
        return self.type in INTEGERS

    def operator(self):
        """Of a binary operator: (its text, where it starts, the spans of its operands)."""
        return self.unit.operator(self.cursor, self.start)

    def arguments(self):
        """Of a call: the spans of its arguments, or [] if a macro hides one."""
        spans = [self.unit.span(argument) for argument in self.cursor.get_arguments()]
        ends = [self.start] + [span[1] if span else 0 for span in spans]
        for span, before in zip(spans, ends):
            if not span or not before < span[0] < span[1] < self.end or \
                    not self.unit.balanced(*span):
                return []
        return spans


class Unit:
    """A file and what it includes, parsed with the arguments of its compilation."""

    def __init__(self, path, args, texts=None, whole=None):
        """texts: what paths are to be taken to hold; whole: the file that includes a header."""
        self.path = path
        self.real_path = os.path.realpath(path)
        texts = texts or {}
        self.text = texts[path] if path in texts else read(path)
        self.code = blank(self.text)
        self.lines = self.text.split('\n')
        self.line_starts = [0]
        for line in self.lines:
            self.line_starts.append(self.line_starts[-1] + len(line) + 1)
        self.unit = cindex.Index.create().parse(whole or path, args=args,
                                                unsaved_files=list(texts.items()))
        errors = [d for d in self.unit.diagnostics if d.severity >= cindex.Diagnostic.Error]
        if errors:
            raise SyntaxError(str(errors[0]))
        self.locate = file_offset()
        self.names = {}

    def name(self, file):
        key = ctypes.cast(file, ctypes.c_void_p).value
        if key not in self.names:
            self.names[key] = os.path.realpath(cindex.File(file).name)
        return self.names[key]

    def offset(self, location):
        file = cindex.c_object_p()
        place = [ctypes.c_uint() for _ in range(3)]
        self.locate(location, ctypes.byref(file), *(ctypes.byref(number) for number in place))
        if not file or self.name(file) != self.real_path:
            return None
        return place[2].value

    def span(self, cursor):
        """Where the cursor's text starts and ends, or None if it is in another file."""
        start, end = self.offset(cursor.extent.start), self.offset(cursor.extent.end)
        if start is None or end is None or start >= end:
            return None
        return start, end

    def balanced(self, start, end):
        depth = 0
        for sign in self.code[start:end]:
            depth += (sign in '([{') - (sign in ')]}')
            if depth < 0:
                return False
        return depth == 0

    def operator(self, cursor, start):
        """See Node; None if the cursor is something else, or a macro hides the operator."""
        if cursor.kind not in BINARY:
            return None
        operands = [self.span(operand) for operand in cursor.get_children()]
        if len(operands) != 2 or not all(operands):
            return None
        left, right = operands
        if not start == left[0] < left[1] <= right[0] or not self.balanced(*left) or \
                not self.balanced(*right):
            return None
        gap = self.code[left[1]:right[0]]
        if not OPERATORS.fullmatch(gap.strip()):
            return None
        return gap.strip(), left[1] + len(gap) - len(gap.lstrip()), left, right

    def closing(self, opening):
        """Where the bracket that opens there is closed."""
        depth = 0
        for place in range(opening, len(self.code)):
            depth += (self.code[place] in '([{') - (self.code[place] in ')]}')
            if depth == 0:
                return place
        raise SyntaxError('a bracket is not closed')

    def line(self, offset):
        return bisect.bisect_right(self.line_starts, offset)

    def functions(self):
        """The functions defined in the file, by name."""
        found = {}
        for cursor in self.unit.cursor.get_children():
            if cursor.kind == Kind.FUNCTION_DECL and cursor.is_definition():
                span = self.span(cursor)
                if span and self.text[span[1] - 1] == '}':
                    found[cursor.spelling] = cursor
        return found

    def tree(self, cursor, parent=None):
        """The nodes written in the file, in the order of the text."""
        span = self.span(cursor)
        node = None
        again = parent and (parent.kind, parent.start, parent.end) == (cursor.kind, *(span or ()))
        if span and not again and self.written(cursor, *span):
            node = Node(self, cursor, span, parent)
        nodes = []
        for child in cursor.get_children():
            nodes += self.tree(child, node or parent)
        if not node:
            return nodes
        seen = set()
        for child in nodes:
            # An argument that a macro uses twice.
            key = child.kind, child.start, child.end
            if key not in seen and node.start <= child.start and child.end <= node.end:
                seen.add(key)
                node.children.append(child)
        return [node]

    def written(self, cursor, start, end):
        """Is it this text that the cursor stands for, and not that of a macro?"""
        text, kind = self.code[start:end], cursor.kind
        if not self.balanced(start, end):
            return False
        if kind == Kind.DECL_REF_EXPR:
            return text == cursor.spelling
        if kind == Kind.MEMBER_REF_EXPR:
            return bool(re.search(r'(\.|->)\s*%s$' % re.escape(cursor.spelling), text))
        if kind == Kind.INTEGER_LITERAL:
            return bool(re.fullmatch(r'(0[xX][0-9a-fA-F]+|\d+)[uUlL]*', text))
        if kind == Kind.CALL_EXPR:
            callee = next(cursor.get_children(), None)
            span = callee and self.span(callee)
            return bool(span and span[0] == start and span[1] < end and text.endswith(')') and
                        self.code[span[1]:].lstrip().startswith('('))
        if kind == Kind.PAREN_EXPR:
            return text.startswith('(') and self.closing(start) == end - 1
        if kind in BINARY:
            return self.operator(cursor, start) is not None
        if kind == Kind.CONDITIONAL_OPERATOR:
            return '?' in text
        if kind == Kind.UNARY_OPERATOR:
            return bool(re.match(r'[-!~*&+]|\+\+|--', text) or re.search(r'(\+\+|--)$', text))
        if kind in STATEMENTS:
            return bool(re.match(STATEMENTS[kind], text))
        return True


STATEMENTS = {
    Kind.COMPOUND_STMT: r'\{',
    Kind.IF_STMT: r'if\b',
    Kind.FOR_STMT: r'\w+\s*\(',
    Kind.WHILE_STMT: r'while\b',
    Kind.DO_STMT: r'do\b',
    Kind.SWITCH_STMT: r'switch\b',
    Kind.CASE_STMT: r'case\b',
    Kind.RETURN_STMT: r'return\b',
    Kind.BREAK_STMT: r'break$',
    Kind.CONTINUE_STMT: r'continue$',
    Kind.GOTO_STMT: r'goto\b',
}


def read(path):
    """A file's bytes as a string, so that places in it are numbers of bytes."""
    with open(path, encoding='latin-1', newline='') as file:
        return file.read()


def blank(text):
    """The text with comments, strings and characters replaced by blanks of the same length."""
    def spaces(match):
        found = match.group()
        if found[0] in '"\'':
            return found[0] + '_' * (len(found) - 2) + found[0]
        return re.sub(r'[^\n]', ' ', found)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', spaces, text,
                  flags=re.DOTALL)


def compile_arguments(build, file):
    """What kbuild compiled a file with, as far as it matters to a parser; build is its O= folder.

    Returns (arguments, path of the file), or None if it was not compiled.
    """
    command = os.path.join(build, os.path.dirname(file),
                           '.%s.o.cmd' % os.path.splitext(os.path.basename(file))[0])
    try:
        with open(command, encoding='latin-1') as lines:
            words = shlex.split(lines.readline().split(':= ', 1)[1].split(' ; ')[0])
    except (OSError, IndexError):
        return None
    args = ['-working-directory=' + build, '-w', '-ferror-limit=0']
    for word, following in zip(words, words[1:] + ['']):
        if word in ('-include', '-isystem', '-I'):
            args += [word, following]
        elif re.match(r'-(I|D|std|nostdinc|fshort-wchar|funsigned-char|fms-extensions|m64)', word):
            args.append(word)
    return args, os.path.join(build, words[-1])
