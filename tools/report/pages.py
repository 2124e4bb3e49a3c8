# SPDX-License-Identifier: GPL-2.0-only
"""What a page says, for its template: one function for each kind of results."""

import base64
import os
import re
from collections import defaultdict

import address
from film import Film
from level_map import LevelMap
from markupsafe import Markup
from results import TOP, Run, failures, known_bugs, short, table, text

WIDE, NARROW = 960, 372
# A film of more frames than these shows the last ones.
FRAMES = 24
# A page has films of so many failures, lest it become too large to be read.
FILMS = 60
# So many of the largest ratios of costs come first.
LARGEST = 12


def both(draw):
    """A picture for a wide screen and for a narrow one."""
    return {'wide': Markup(draw(WIDE)), 'narrow': Markup(draw(NARROW))}


def level_map(failure):
    def has_place(row):
        return row['gpa'] <= failure['gpa'] < row['gpa'] + row['number'] * row['size']
    if not any(has_place(row) for row in failure['rows']):
        return None
    return both(lambda width: LevelMap(failure, width).draw())


def film(failure):
    shown = dict(failure, states=failure['states'][-FRAMES:])
    if not shown['states']:
        return None
    return dict(both(lambda width: Film(shown, width).draw()), steps=len(failure['steps']),
                first=len(failure['steps']) > len(shown['states']), shown=len(shown['states']),
                refused=failure['refused'])


def failed(run):
    """The failures of a run, with their pictures."""
    items = []
    for outcome in run.outcomes:
        if outcome.verdict != 'failed':
            continue
        item = {'id': 'failure-%d' % (len(items) + 1), 'levels': None, 'film': None,
                'program': short(outcome.program), 'name': outcome.name, 'reason': outcome.reason, 'log': outcome.log,
                'message': outcome.messages[0] if outcome.messages else '',
                'replay': [line.removeprefix('Replay: ') for line in outcome.replay],
                'unmapped': 'the program as a whole failed.' if outcome.name == 'whole_program' else
                            'this case is not a scenario, or it did not live to save one.'}
        picture = run.picture_of(outcome)
        if picture:
            filmed = sum(item['film'] is not None for item in items) < FILMS
            item.update(message=picture['message'], levels=level_map(picture),
                        film=film(picture) if filmed else None)
        items.append(item)
    return items


def by_reason(outcomes, verdict):
    reasons = defaultdict(list)
    for outcome in outcomes:
        if outcome.verdict == verdict:
            reasons[outcome.reason].append({'program': short(outcome.program), 'name': outcome.name})
    return sorted(reasons.items(), key=lambda pair: -len(pair[1]))


def programs(run, before):
    """A row for each program; one that ran several times has the sums."""
    rows = {}
    for name, status, passed, bad, skipped, seconds in run.programs:
        row = rows.setdefault(name, {'name': short(name), 'status': status, 'passed': 0, 'failed': 0,
                                     'skipped': 0, 'seconds': 0, 'times': 0,
                                     'before': before.get(name)})
        if status == 'failed':
            row['status'] = status
        for key, value in (('passed', passed), ('failed', bad), ('skipped', skipped),
                           ('seconds', seconds), ('times', 1)):
            row[key] += value
    return with_shares(list(rows.values()))


def with_shares(rows):
    """Each row's part of the longest, in percent of a bar."""
    longest = max([row['seconds'] for row in rows] + [row.get('before') or 0 for row in rows] + [0.1])
    for row in rows:
        row['share'] = 100 * row['seconds'] / longest
        before = row.get('before')
        row['share_before'] = None if before is None else 98 * before / longest
    return rows


def status_of(verdict):
    """PASS, FAIL or another first word in capitals, as the run itself said."""
    match = re.match(r'[A-Z]+(?=:)', verdict)
    return match.group(0) if match else 'NO VERDICT'


def grouped(number):
    """Thousands apart; '' stays what it is."""
    return format(round(float(number)), ',') if number else ''


def verdict_of(run, passed, bad):
    """What the run said; one of long ago has left nothing but its counts."""
    if run.verdict:
        return run.verdict
    return '%s: %d sub-tests passed, %d failed' % ('FAIL' if bad else 'PASS', passed, bad)


