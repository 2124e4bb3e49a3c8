# SPDX-License-Identifier: GPL-2.0-only
"""A scenario as a film: after each step the memslots, attributes and leaves that the model has."""

import textwrap

from address import SIZES, Axis, text
from svg import Picture, fits

LEVELS = ('4K', '2M', '1G')
SHORT = {'4K': 'leaf4', '2M': 'leaf2', '1G': 'leaf1'}
ON = {'4K': 'on4', '2M': 'on2', '1G': 'on1'}

ATTRIBUTES, LEAVES, BRACKET = 6, 17, 3


def leaf_runs(state):
    """Neighbouring leaves of one level: level, address, how many."""
    for slot in state['slots']:
        for level in reversed(LEVELS):
            for gpa, number in slot['leaves'][level]:
                yield level, gpa, number


def counts(state):
    """How many leaves of each level there are, as text."""
    total = dict.fromkeys(LEVELS, 0)
    for level, _, number in leaf_runs(state):
        total[level] += number
    words = ['%s x%d' % (level, total[level]) for level in LEVELS if total[level]]
    return ', '.join(words) or 'no leaf'


def has_range(step):
    return step['size'] and step['gpa']


class Ranges:
    """Whatever any state or step of a film has, so that an axis can be made for all of it."""

    def __init__(self, film):
        self.ranges = set()
        for state in film['states']:
            self.ranges.update((slot['gpa'], slot['gpa'] + slot['size']) for slot in state['slots'])
            self.ranges.update((gpa, gpa + size) for gpa, size in state['private'])
            self.ranges.update((gpa, gpa + number * SIZES[level])
                               for level, gpa, number in leaf_runs(state))
        self.ranges.update((step['gpa'], step['gpa'] + step['size'])
                           for step in film['steps'][-len(film['states']):] if has_range(step))

    def axis(self, width):
        points = [point for pair in self.ranges for point in pair]

        def is_used(start, end):
            return any(first <= start and end <= last for first, last in self.ranges)
        return Axis(points, is_used, width)


def draw_leaves(picture, left, y, height, at, level, gpa, number):
    """The leaves of one run; at tells where an address lies."""
    size = SIZES[level]
    start, end = at(gpa), at(gpa + number * size)
    width = end - start
    name = '%s x%d' % (level, number) if number > 1 else level
    picture.rect(left + start, y, width, height, SHORT[level],
                 '%s at %s' % (name, text(gpa)), least=1.5)
    if 1 < number <= width / 3:
        seams = ''.join('M%.1f %.1fv%d' % (left + at(gpa + i * size), y, height)
                        for i in range(1, number))
        picture.add('path', d=seams, class_='seam')
    elif number > 1:
        # Too many to be seen one by one.
        seams = ''.join('M%.1f %.1fv%d' % (left + start + x, y, height)
                        for x in range(3, int(width), 3))
        if seams:
            picture.add('path', d=seams, class_='seam')
    for label in (name, level):
        if fits(label, width):
            if number > 1:
                half = len(label) * 3.1 + 2
                picture.rect(left + (start + end) / 2 - half, y + 2, 2 * half, height - 4,
                             SHORT[level])
            picture.words(left + (start + end) / 2, y + height - 5, label, ON[level] + ' small mid')
            return


def draw_attributes(picture, left, y, height, at, state, start, end):
    """Shared where memslots are, private wherever that is, between two addresses."""
    for slot in state['slots']:
        first, last = max(slot['gpa'], start), min(slot['gpa'] + slot['size'], end)
        if first < last:
            picture.rect(left + at(first), y, at(last) - at(first), height, 'shared', 'shared')
    for gpa, size in state['private']:
        first, last = max(gpa, start), min(gpa + size, end)
        if first < last:
            picture.rect(left + at(first), y, at(last) - at(first), height, 'private',
                         'private: %s, %s' % (text(gpa), text(size)), least=1.5)


def draw_slots(picture, left, y, height, at, state):
    for slot in state['slots']:
        start, end = at(slot['gpa']), at(slot['gpa'] + slot['size'])
        kind = 'slot logged' if slot['logged'] else 'slot'
        name = 'memslot %d' % slot['id']
        more = ' %s%s' % (slot['backing'], ', guest_memfd' if slot['guest_memfd'] and
                          slot['backing'] != 'guest_memfd' else '')
        picture.rect(left + start, y, end - start, height, kind,
                     '%s:%s%s' % (name, more, ', logged' if slot['logged'] else ''))
        if any(slot['leaves'].values()):
            continue
        for label in (name + ':' + more, name, str(slot['id'])):
            if fits(label, end - start, 5.6):
                picture.words(left + (start + end) / 2, y + height - 5, label, 'small muted mid')
                break


