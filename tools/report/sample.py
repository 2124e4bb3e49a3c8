# SPDX-License-Identifier: GPL-2.0-only
"""Folders of results as runs leave them, small, for the tests."""

import json
import os

GIG, MEG, PAGE = 1 << 30, 1 << 20, 1 << 12
BOUNDARY = 'private_mem_lpage_boundary_test'
KNOWN = 'private_mem_lpage_known_faults_test'
CASE = 'boundary_2M.first_page.on_shared_by_host'
WANTED = 'Wanted 4K x511 at gpa 0x400000000 (%s, step 4), got 2M x1' % CASE


def slot(leaves4=(), leaves2=()):
    return {'id': 1, 'gpa': 16 * GIG, 'size': 24 * MEG, 'backing': 'hugetlb_2mb',
            'guest_memfd': True, 'logged': False,
            'leaves': {'4K': list(leaves4), '2M': list(leaves2), '1G': []}}


# Leaves of 2M; a page becomes private, and the others of its hugepage are touched then.
PRIVATE = [[16 * GIG, PAGE]]
FILM = {
    'steps': [{'text': 'memslot 1 gpa 16G size 24M backing hugetlb_2mb guest_memfd',
               'gpa': 16 * GIG, 'size': 24 * MEG},
              {'text': 'touch read 16G 4M', 'gpa': 16 * GIG, 'size': 4 * MEG},
              {'text': 'convert private 16G 4K', 'gpa': 16 * GIG, 'size': PAGE},
              {'text': 'touch read 16G+4K 2M-4K', 'gpa': 16 * GIG + PAGE, 'size': 2 * MEG - PAGE},
              {'text': 'expect 4K x511 2M x1', 'gpa': 0, 'size': 0}],
    'states': [{'slots': [slot()], 'private': []},
               {'slots': [slot(leaves2=[[16 * GIG, 2]])], 'private': []},
               {'slots': [slot(leaves2=[[16 * GIG + 2 * MEG, 1]])], 'private': PRIVATE},
               {'slots': [slot([[16 * GIG + PAGE, 511]], [[16 * GIG + 2 * MEG, 1]])],
                'private': PRIVATE},
               {'slots': [slot([[16 * GIG + PAGE, 511]], [[16 * GIG + 2 * MEG, 1]])],
                'private': PRIVATE}],
}


def row(number, place, attributes, wanted, got):
    return {'gpa': 16 * GIG + place * 2 * MEG, 'size': 2 * MEG, 'number': number,
            'attributes': attributes, 'wanted': wanted, 'got': got}


FAILURE = dict(FILM, program=BOUNDARY, case=CASE, message=WANTED, gpa=16 * GIG, refused=0,
               steps=FILM['steps'][:4], states=FILM['states'][:4], state=FILM['states'][3],
               rows=[row(1, 0, 'mixed', [511, 0, 0], [0, 1, 0]),
                     row(1, 1, 'shared', [0, 1, 0], [0, 1, 0]),
                     row(3, 2, 'shared', [0, 0, 0], [0, 0, 0]),
                     row(7, 5, 'shared', [0, 0, 0], None)])

KTAP = '''TAP version 13
1..3
# timeout set to 120
# selftests: kvm: {boundary}
# TAP version 13
# 1..3
# #  RUN           boundary_2M.last_page.on_shared_by_host ...
# #            OK  boundary_2M.last_page.on_shared_by_host
# ok 1 boundary_2M.last_page.on_shared_by_host
# #  RUN           {case} ...
# # {wanted}
# # Steps:
# #   touch read 16G+4K 2M-4K
# # Replay: make run TEST={boundary} ARGS="-r {case}"
# #          FAIL  {case}
# not ok 2 {case}
# #  RUN           boundary_1G.first_page.on_shared_by_host ...
# #      SKIP      no 1G hugetlb pages
# ok 3 boundary_1G.first_page.on_shared_by_host # SKIP no 1G hugetlb pages
# # Totals: pass:1 fail:1 xfail:0 xpass:0 skip:1 error:0
# time=12300ms
not ok 1 selftests: kvm: {boundary} # exit=1
# timeout set to 120
# selftests: kvm: {known}
# TAP version 13
# 1..1
# #  RUN           known_faults.stale_mmio.shows ...
# ok 1 known_faults.stale_mmio.shows # XFAIL MMIO mapping survives conversion to private
# # Totals: pass:0 fail:0 xfail:1 xpass:0 skip:0 error:0
# time=900ms
ok 2 selftests: kvm: {known}
# timeout set to 120
# selftests: kvm: private_mem_lpage_race_test
# # the last words <of> the program & its kernel
# time=120000ms
not ok 3 selftests: kvm: private_mem_lpage_race_test # TIMEOUT 120 seconds
'''.format(boundary=BOUNDARY, known=KNOWN, case=CASE, wanted=WANTED)


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(content)