def title_of(run):
    kernel = run.kernel()
    return 'mapping levels' + (', kernel ' + kernel if kernel else '')


def run_page(folder):
    run = Run(folder)
    run.read_log()
    earlier = run.earlier()
    bugs = known_bugs()
    known = [{'reason': reason, 'name': bugs.get(reason, ('', ''))[0],
              'report': bugs.get(reason, ('', ''))[1], 'tests': tests}
             for reason, tests in by_reason(run.outcomes, 'xfail')]
    bad = failed(run)
    total = [sum(row[i] for row in run.programs) for i in (2, 3, 4)]
    verdict = verdict_of(run, total[0], total[1])
    page = {
        'kind': 'Run', 'status': status_of(verdict), 'title': title_of(run), 'verdict': verdict,
        'counts': [('passed', total[0], 'good'), ('failed', total[1], 'bad'),
                   ('known bugs', sum(len(bug['tests']) for bug in known), 'warn'),
                   ('skipped', total[2], ''), ('programs', len(run.programs), '')],
        'failed': bad, 'programs': programs(run, earlier.seconds() if earlier else {}),
        'earlier': earlier and earlier.folder.rsplit('/', 1)[-1],
        'known': known, 'skipped': by_reason(run.outcomes, 'skipped'),
        'times': with_shares([{'name': what, 'seconds': seconds} for what, seconds in run.times]),
    }
    soak = [line for outcome in run.outcomes if outcome.name.startswith('random.soak')
            for line in outcome.log.split('\n')]
    page['said'] = '\n'.join(line for line in soak if re.match(r'\d+ (times|seeds)', line))
    page['said_title'] = 'Soak'
    page['sections'] = [(key, label) for key, label, there in (
        ('failures', 'Failures', bad), ('said', 'Soak', page['said']), ('programs', 'Programs', True),
        ('known', 'Known bugs', known), ('skipped', 'Skipped', page['skipped']),
        ('times', 'Times', page['times']), ('files', 'Files', True)) if there]
    return 'run.html', page


def cell_of(passed, bad, skipped, seconds, link=''):
    kind = 'wrong' if bad else 'ok' if passed else 'part'
    return {'kind': kind, 'text': '%d/%d/%d' % (passed, bad, skipped), 'seconds': '%.1f' % seconds,
            'link': link}


def matrix_page(folder):
    """Programs on releases, with and without DEBUG=1."""
    columns, names, cells = {}, [], {}
    for release, debug, program, _, passed, bad, skipped, seconds, *why in table(folder, 'matrix.tsv'):
        column = release + ('-debug' if debug == '1' else '')
        there = os.path.exists(os.path.join(folder, column, 'report.html'))
        columns[column] = {'name': column, 'link': column + '/report.html' if there else '',
                           'why': why[0] if why else ''}
        if program == '-':
            continue
        if program not in names:
            names.append(program)
        cells[column, program] = (int(passed), int(bad), int(skipped), float(seconds))
    rows = [{'name': short(program),
             'cells': [cell_of(*cells[column, program], columns[column]['link'])
                       if (column, program) in cells else
                       {'kind': 'empty', 'text': 'not run' if columns[column]['why'] else '-', 'link': ''}
                       for column in columns]} for program in names]
    total = [cell_of(*[sum(values) for values in zip(*[cells[column, program] for program in names
                                                        if (column, program) in cells])] or (0, 0, 0, 0))
             for column in columns]
    everything = [sum(values) for values in zip((0, 0, 0, 0), *cells.values())]
    verdict = text(folder, 'verdict')
    return 'matrix.html', {
        'kind': 'Matrix', 'status': status_of(verdict), 'verdict': verdict,
        'title': 'mapping levels on %d kernels' % len(columns),
        'counts': [('passed', everything[0], 'good'), ('failed', everything[1], 'bad'),
                   ('skipped', everything[2], ''), ('kernels', len(columns), ''),
                   ('not run', sum(bool(column['why']) for column in columns.values()), 'bad')],
        'columns': list(columns.values()), 'rows': rows, 'total': total,
        'notes': text(folder, 'notes'), 'sections': [],
    }


