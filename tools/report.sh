#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: report.sh [FOLDER]
# Make report.html of the results in FOLDER, which is there after each run; without FOLDER, as
# `make report`, of those in RESULTS (default: results/latest), and with OPEN=1 open it. After a run
# a page that cannot be made is one line: the run's own verdict stands.

. "$(dirname "$0")/lib.sh"

# cannot WHY
cannot()
{
	say "no report.html: $*"
	[ -n "$asked" ] && exit 2
	exit 0
}

can_draw()
{
	/usr/bin/python3 -c 'import jinja2' 2>/dev/null
}

asked=
[ -n "$1" ] || asked=yes
folder=${1:-${RESULTS:-$top/results/latest}}
[ -d "$folder" ] || die "RESULTS=$folder: no such folder"
can_draw || [ "$(id -u)" != 0 ] || leashed "$top/tools/deps.sh" python3-jinja2
can_draw || cannot 'python3-jinja2 is missing'
why=$(/usr/bin/python3 -B "$top/tools/report/report.py" "$folder" 2>&1) || cannot "${why##*$'\n'}"
[ -n "$asked" ] || exit 0
echo "$folder/report.html"
[ -z "$OPEN" ] || xdg-open "$folder/report.html" || die "cannot open $folder/report.html"
