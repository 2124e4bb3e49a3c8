# SPDX-License-Identifier: GPL-2.0-only
"""What was wanted and what there was around the place of a failure, from the whole memslot down to
single pages. See lib/run/run_picture.h for what is drawn."""

from address import PAGE, SIZES, Linear, text
from film import LEVELS, SHORT, draw_attributes, draw_leaves, leaf_runs, legend
from svg import Picture, fits

ATTRIBUTES, BAND, SPACE = 7, 18, 3


def leaves_text(leaves):
    words = ['%s x%d' % (level, number) if number > 1 else level
             for level, number in zip(LEVELS, leaves) if number]
    return ', '.join(reversed(words)) or 'none'


def is_wrong(row):
    return row['got'] is not None and row['got'] != row['wanted']


def single_rows(failure):
    """The rows one by one: each its own address."""
    return [dict(row, gpa=row['gpa'] + i * row['size'])
            for row in failure['rows'] for i in range(row['number'])]


class LevelMap:
    """Panels below each other: the memslot, the hugepages around the place, the pages of one."""

    def __init__(self, failure, width):
        self.failure = failure
        self.narrow = width < 600
        self.picture = Picture(width, 'levels', 'Levels wanted and got around ' + text(failure['gpa']))
        self.left = 66 if self.narrow else 92
        self.room = width - self.left - 12
        self.rows = single_rows(failure)
        self.place = next(row for row in self.rows
                          if row['gpa'] <= failure['gpa'] < row['gpa'] + row['size'])

    def draw(self):
        around = self.rows_around(2 if self.narrow else 4)
        start, end = around[0]['gpa'], around[-1]['gpa'] + around[-1]['size']
        self.picture.height = 4
        if len(around) < len(self.rows):
            whole = Linear(self.rows[0]['gpa'], self.rows[-1]['gpa'] + self.rows[-1]['size'], self.room)
            self.draw_panel('memslot', whole, self.rows, False)
            self.draw_zoom(whole, start, end)
        hugepages = Linear(start, end, self.room)
        if len(self.rows) > 1:
            self.draw_panel('2M', hugepages, around, True)
        if self.place['size'] == SIZES['2M']:
            start, end = self.place['gpa'], self.place['gpa'] + self.place['size']
            if len(self.rows) > 1:
                self.draw_zoom(hugepages, start, end)
            self.draw_panel('4K', Linear(start, end, self.room), [self.place], True)
        legend(self.picture, (('shared', 'shared'), ('private', 'private'), ('slot', 'no leaf'),
                              ('leaf4', '4K leaf'), ('leaf2', '2M leaf'), ('leaf1', '1G leaf'),
                              ('part', 'some 4K leaves'), ('unknown', 'not read out')))
        return self.picture

    def rows_around(self, many):
        i = self.rows.index(self.place)
        first = max(0, min(i - many, len(self.rows) - 2 * many - 1))
        return self.rows[first:first + 2 * many + 1]

    def draw_panel(self, scale, axis, rows, cells):
        """cells: a text for each row, not only colours."""
        picture = self.picture
        top = picture.height + 26
        self.draw_ticks(axis, rows, top - 4)
        picture.words(0, top - 8, scale if scale == 'memslot' else 'at ' + scale, 'bold')
        lines = (top, top + ATTRIBUTES + SPACE, top + ATTRIBUTES + BAND + 2 * SPACE)
        for name, y, height in zip(('attributes', 'wanted', 'got'), lines, (ATTRIBUTES, BAND, BAND)):
            picture.words(self.left - 6, y + height / 2 + 4, name, 'small muted right')
        draw_attributes(picture, self.left, lines[0], ATTRIBUTES, axis.at, self.failure['state'],
                        axis.start, axis.end)
        self.draw_wanted(axis, lines[1], scale == '4K')
        for row in rows if cells else self.failure['rows']:
            self.draw_got(axis, row, lines[2], cells, scale == '4K')
        if cells and scale != '4K':
            for row in rows:
                self.draw_cell_text(axis, row, 'wanted', lines[1])
        self.draw_marks(axis, rows, lines[1], scale)
        picture.height = lines[2] + BAND + 6

    def draw_ticks(self, axis, rows, y):
        """Labels where there is room; each row begins at a tick, if they are few."""
        places = [row['gpa'] for row in rows] if len(rows) <= 9 else [axis.start]
        if len(rows) == 1:
            places += [axis.start + 64 * PAGE * i for i in range(1, 8)]
        taken = 0
        for gpa in places + [axis.end]:
            x, label = self.left + axis.at(gpa), text(gpa)
            self.picture.line(x, y, x, y + 4, 'tick')
            half = len(label) * 3.2 + 2
            middle = min(max(x, self.left + half - 6), self.picture.width - half)
            if middle - half >= taken:
                self.picture.words(middle, y - 4, label, 'small muted mid')
                taken = middle + half + 4

    def draw_wanted(self, axis, y, labels):
        """The model's leaves as they are, on what memslots there are."""
        for slot in self.failure['state']['slots']:
            start, end = axis.at(slot['gpa']), axis.at(slot['gpa'] + slot['size'])
            if start < end:
                self.picture.rect(self.left + start, y, end - start, BAND, 'slot')
        for level, run, many in leaf_runs(self.failure['state']):
            # Only those of the run that are in this panel.
            size = SIZES[level]
            first = max(0, (axis.start - run) // size)
            gpa, number = run + first * size, min(many, -((run - axis.end) // size)) - first
            if number <= 0:
                continue
            if labels:
                draw_leaves(self.picture, self.left, y, BAND, axis.at, level, gpa, number)
            else:
                start, end = axis.at(gpa), axis.at(gpa + number * SIZES[level])
                self.picture.rect(self.left + start, y, end - start, BAND, SHORT[level],
                                  '%s x%d at %s' % (level, number, text(gpa)), least=1.5)

    def draw_got(self, axis, row, y, cells, pages):
        """How many leaves of each level there are in a row is known, not where."""
        start, end = axis.at(row['gpa']), axis.at(row['gpa'] + row['number'] * row['size'] if not cells
                                                  else row['gpa'] + row['size'])
        kind = got_kind(row)
        self.picture.rect(self.left + start, y, end - start, BAND, kind,
                          'got %s at %s' % (got_text(row), text(row['gpa'])), least=1.5)
        if pages:
            label = '4K x%d, where is not known' % row['got'][0] if kind == 'part' else got_text(row)
            self.label(axis, row, y, label, kind)
        elif cells:
            self.draw_cell_text(axis, row, 'got', y)

    def draw_cell_text(self, axis, row, which, y):
        if row[which] is None:
            self.label(axis, row, y, '?', 'unknown')
        elif any(row[which]):
            kind = got_kind(dict(row, got=row[which]))
            # The wanted ones are drawn where they are.
            self.label(axis, row, y, leaves_text(row[which]),
                       'leaf4' if which == 'wanted' and kind == 'part' else kind)

    def label(self, axis, row, y, label, kind):
        start, end = axis.at(row['gpa']), axis.at(row['gpa'] + row['size'])
        if not fits(label, end - start, 5.8):
            label = label.partition(',')[0]
        if not fits(label, end - start, 5.8):
            return
        on = {'leaf4': 'on4', 'leaf2': 'on2', 'leaf1': 'on1'}.get(kind, 'muted')
        self.picture.words(self.left + (start + end) / 2, y + BAND - 5, label, 'small mid ' + on)

    def draw_marks(self, axis, rows, y, scale):
        """What differs gets a frame, the place of the message a hand."""
        height = 2 * BAND + SPACE
        for row in rows:
            if is_wrong(row):
                start, end = axis.at(row['gpa']), axis.at(row['gpa'] + row['size'])
                self.picture.rect(self.left + start - 1, y - 1, end - start + 2, height + 2, 'wrong',
                                  'wanted %s, got %s' % (leaves_text(row['wanted']),
                                                         leaves_text(row['got'])), least=5)
        gpa = self.failure['gpa']
        start = axis.at(gpa)
        middle = start if scale != '2M' else (axis.at(self.place['gpa']) +
                                              axis.at(self.place['gpa'] + self.place['size'])) / 2
        x, bottom = self.left + middle, y + height + 2
        self.picture.add('path', d='M%.1f %.1fl4 6h-8z' % (x, bottom), class_='bad place')

    def draw_zoom(self, axis, start, end):
        """From a part of the panel above to all of the one below."""
        y = self.picture.height + 1
        left, right = self.left + axis.at(start), self.left + max(axis.at(end), axis.at(start) + 2)
        self.picture.add('path', class_='zoom', d='M%.1f %.1fH%.1fL%.1f %.1fH%.1fz' % (
            left, y, right, self.left + self.room, y + 10, self.left))
        self.picture.height += 8


def got_kind(row):
    """The class of a row's shape."""
    got = row['got']
    if got is None:
        return 'unknown'
    if not any(got):
        return 'slot'
    for level, number in list(zip(LEVELS, got))[:0:-1]:
        if number:
            return SHORT[level]
    return 'leaf4' if got[0] * PAGE >= row['size'] else 'part'


def got_text(row):
    return 'not read out' if row['got'] is None else leaves_text(row['got'])