# What a cell of regressions.tsv that is no number of seconds looks like.
MARKS = {'.': '\N{MIDDLE DOT}', '-': ''}
# Pictures for so many bugs; a page of more would be too large to be of use.
MOST_PICTURES = 40


def log_of(folder, bug, column):
    """What the program of a column said about a bug."""
    place = os.path.join(folder, bug)
    for name in sorted(os.listdir(place)) if os.path.isdir(place) else []:
        if name.startswith(('private_mem_lpage_%s_test' % column, 'private_mem_' + column, column)) and \
                name.endswith('.log'):
            return bug + '/' + name
    return ''


def rule_of(folder, bug):
    rule = os.path.join(TOP, 'tools/regressions', bug + '.cocci')
    return os.path.relpath(rule, folder) if os.path.exists(rule) else ''


def regressions_page(folder):
    """Bugs, and the programs that noticed them."""
    header, *lines = table(folder, 'regressions.tsv')
    columns = header[6:-1]
    rows = []
    for bug, kind, outcome, _, _, _, *cells, message in lines:
        shown = [{'text': MARKS.get(cell, cell), 'kind': 'ok' if cell[:1].isdigit() else 'empty',
                  'link': log_of(folder, bug, column) if cell[:1].isdigit() else ''}
                 for column, cell in zip(columns, cells)]
        good = outcome in ('caught', 'equivalent') or outcome.startswith('needs ')
        rows.append({'name': bug, 'kind': kind, 'outcome': outcome, 'cells': shown, 'message': message,
                     'rule': rule_of(folder, bug), 'judged': 'muted' if good else 'bad'})
    pictures = []
    for row in rows[:MOST_PICTURES] if len(rows) <= MOST_PICTURES else []:
        for failure in failures(os.path.join(folder, row['name'])):
            levels = level_map(failure)
            if levels:
                pictures.append({'id': 'bug-%d' % (len(pictures) + 1), 'bug': row['name'], 'levels': levels,
                                 'case': failure['case'], 'message': failure['message']})
                break
    verdict = text(folder, 'verdict')
    outcomes = [row['outcome'] for row in rows]
    missed = [row for row in rows if row['judged'] == 'bad']
    return 'regressions.html', {
        'kind': 'Regressions', 'status': status_of(verdict), 'verdict': verdict,
        'title': '%d bugs put into KVM' % len(rows),
        'counts': [('noticed', outcomes.count('caught'), 'good'),
                   ('missed', sum(outcome.startswith('MISSED') for outcome in outcomes), 'bad'),
                   ('equivalent', outcomes.count('equivalent'), ''),
                   ('not built', outcomes.count('not built'), 'warn'), ('bugs', len(rows), '')],
        'columns': columns, 'rows': rows, 'missed': missed, 'pictures': pictures,
        'sections': [(key, label) for key, label, there in (
            ('missed', 'Not as it should be', missed), ('grid', 'Bugs and programs', True),
            ('pictures', 'How they show', pictures), ('files', 'Files', True)) if there],
    }


def differences(folder):
    return [{'program': short(program), 'name': name, 'before': before, 'after': after}
            for program, name, before, after in table(folder, 'differences.tsv')]


def smallest(folder):
    """The failure of the fewest steps, of those whose level map says something."""
    shown = sorted(failures(folder), key=lambda failure: len(failure['steps']))
    if not shown:
        return None
    best = next((failure for failure in shown if level_map(failure)), shown[0])
    return {'program': short(best['program']), 'case': best['case'], 'message': best['message'],
            'levels': level_map(best), 'film': film(best)}


def reproduce_page(folder):
    """A kernel with a bug beside the same one without."""
    picture = smallest(folder)
    verdict = text(folder, 'verdict')
    changed = differences(folder)
    return 'reproduce.html', {
        'kind': 'Reproduced', 'status': status_of(verdict), 'verdict': verdict,
        'title': 'what a change to KVM does to mapping levels',
        'counts': [('verdicts changed', len(changed), 'bad'),
                   ('programs', len({row['program'] for row in changed}), '')],
        'picture': picture, 'said': text(folder, 'reproducer'), 'differences': changed,
        'diff': text(folder, 'kernel.diff').split('\n'),
        'sections': [(key, label) for key, label, there in (
            ('failure', 'How it shows', picture), ('said', 'Scenario', text(folder, 'reproducer')),
            ('differences', 'Verdicts', changed), ('kernel', 'The change', True), ('files', 'Files', True))
            if there],
    }


