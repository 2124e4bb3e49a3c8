#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of pictures and reports. What takes a browser or tidy is skipped where there is none."""

import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

import sample
from address import Axis, text
from film import Film, counts
from level_map import LevelMap
from sample import FILM, GIG, MEG, PAGE

HERE = os.path.dirname(os.path.abspath(__file__))

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
                         ['no leaf', '2M x2', '2M x1', '4K x511, 2M x1', '4K x511, 2M x1'])

    def test_draws_every_leaf_and_attribute(self):
        for width in (960, 380):
            picture = Film(FILM, width).draw()
            self.assertEqual(shapes(picture, 'leaf2'), ['2M x2 at 16G', '2M at 16G+2M', '2M at 16G+2M'])
            self.assertEqual(shapes(picture, 'leaf4'), ['4K x511 at 16G+4K'])
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


class LevelMaps(unittest.TestCase):
    def picture(self, width=960, **changes):
        return LevelMap(dict(sample.FAILURE, **changes), width).draw()

    def test_shows_wanted_and_got(self):
        for width in (960, 372):
            picture = self.picture(width)
            self.assertIn('4K x511 at 16G+4K', shapes(picture, 'leaf4'))
            self.assertIn('got 2M at 16G', shapes(picture, 'leaf2'))
            self.assertIn('got not read out at 16G+10M', shapes(picture, 'unknown'))

    def test_marks_the_place_and_what_differs(self):
        picture = self.picture()
        # In the memslot, among the hugepages and among the pages.
        self.assertEqual(shapes(picture, 'wrong'), ['wanted 4K x511, got 2M'] * 3)
        paths = [path.get('class') for path in xml.fromstring(str(picture)).iter('path')]
        self.assertEqual(paths.count('bad place'), 3)

    def test_says_only_how_many_where_that_is_all_that_is_known(self):
        rows = [sample.row(1, 0, 'mixed', [511, 0, 0], [7, 0, 0])] + sample.FAILURE['rows'][1:]
        words = ''.join(xml.fromstring(str(self.picture(rows=rows))).itertext())
        self.assertIn('4K x7, where is not known', words)

    def test_the_pages_of_a_hugepage_have_one_leaf_of_its_run(self):
        leaves = [[16 * GIG, 4]]
        state = {'slots': [sample.slot(leaves2=leaves)], 'private': []}
        rows = [sample.row(1, 0, 'shared', [0, 1, 0], [0, 1, 0]),
                sample.row(1, 1, 'shared', [0, 1, 0], [512, 0, 0])] + sample.FAILURE['rows'][2:]
        picture = self.picture(state=state, rows=rows, gpa=16 * GIG + 2 * MEG)
        # In the memslot, among the hugepages, then alone.
        self.assertEqual([words for words in shapes(picture, 'leaf2') if not words.startswith('got')],
                         ['2M x4 at 16G', '2M x4 at 16G', '2M at 16G+2M'])

    def test_a_small_memslot_needs_no_overview(self):
        words = list(xml.fromstring(str(self.picture(rows=sample.FAILURE['rows'][:2]))).itertext())
        self.assertNotIn('memslot', words)
        self.assertIn('at 2M', words)


