# SPDX-License-Identifier: GPL-2.0-only
"""What a page says, for its template: one function for each kind of results."""

import re
from collections import defaultdict

from film import Film
from level_map import LevelMap
from markupsafe import Markup
from results import Run, known_bugs, short

WIDE, NARROW = 960, 372
# A film of more frames than these shows the last ones.
FRAMES = 24


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
            item.update(message=picture['message'], levels=level_map(picture), film=film(picture))
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
    soak = [line for outcome in run.outcomes if outcome.name == 'random.soak'
            for line in outcome.log.split('\n')]
    page['said'] = '\n'.join(line for line in soak if re.match(r'\d+ (times|seeds)', line))
    page['said_title'] = 'Soak'
    page['sections'] = [(key, label) for key, label, there in (
        ('failures', 'Failures', bad), ('said', 'Soak', page['said']), ('programs', 'Programs', True),
        ('known', 'Known bugs', known), ('skipped', 'Skipped', page['skipped']),
        ('times', 'Times', page['times']), ('files', 'Files', True)) if there]
    return 'run.html', page


def page_of(folder):
    """The template for what is in the folder, and what it says."""
    return run_page(folder)