def compare_page(folder):
    """Two runs side by side."""
    def page_in(place):
        page = os.path.join(place, 'report.html')
        return os.path.relpath(page, folder) if os.path.exists(page) else ''
    compared = [{'letter': letter, 'name': os.path.basename(place), 'link': page_in(place),
                 'verdict': text(place, 'verdict')} for letter, place in table(folder, 'compared.tsv')]
    times = [{'name': short(program), 'seconds': 0 if after == '-' else float(after),
              'before': None if before == '-' else float(before)}
             for program, before, after in table(folder, 'seconds.tsv')]
    verdict = text(folder, 'verdict')
    changed = differences(folder)
    return 'compare.html', {
        'kind': 'Comparison', 'status': status_of(verdict), 'verdict': verdict,
        'title': 'two runs compared', 'compared': compared, 'differences': changed,
        'counts': [('verdicts changed', len(changed), 'bad'), ('programs', len(times), '')],
        'times': with_shares(times), 'sections': [],
    }


def bisect_page(folder):
    """Which commits broke what."""
    commits = []
    for number, revision, date, title in table(folder, 'commits.tsv'):
        place = os.path.join(folder, number)
        commits.append({'number': number, 'revision': revision, 'date': date, 'subject': title,
                        'tests': [{'program': short(program), 'name': name}
                                  for program, name in table(place, 'sub-tests')],
                        'mail': text(place, 'mail'), 'picture': smallest(place)})
    searches = defaultdict(list)
    for unit, revision, verdict, counted, seconds, title in table(folder, 'steps.tsv'):
        searches[unit].append({'revision': revision, 'verdict': verdict, 'counted': counted,
                               'seconds': seconds, 'subject': title})
    verdict = text(folder, 'verdict')
    return 'bisect.html', {
        'kind': 'Bisection', 'status': status_of(verdict), 'verdict': verdict,
        'title': 'which commit broke mapping levels',
        'counts': [('commits', len(commits), 'bad'),
                   ('sub-tests', sum(len(commit['tests']) for commit in commits), ''),
                   ('revisions tried', sum(len(steps) for steps in searches.values()), '')],
        'commits': commits, 'searches': list(searches.items()),
        'sections': [('commits', 'Commits'), ('steps', 'Steps'), ('files', 'Files')],
    }


def cost_page(folder):
    """What conversions cost."""
    rows, ratios = [], []
    for case, size, figure, unit, first, second, ratio in table(folder, 'cost.tsv')[1:]:
        rows.append({'case': case, 'size': address.text(int(size)), 'figure': figure, 'unit': unit,
                     'a': grouped(first), 'b': grouped(second),
                     'ratio': '%.3f' % float(ratio) if ratio else ''})
        if ratio:
            ratios.append((float(ratio), rows[-1]))
    largest = [row for _, row in sorted(ratios, key=lambda pair: -pair[0])[:LARGEST]]
    plot = base64.b64encode(text(folder, 'cost.svg').encode()).decode()
    verdict = text(folder, 'verdict')
    return 'cost.html', {
        'kind': 'Cost', 'status': status_of(verdict), 'verdict': verdict,
        'title': 'what conversions cost in KVM', 'rows': rows, 'largest': largest, 'plot': plot,
        'kernel': text(folder, 'a.kernel'), 'other': text(folder, 'b.kernel'),
        'counts': [('figures', len(rows), ''), ('compared', len(ratios), '')],
        'sections': [(key, label) for key, label, there in (
            ('ratios', 'Ratios', largest), ('curves', 'Curves', plot), ('figures', 'Figures', True),
            ('files', 'Files', True)) if there],
    }


def page_of(folder):
    """The template for what is in the folder, and what it says."""
    for name, page in (('matrix.tsv', matrix_page), ('regressions.tsv', regressions_page),
                       ('kernel.diff', reproduce_page), ('compared.tsv', compare_page),
                       ('steps.tsv', bisect_page), ('cost.tsv', cost_page)):
        if os.path.exists(os.path.join(folder, name)):
            return page(folder)
    return run_page(folder)