def failing_run(folder):
    """Two failures, of which one has a picture; a known bug, and one that is skipped."""
    write(folder, 'ktap.log', KTAP)
    write(folder, 'summary.tsv', '%s\tfailed\t1\t1\t1\t12.3\n%s\tpassed\t1\t0\t0\t0.9\n'
          'private_mem_lpage_race_test\tfailed\t0\t1\t0\t120.0\n' % (BOUNDARY, KNOWN))
    write(folder, 'times.tsv', 'kernel, tests\t4200\nprograms\t133200\nboot of a VM\t3100\n')
    write(folder, 'kernel', '7.3.4\n')
    write(folder, 'verdict', 'FAIL: kernel 7.3.4: 2 of 5 sub-tests failed; logs in results/x\n')
    write(folder, 'failures/%s.%s.json' % (BOUNDARY, CASE), json.dumps(FAILURE))
    write(folder, 'failures/half-written.json', '{"program": "')
    write(folder, 'vm1/console.log', 'Linux version\n')


def passing_run(folder):
    good = [line for line in KTAP.split('\n') if line.startswith('# ok') or 'selftests: kvm: ' in line]
    log = '\n'.join(line.replace('not ok', 'ok').partition(' # exit')[0].partition(' # TIMEOUT')[0]
                    for line in good)
    write(folder, 'ktap.log', log + '\n')
    write(folder, 'summary.tsv', '%s\tpassed\t1\t0\t1\t10.1\n%s\tpassed\t1\t0\t0\t1.1\n'
          'private_mem_lpage_race_test\tpassed\t1\t0\t0\t7.0\n' % (BOUNDARY, KNOWN))
    write(folder, 'kernel', '7.3.4\n')
    write(folder, 'verdict', 'PASS: kernel 7.3.4: 3 sub-tests passed, 1 skipped; logs in results/x\n')


def matrix(folder):
    """A release that passes, one that fails, and one that could not be run."""
    passing_run(os.path.join(folder, '7.2'))
    failing_run(os.path.join(folder, '7.3-debug'))
    rows = []
    for name, release, debug in (('7.2', '7.2', 0), ('7.3-debug', '7.3', 1)):
        with open(os.path.join(folder, name, 'summary.tsv'), encoding='utf-8') as file:
            rows += ['%s\t%d\t%s' % (release, debug, line) for line in file]
        write(folder, name + '/report.html', '<title>a run</title>')
    write(folder, 'matrix.tsv', ''.join(rows) + '6.12\t0\t-\tnot run\t0\t0\t0\t0\tno such package\n')
    write(folder, 'notes', '7.2: 1 skipped: no 1G hugetlb pages\n')
    write(folder, 'verdict', 'INCOMPLETE: the suite on 7.2 7.3-debug 6.12, in 99 s\n')


def regressions(folder):
    """A bug that is noticed, with a picture, and one that is not."""
    write(folder, 'regressions.tsv', 'bug\tclass\toutcome\tnoticed by\tseconds\tsteps\tboundary\trace\tmessage\n'
          'no_recursion\tUNSAFE\tcaught\t%s\t1.5\t\t1.5\t-\t%s\n'
          'a_new_one\tPERF\tMISSED\t\t\t\t.\tskip\t\n' % (BOUNDARY, WANTED))
    write(folder, 'no_recursion/%s.log' % BOUNDARY, WANTED + '\n')
    write(folder, 'no_recursion/failures/x.json', json.dumps(FAILURE))
    write(folder, 'verdict', 'FAIL: kernel 7.3.4: 2 bugs: 1 caught, 1 missed\n')


