# SPDX-License-Identifier: GPL-2.0-only
"""Guest physical addresses: their text, and where they lie in a picture."""

import bisect
import math

PAGE = 1 << 12
SIZES = {'4K': 1 << 12, '2M': 1 << 21, '1G': 1 << 30}
UNITS = ((1 << 30, 'G'), (1 << 20, 'M'), (1 << 10, 'K'))


def _terms(size, sign):
    words = ''
    for unit, letter in UNITS:
        if size // unit:
            words += sign * bool(words) + str(size // unit) + letter
        size %= unit
    return words


def text(size):
    """A size or address, a multiple of 4K, as lib/scenario writes it (format_size()): 16G+2M-4K."""
    words = _terms(size, '+') or '0'
    # As what is missing to a whole number of a unit, if that is shorter.
    for unit, _ in UNITS:
        rest = -size % unit
        if rest:
            less = _terms(size + rest, '+') + '-' + _terms(rest, '-')
            words = less if len(less) < len(words) else words
    return words


class Axis:
    """Where addresses lie between 0 and width: what differs gets room, what is all alike little.

    Each interval between two neighbouring breakpoints is as wide as the logarithm of its pages;
    where nothing ever is there is only a gap."""

    GAP = 14

    def __init__(self, breakpoints, is_used, width):
        self.points = sorted(set(breakpoints))
        self.used = [is_used(start, end) for start, end in zip(self.points, self.points[1:])]
        weights = [16 + 9 * math.log2((end - start) / PAGE) if used else 0
                   for start, end, used in zip(self.points, self.points[1:], self.used)]
        room = width - self.GAP * self.used.count(False)
        scale = max(room, 1) / (sum(weights) or 1)
        self.x = [0.0]
        for weight, used in zip(weights, self.used):
            self.x.append(self.x[-1] + (weight * scale if used else self.GAP))

    def at(self, gpa):
        """The place of gpa; addresses beyond the ends lie there."""
        i = bisect.bisect_right(self.points, gpa) - 1
        if i < 0:
            return self.x[0]
        if i >= len(self.points) - 1:
            return self.x[-1]
        part = (gpa - self.points[i]) / (self.points[i + 1] - self.points[i])
        return self.x[i] + part * (self.x[i + 1] - self.x[i])

    def gaps(self):
        """The places of the gaps: pairs of start and end."""
        return [(self.x[i], self.x[i + 1]) for i, used in enumerate(self.used) if not used]

    def ticks(self):
        """Breakpoints beside which something is, the most important first."""
        edges = [point for i, point in enumerate(self.points)
                 if (i and self.used[i - 1]) or (i < len(self.used) and self.used[i])]
        starts = {self.points[i] for i, used in enumerate(self.used)
                  if used and (not i or not self.used[i - 1])}

        def weight(point):
            return (point not in starts, point % SIZES['1G'] != 0, point % SIZES['2M'] != 0, point)
        return sorted(edges, key=weight)


class Linear:
    """Addresses from start to end, in proportion."""

    def __init__(self, start, end, width):
        self.start, self.end, self.width = start, end, width

    def at(self, gpa):
        part = (gpa - self.start) / (self.end - self.start)
        return min(max(part, 0), 1) * self.width
