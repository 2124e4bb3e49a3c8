#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Check the form of every file, as TAP: checkpatch of the kernel in KSRC for C, shellcheck for
# scripts, a licence line for all.

. "$(dirname "$0")/lib.sh"

# result COMMAND...: the outcome of one check of $file; what the command prints says why.
result()
{
	local what=$1 output
	shift

	number=$((number + 1))
	if output=$("$@" 2>&1); then
		echo "ok $number $what $file"
	else
		printf '%s\n' "$output" | sed 's/^/# /'
		echo "not ok $number $what $file"
	fi
}

# Not asked for: what only the kernel has, the sign of an errno inside the kernel, and that macros
# which define variants for kselftest_harness.h be expressions or statements.
checkpatch()
{
	local ignore=FILE_PATH_CHANGES,BIT_MACRO,MINMAX,STRCPY,USE_NEGATIVE_ERRNO

	ignore+=,COMPLEX_MACRO,MULTISTATEMENT_MACRO_USE_DO_WHILE,MACRO_ARG_REUSE
	# The name of libFuzzer's entry point is libFuzzer's.
	[[ $1 != *_fuzz.c ]] || ignore+=,CAMELCASE,AVOID_EXTERNS
	"$KSRC/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary --max-line-length=100 \
		--show-types --ignore "$ignore" --file "$1"
}

licensed()
{
	head -n 2 "$1" | grep -q 'SPDX-License-Identifier: GPL-2.0' || {
		echo 'no SPDX line among the first two'
		return 1
	}
}

cd "$top" || exit
number=0
# Also what is not committed yet, but nothing that git ignores.
while IFS= read -r file; do
	[ -f "$file" ] || continue
	case $file in
	*.c | *.h) result checkpatch checkpatch "$file" ;;
	esac
	if head -n 1 "$file" | grep -q '^#!.*sh$' || [[ $file = *.sh ]]; then
		result shellcheck shellcheck "$file"
	fi
	case $file in
	*README* | */corpus/* | *.scenario | *.svg) ;;
	*) result licence licensed "$file" ;;
	esac
done < <(git ls-files --cached --others --exclude-standard 2>/dev/null || find . -type f | sed 's/^..//')
echo "1..$number"