class Film:
    """Draws the frames below each other, all over one axis."""

    def __init__(self, film, width):
        self.film = film
        self.narrow = width < 600
        self.left = 8 if self.narrow else 290
        self.picture = Picture(width, 'film', 'The scenario step by step')
        self.axis = Ranges(film).axis(width - self.left - 10)
        self.first = len(film['steps']) - len(film['states'])

    def draw(self):
        self.picture.height = 4
        self.draw_axis()
        for i, state in enumerate(self.film['states']):
            self.draw_frame(self.first + i, state)
        self.draw_legend()
        return self.picture

    def draw_axis(self):
        """Labels in two rows; what has no room is a tick only."""
        taken = ([], [])
        bottom = self.picture.height + 28
        for gpa in self.axis.ticks():
            x = self.left + self.axis.at(gpa)
            label = text(gpa)
            half = len(label) * 3.3 + 3
            middle = min(max(x, self.left + half - 8), self.picture.width - half)
            for row in (1, 0):
                if all(middle + half <= start or end <= middle - half for start, end in taken[row]):
                    taken[row].append((middle - half, middle + half))
                    self.picture.words(middle, bottom - 14 + 12 * row - 5, label, 'small muted mid')
                    break
            self.picture.line(x, bottom - 4, x, bottom, 'tick')
        self.picture.line(self.left, bottom, self.left + self.axis.x[-1], bottom, 'tick')
        self.picture.height = bottom + 4

    def draw_words(self, number, state):
        """The step and what there is after it, on the left or above."""
        picture, step = self.picture, self.film['steps'][number]
        columns = int((picture.width - 40) / 6.7) if self.narrow else 38
        lines = textwrap.wrap(step['text'], columns, subsequent_indent='  ') or ['']
        y = picture.height + 12
        picture.words(20 if number < 99 else 26, y, str(number + 1), 'small muted right')
        for i, line in enumerate(lines):
            picture.words(26 if number < 99 else 32, y + 13 * i, line, 'mono')
        y += 13 * (len(lines) - 1)
        if not step['text'].startswith('expect'):
            picture.words(26 if number < 99 else 32, y + 13, counts(state), 'small muted')
            y += 13
        return y

    def draw_frame(self, number, state):
        picture, at, step = self.picture, self.axis.at, self.film['steps'][number]
        below = self.draw_words(number, state)
        if step['text'].startswith('expect'):
            picture.line(0, below + 5, picture.width, below + 5, 'frame')
            picture.height = below + 6
            return
        y = below + 4 if self.narrow else picture.height + 3
        for start, end in self.axis.gaps():
            picture.line(self.left + start, y + 14, self.left + end, y + 14, 'gap')
        draw_attributes(picture, self.left, y, ATTRIBUTES, at, state, 0, 1 << 52)
        draw_slots(picture, self.left, y + ATTRIBUTES + 1, LEAVES, at, state)
        for level, gpa, many in leaf_runs(state):
            draw_leaves(picture, self.left, y + ATTRIBUTES + 1, LEAVES, at, level, gpa, many)
        if has_range(step):
            start, end = at(step['gpa']), at(step['gpa'] + step['size'])
            picture.rect(self.left + start, y + ATTRIBUTES + LEAVES + 2, end - start, BRACKET, 'step',
                         'the step: %s, %s' % (text(step['gpa']), text(step['size'])), least=2)
        bottom = max(below + 4, y + ATTRIBUTES + LEAVES + BRACKET + 6)
        picture.line(0, bottom, picture.width, bottom, 'frame')
        picture.height = bottom + 1

    def draw_legend(self):
        self.picture.height += 4
        legend(self.picture, (('shared', 'shared'), ('private', 'private'), ('slot', 'memslot, no leaf'),
                              ('leaf4', '4K leaf'), ('leaf2', '2M leaf'), ('leaf1', '1G leaf'),
                              ('step', 'range of the step')))


def legend(picture, entries):
    x, y = 8, picture.height
    for kind, label in entries:
        width = 20 + len(label) * 6
        if x + width > picture.width:
            x, y = 8, y + 16
        height = 3 if kind == 'step' else 9
        picture.rect(x, y + 7 - height / 2, 12, height, kind)
        picture.words(x + 16, y + 11, label, 'small muted')
        x += width + 8
    picture.height = y + 18
