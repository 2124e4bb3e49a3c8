#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does the suite notice bugs that nobody picked? Put mutants, small generated changes, of the
# functions in tools/mutate/functions into KVM, one at a time, and see what notices them.
# Exit status: 0 all that can be noticed are, 1 some survive, 2 could not run.

. "$(dirname "$0")/lib.sh"

check_options()
{
	[ -z "$FUNCTION" ] || [ -z "$PATCH" ] || die "FUNCTION= and PATCH= exclude each other"
	[ -z "$PATCH" ] || [ -f "$PATCH" ] || die "PATCH=$PATCH: no such file"
	case ${SEED:=1} in *[!0-9]*) die "SEED=$SEED is not a number" ;; esac
	# All of them would take days.
	[ -n "$SAMPLE$FUNCTION$PATCH" ] || SAMPLE=200
	case ${SAMPLE:-all} in
	all) SAMPLE= ;;
	*[!0-9]* | 0*) die "SAMPLE=$SAMPLE is neither a number of mutants nor all" ;;
	esac
}

# A copy of the patch under the name the_patch, and of what it changes as it leaves it.
apply_patch()
{
	local file

	patched=$mutants/patched
	rm -rf "$mutants" && mkdir -p "$patched" && cp "$PATCH" "$mutants/the_patch" ||
		die "cannot write $mutants"
	while IFS= read -r file; do
		[ -f "$src/$file" ] || continue
		mkdir -p "$patched/${file%/*}" && cp --no-preserve=mode "$src/$file" "$patched/$file" ||
			die "cannot write in $patched"
	done < <(patched_files "$mutants/the_patch")
	patch -d "$patched" -p1 --no-backup-if-mismatch -r - <"$mutants/the_patch" >"$mutants/log" 2>&1 ||
		die "PATCH=$PATCH does not apply:" \
			"$(grep -m 1 -E 'FAILED|No file|malformed|garbage' "$mutants/log")"
	selection+=(--patch "$patched" "$mutants/the_patch")
}

generate()
{
	lock "$work/mutate"
	mutants=$work/mutate/mutants
	selection=(${FUNCTION:+--function "$FUNCTION"} ${SAMPLE:+--sample "$SAMPLE" --seed "$SEED"})
	if [ -n "$PATCH" ]; then
		apply_patch
	else
		rm -rf "$mutants"
	fi
	mkdir -p "$mutants/rules" || die "cannot create $mutants/rules"
	tool generate.py "$src" "$work/kernel" "$top/tools/mutate/functions" \
		"$top/tools/mutate/survivors" "$mutants" "${selection[@]}" || exit 2
	[ -s "$mutants/mutants.tsv" ] || die "there is nothing to mutate"
	# By itself, to see whether the suite passes with it; and to compare the mutants with.
	[ -z "$PATCH" ] ||
		{ echo '// Class: EQUIVALENT' && cat "$PATCH"; } >"$mutants/rules/the_patch.patch" ||
		die "cannot write in $mutants"
}

# tool SCRIPT ARGUMENTS...: Debian's Python, which has Debian's modules.
tool()
{
	local script=$1
	shift

	leashed /usr/bin/python3 -B "$top/tools/mutate/$script" "$@"
}

# `make regressions` takes patches as well; where its results are is the last that it says.
run()
{
	exec {log}> >(tee "$mutants/log" >&2)
	tee=$!
	# Time for the whole suite: what a short limit lets pass would have to be tried again.
	ONLY='' UPSTREAM='' REPRODUCER='' FULL='' RULES=$mutants/rules \
		LIMIT=${LIMIT:-$((180 * slow_machine_factor))} \
		leashed "$top/tools/regressions.sh" >"$mutants/matrix" 2>&"$log"
	status=$?
	exec {log}>&-
	wait "$tee"
	results=$top/$(sed -n 's/^logs in //p' "$mutants/log")
	[ "$status" -lt 2 ] && [ -f "$results/regressions.tsv" ] || die "the mutants could not be tried"
	cp "$mutants/matrix" "$mutants/mutants.tsv" "$results/" || die "cannot write in $results"
	grep -q '^base kernel before: clean; after: clean' "$mutants/matrix" ||
		die "the kernel without any mutant fails, too: $(grep '^base kernel' "$mutants/matrix")"
}

check_options
get_source python3-clang patch
locate
build_all
generate
run
tool report.py "$mutants" "$work/regressions/modules" "$results"
status=$?
say "logs in ${results#"$top/"}"
exit $status