def reproduced(folder):
    write(folder, 'kernel.diff', '--- a/arch/x86/kvm/mmu/mmu.c\n+++ b/arch/x86/kvm/mmu/mmu.c\n@@ -1 +1 @@\n'
          '-\treturn a < b;\n+\treturn a <= b;\n')
    write(folder, 'differences.tsv', '%s\t%s\tok\tnot ok\n' % (BOUNDARY, CASE))
    write(folder, 'reproducer', 'Smallest scenario that tells them apart, 4 steps\n')
    write(folder, 'bug/failures/x.json', json.dumps(FAILURE))
    write(folder, 'verdict', 'DIFFERS: kernel 7.3.4: bug changes 1 verdicts\n')


def comparison(folder):
    write(folder, 'compared.tsv', 'A\t/results/a\nB\t/results/b\n')
    write(folder, 'differences.tsv', '%s\t%s\tpassed\tfailed (TIMEOUT)\n' % (BOUNDARY, CASE))
    write(folder, 'seconds.tsv', '%s\t10.1\t12.3\n%s\t-\t0.9\n' % (BOUNDARY, KNOWN))
    write(folder, 'verdict', 'DIFFERS: 1 verdicts changed from a to b\n')


def bisection(folder):
    commit, before = '1234567890abcdef' * 2 + '12345678', 'fedcba0987654321' * 2 + 'fedcba09'
    unit = '%s -r %s' % (BOUNDARY, CASE)
    write(folder, 'commits.tsv', '1\t%s\tMon Nov 23 10:00:00 2026 +0000\tKVM: x86: simplify\n' % commit)
    write(folder, 'steps.tsv', '%s\t%s\tbad\tfails 3 of 3\t9\tKVM: x86: simplify\n'
          '%s\t%s\tgood\tfails 0 of 3\t8\tKVM: x86: what was before\n' % (unit, commit, unit, before))
    write(folder, '1/sub-tests', '%s\t%s\n' % (BOUNDARY, CASE))
    write(folder, '1/mail', 'Subject: [REGRESSION] KVM: x86: simplify\n\n#regzbot introduced: %s\n' % commit)
    write(folder, '1/r-1/failures/x.json', json.dumps(FAILURE))
    write(folder, 'verdict', 'FOUND: 1 commits for 1 failing sub-tests, in 99 s\n')


def costs(folder):
    """Two kernels, of which the second takes longer for one figure, and has one more."""
    write(folder, 'cost.tsv', 'case\tsize\tfigure\tunit\ta\tb\tratio\n'
          'recount\t1073741824\tto_private\tinstructions\t208200000\t416400000\t2\n'
          'recount\t4096\tto_private\tinstructions\t3361\t3361\t1\n'
          'stall\t4096\tprivate_wait\tinstructions\t\t20949\t\n')
    write(folder, 'cost.svg', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 480"/>\n')
    write(folder, 'a.kernel', '7.3.4')
    write(folder, 'b.kernel', '7.3.4 with a_rule')
    write(folder, 'verdict', 'FAIL: what conversions cost on 7.3.4 and 7.3.4 with a_rule\n')


# Each kind, and what its page says.
KINDS = {
    failing_run: ('FAIL', {'passed': 2, 'failed': 2, 'known bugs': 1, 'skipped': 1, 'programs': 3}),
    passing_run: ('PASS', {'passed': 3, 'failed': 0, 'known bugs': 1, 'skipped': 1, 'programs': 3}),
    matrix: ('INCOMPLETE', {'passed': 5, 'failed': 2, 'skipped': 2, 'kernels': 3, 'not run': 1}),
    regressions: ('FAIL', {'noticed': 1, 'missed': 1, 'equivalent': 0, 'not built': 0, 'bugs': 2}),
    reproduced: ('DIFFERS', {'verdicts changed': 1, 'programs': 1}),
    bisection: ('FOUND', {'commits': 1, 'sub-tests': 1, 'revisions tried': 2}),
    costs: ('FAIL', {'figures': 3, 'compared': 2}),
    comparison: ('DIFFERS', {'verdicts changed': 1, 'programs': 2}),
}