class Reader(html.parser.HTMLParser):
    """What a test asks of a page."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.tags, self.counts, self.within = {}, [], {}, []
        self.pictures = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == 'article':
            self.article = attributes['id']
            self.pictures[self.article] = 0
        if tag == 'svg' and attributes.get('class') == 'pic levels':
            self.pictures[self.article] += 1
        if tag not in ('meta', 'link', 'br', 'img', 'wbr'):
            self.within.append(attributes)

    def handle_endtag(self, tag):
        self.within.pop()

    def handle_data(self, data):
        for attributes in self.within[-1:]:
            if 'id' in attributes:
                self.texts[attributes['id']] = self.texts.get(attributes['id'], '') + data
            if 'data-count' in attributes:
                self.counts[attributes['data-count']] = int(data)


class Folder(unittest.TestCase):
    """With a folder of results."""

    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)

    def report(self, make, name='20261128T100000Z'):
        folder = os.path.join(self.top, name)
        make(folder)
        subprocess.run([os.path.join(HERE, 'report.py'), folder], check=True)
        return os.path.join(folder, 'report.html')

    def page(self, make, name='20261128T100000Z'):
        with open(self.report(make, name), encoding='utf-8') as file:
            return file.read()


class Pages(Folder):
    def test_says_verdict_and_counts(self):
        for make, (status, counted) in sample.KINDS.items():
            page = Reader(self.page(make, make.__name__))
            self.assertEqual(page.texts['status'], status, make.__name__)
            self.assertTrue(page.texts['verdict'].startswith(status + ': '), make.__name__)
            self.assertEqual(page.counts, counted, make.__name__)

    def test_each_failure_has_its_picture(self):
        # One for wide and one for narrow screens; a program as a whole has no place.
        for make, pictures in ((sample.failing_run, {'failure-1': 2, 'failure-2': 0}),
                               (sample.passing_run, {}), (sample.regressions, {'bug-1': 2}),
                               (sample.reproduced, {'failure-1': 2}),
                               (sample.bisection, {'commit-1': 2})):
            self.assertEqual(Reader(self.page(make, make.__name__)).pictures, pictures)

    def test_grids_lead_to_what_they_are_about(self):
        for make, link, words in ((sample.matrix, '7.3-debug/report.html', '1/1/1 '),
                                  (sample.regressions, 'no_recursion/%s.log' % sample.BOUNDARY, '1.5')):
            page = self.page(make, make.__name__)
            self.assertRegex(page, '<a href="%s">%s' % (re.escape(link), re.escape(words)))

    def test_failures_are_told_in_full(self):
        page = self.page(sample.failing_run)
        for words in (sample.WANTED, 'TIMEOUT 120 seconds', 'the last words &lt;of&gt; the program &amp;',
                      'make run TEST=%s ARGS=&#34;-r %s&#34;' % (sample.BOUNDARY, sample.CASE),
                      'Subject: KVM: x86', 'no 1G hugetlb pages'):
            self.assertIn(words, page)

    def test_costs_are_in_the_order_of_their_ratios(self):
        page = self.page(sample.costs)
        for words in ('7.3.4 with a_rule', '208,200,000', '416,400,000', 'data:image/svg+xml;base64,'):
            self.assertIn(words, page)
        ratios = page[page.index('id="ratios"'):page.index('id="curves"')]
        self.assertEqual(re.findall(r'ratio">([0-9.]+)<', ratios), ['2.000', '1.000'])

    def test_compares_with_the_run_before(self):
        self.page(sample.passing_run, '20261127T100000Z')
        page = self.page(sample.failing_run)
        self.assertIn('20261127T100000Z', page)
        self.assertEqual(page.count('class="then"'), 3)

    def test_needs_neither_network_nor_script(self):
        for make in sample.KINDS:
            for tag, attributes in Reader(self.page(make, make.__name__)).tags:
                self.assertNotEqual(tag, 'script')
                for name in ('src', 'href'):
                    self.assertNotRegex(attributes.get(name, ''), '^(https?:)?//')

    def test_links_lead_somewhere(self):
        for make in sample.KINDS:
            path = self.report(make, make.__name__)
            with open(path, encoding='utf-8') as file:
                tags = Reader(file.read()).tags
            ids = {attributes['id'] for _, attributes in tags if 'id' in attributes}
            for link in [attributes.get('href', '') for tag, attributes in tags if tag == 'a']:
                if link.startswith('#'):
                    self.assertIn(link[1:], ids)
                else:
                    self.assertTrue(os.path.exists(os.path.join(os.path.dirname(path), link)), link)

    @unittest.skipUnless(shutil.which('tidy'), 'tidy')
    def test_is_valid(self):
        for make in sample.KINDS:
            tidy = subprocess.run(['tidy', '-q', '-e', self.report(make, make.__name__)],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(tidy.stderr, '', make.__name__)


# Loads a page at a width, and says what a person sees of it.
PROBE = """<!DOCTYPE html><title>probe</title><body style="margin: 0">
<iframe src="%(page)s" style="width: %(width)dpx; height: 900px; border: 0"></iframe><pre></pre><script>
onload = () => {
	const page = document.querySelector('iframe').contentDocument;
	const seen = (what) => [...page.querySelectorAll(what)].filter((e) => e.getBoundingClientRect().width);
	document.querySelector('pre').textContent = JSON.stringify({
		wider: page.documentElement.scrollWidth - page.documentElement.clientWidth,
		status: page.getElementById('status').getBoundingClientRect().bottom,
		levels: seen('.failure svg.levels').length, films: seen('.failure svg.film').length,
		outside: seen('.failure svg').filter((e) => e.getBoundingClientRect().right > %(width)d).length,
	});
};</script>"""


@unittest.skipUnless(shutil.which('chromium'), 'chromium')
class Browser(Folder):
    def look(self, path, width):
        probe = os.path.join(self.top, 'probe.html')
        with open(probe, 'w', encoding='utf-8') as file:
            file.write(PROBE % {'page': 'file://' + path, 'width': width})
        browser = subprocess.run(
            ['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--allow-file-access-from-files',
             '--user-data-dir=' + os.path.join(self.top, 'profile'), '--enable-logging=stderr',
             '--window-size=1400,900', '--virtual-time-budget=10000', '--dump-dom', 'file://' + probe],
            capture_output=True, text=True, check=True, timeout=300)
        self.assertNotIn('CONSOLE', browser.stderr)
        return json.loads(re.search('<pre>(.*)</pre>', browser.stdout).group(1))

    def test_is_seen_on_wide_and_narrow_screens(self):
        for make, levels, films in ((sample.failing_run, 1, 1), (sample.matrix, 0, 0),
                                    (sample.regressions, 1, 0), (sample.costs, 0, 0)):
            path = self.report(make, make.__name__)
            for width in (1280, 400):
                seen = self.look(path, width)
                self.assertEqual((seen['levels'], seen['films'], seen['outside']), (levels, films, 0))
                self.assertEqual(seen['wider'], 0)
                self.assertLess(seen['status'], 300)


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

    def addSubTest(self, test, subtest, err):
        raise NotImplementedError('no TAP for sub-tests of sub-tests')

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
