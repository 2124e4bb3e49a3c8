# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # top and src are set by lib.sh
# What the jobs share that take a SCENARIO=file. Sourced, after lib.sh.

# Build the host tool lpage and leave its path in lpage.
build_lpage()
{
	local log

	leashed "$top/tools/deps.sh" || exit 2
	leashed "$top/tools/source.sh" || exit 2
	locate
	lpage=$top/results/lpage/plain/lpage
	log=$(mktemp) || die "no room for temporary files"
	leashed make -s -C "$top/tools/lpage" KSRC="$src" lpage >"$log" 2>&1 || {
		tail -n 15 "$log" >&2
		die "cannot build lpage, see $log"
	}
	rm -f "$log"
}

# End with one line and status 2 unless SCENARIO names a file that holds a possible scenario.
check_scenario()
{
	[ -n "$SCENARIO" ] || die "SCENARIO=file is missing"
	[ -f "$SCENARIO" ] || die "SCENARIO=$SCENARIO: no such file"
	build_lpage
	"$lpage" check "$SCENARIO" || exit 2
}
