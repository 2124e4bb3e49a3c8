#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the pictures."""

import sys
import unittest
import xml.etree.ElementTree as xml

from address import Axis, text
from film import Film, counts

GIG, MEG, PAGE = 1 << 30, 1 << 20, 1 << 12


def slot(leaves4=(), leaves2=()):
    return {'id': 1, 'gpa': 16 * GIG, 'size': 4 * MEG, 'backing': 'hugetlb_2mb',
            'guest_memfd': True, 'logged': False,
            'leaves': {'4K': list(leaves4), '2M': list(leaves2), '1G': []}}


# A 2M leaf, of which a page becomes private, and is touched then.
FILM = {
    'steps': [{'text': 'memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd',
               'gpa': 16 * GIG, 'size': 4 * MEG},
              {'text': 'touch read 16G 4M', 'gpa': 16 * GIG, 'size': 4 * MEG},
              {'text': 'convert private 16G 4K', 'gpa': 16 * GIG, 'size': PAGE},
              {'text': 'touch read 16G', 'gpa': 16 * GIG, 'size': PAGE},
              {'text': 'expect 4K x1 2M x1', 'gpa': 0, 'size': 0}],
    'states': [{'slots': [slot()], 'private': []},
               {'slots': [slot(leaves2=[[16 * GIG, 2]])], 'private': []},
               {'slots': [slot(leaves2=[[16 * GIG + 2 * MEG, 1]])], 'private': [[16 * GIG, PAGE]]},
               {'slots': [slot([[16 * GIG, 1]], [[16 * GIG + 2 * MEG, 1]])],
                'private': [[16 * GIG, PAGE]]},
               {'slots': [slot([[16 * GIG, 1]], [[16 * GIG + 2 * MEG, 1]])],
                'private': [[16 * GIG, PAGE]]}],
}


def shapes(picture, kind):
    """What the rectangles of that class say they are; a legend's say nothing."""
    return [rect.find('title').text for rect in xml.fromstring(str(picture)).iter('rect')
            if rect.get('class') == kind and rect.find('title') is not None]


class Addresses(unittest.TestCase):
    def test_as_scenarios_write_them(self):
        for size, wanted in ((0, '0'), (PAGE, '4K'), (16 * GIG, '16G'), (2 * MEG - PAGE, '2M-4K'),
                             (16 * GIG + 2 * MEG - PAGE, '16G+2M-4K'), (17 * GIG - PAGE, '17G-4K'),
                             (16 * GIG + 2 * MEG + 2 * PAGE, '16G+2M+8K'), (18 * MEG + 4 * PAGE, '18M+16K')):
            self.assertEqual(text(size), wanted)

    def test_axis_gives_room_to_what_differs(self):
        points = [0, PAGE, GIG, 2 * GIG, 2 * GIG + PAGE]
        axis = Axis(points, lambda start, end: start != GIG, 500)
        self.assertAlmostEqual(axis.at(2 * GIG + PAGE), 500)
        self.assertEqual(axis.at(2 * GIG) - axis.at(GIG), Axis.GAP)
        self.assertAlmostEqual(axis.at(PAGE) - axis.at(0), axis.at(2 * GIG + PAGE) - axis.at(2 * GIG))
        self.assertLess(axis.at(GIG) - axis.at(PAGE), 12 * axis.at(PAGE))
        self.assertEqual(sorted(axis.ticks()), points)
        self.assertEqual([axis.at(gpa) for gpa in points], sorted(axis.at(gpa) for gpa in points))


class Films(unittest.TestCase):
    def test_counts_leaves(self):
        self.assertEqual([counts(state) for state in FILM['states']],
                         ['no leaf', '2M x2', '2M x1', '4K x1, 2M x1', '4K x1, 2M x1'])

    def test_draws_every_leaf_and_attribute(self):
        for width in (960, 380):
            picture = Film(FILM, width).draw()
            self.assertEqual(shapes(picture, 'leaf2'), ['2M x2 at 16G', '2M at 16G+2M', '2M at 16G+2M'])
            self.assertEqual(shapes(picture, 'leaf4'), ['4K at 16G'])
            self.assertEqual(shapes(picture, 'private'), ['private: 16G, 4K'] * 2)
            self.assertEqual(len(shapes(picture, 'slot')), 4)
            self.assertEqual(len(shapes(picture, 'step')), 4)

    def test_names_every_step(self):
        words = ''.join(xml.fromstring(str(Film(FILM, 960).draw())).itertext())
        for step in FILM['steps']:
            self.assertIn(step['text'].split()[-1], words)

    def test_stays_inside(self):
        for width in (960, 380):
            for rect in xml.fromstring(str(Film(FILM, width).draw())).iter('rect'):
                self.assertGreaterEqual(float(rect.get('x')), 0)
                self.assertLessEqual(float(rect.get('x')) + float(rect.get('width')), width)

    def test_shows_only_the_steps_that_have_states(self):
        film = {'steps': FILM['steps'], 'states': FILM['states'][2:]}
        words = list(xml.fromstring(str(Film(film, 960).draw())).itertext())
        self.assertNotIn('touch read 16G 4M', words)
        self.assertIn('convert private 16G 4K', words)

    def test_file_stands_alone(self):
        file = Film(FILM, 960).draw().file()
        self.assertEqual(xml.fromstring(file).tag, '{http://www.w3.org/2000/svg}svg')
        self.assertNotIn('var(', file)
        self.assertNotIn('$', file)


class Tap(unittest.TestResult):
    """Says each outcome as TAP."""

    def say(self, word, test, why=''):
        print(''.join('# %s\n' % line for line in why.splitlines()), end='')
        print('%s %d report: %s' % (word, self.testsRun, test.id().partition('.')[2]))

    def addSuccess(self, test):
        self.say('ok', test)

    def addSkip(self, test, reason):
        print('ok %d report: %s # SKIP %s' % (self.testsRun, test.id().partition('.')[2], reason))

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say('not ok', test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.say('not ok', test, self.errors[-1][1])


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    outcome = suite.run(Tap())
    print('1..%d' % outcome.testsRun)
    return not outcome.wasSuccessful()


if __name__ == '__main__':
    sys.exit(main())
