#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Check the form of every file, as TAP: checkpatch of the kernel in KSRC for C, shellcheck for
# scripts, awk's grammar, pyflakes for Python, a licence line for all, and that the folders of lib/ keep their order.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/passed.sh"

# plan WHAT FILE COMMAND...: one check, to be done later.
plan()
{
	checks+=("$*")
}

# check NUMBER WHAT FILE COMMAND...: the outcome of one check into the file $tmp/NUMBER; what the
# command prints says why. A file that has passed is not looked at again until it, or what looks at
# it, changes.
check()
{
	local number=$1 what=$2 file=$3 output key
	shift 3

	key="${*//"$top"/} $checkers ${sums[$file]-}"
	if [ -n "${passed[$key]-}" ]; then
		echo "ok $number $what $file"
	elif output=$("$@" 2>&1); then
		echo "ok $number $what $file"
		[ -z "${sums[$file]-}" ] || echo "$key" >>"$tmp/passed"
	else
		printf '%s\n' "$output" | sed 's/^/# /'
		echo "not ok $number $what $file"
	fi >"$tmp/$number"
}

licensed()
{
	head -n 2 "$1" | grep -q 'SPDX-License-Identifier: GPL-2.0' || {
		echo 'no SPDX line among the first two'
		return 1
	}
}

# In code another check finds what a merge has left, in text none does.
merged()
{
	! grep -nE '^(<<<<<<<|>>>>>>>) ' "$1"
}

# What one awk takes another may not: this machine's is what Debian installs.
parsed()
{
	! awk -f "$1" </dev/null 2>&1 >/dev/null | grep 'syntax error'
}

# Every so many checks from the first one on: what one CPU does.
check_some()
{
	local i

	for ((i = $1; i < ${#checks[@]}; i += $2)); do
		# shellcheck disable=SC2086 # to be split
		check $((i + 1)) ${checks[i]}
	done
}

# The files, also those not committed yet, but nothing that git ignores; the checkout may be another user's,
# and without git: nothing that a build has made.
list_files()
{
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$top \
		git ls-files --cached --others --exclude-standard 2>/dev/null ||
		find . \( -name .git -o -name results -o -name build -o -name __pycache__ \) -prune -o \
			-type f ! -name '*.[od]' -printf '%P\n'
}

cd "$top" || exit
mkdir -p "$cache" && tmp=$(mktemp -d -p "$cache") || die "cannot write in $cache"
trap 'rm -rf "$tmp"' EXIT

# Starting a program takes longer than most checks: the files are read at once.
read_passed
checkers=$checkpatch_sum$(sha256sum <"$top/tools/style.sh")
declare -A sums
checks=() files=()
while read -r sum file; do
	sums[$file]=$sum
	files+=("$file")
done < <(list_files | tr '\n' '\0' | xargs -0 sha256sum -- 2>/dev/null)

for file in "${files[@]}"; do
	case $file in
	*.c | *.h) plan checkpatch "$file" "$top/tools/checkpatch.sh" --file "$file" ;;
	esac
	IFS= read -r first <"$file"
	if [[ $first = '#!'*sh || $file = *.sh ]]; then
		plan shellcheck "$file" shellcheck "$file"
	fi
	case $file in
	*.awk) plan awk "$file" parsed "$file" ;;
	*.py) plan pyflakes "$file" pyflakes3 "$file" ;;
	esac
	case $file in
	*README*) plan merge "$file" merged "$file" ;;
	COPYING | */corpus/* | *.scenario | *.svg) ;;
	*) plan licence "$file" licensed "$file" ;;
	esac
done
plan includes lib "$top/tools/includes.sh"

cpus=$(nproc)
for ((cpu = 0; cpu < cpus; cpu++)); do
	check_some "$cpu" "$cpus" &
done
wait
(cd "$tmp" && seq "${#checks[@]}" | xargs cat)
echo "1..${#checks[@]}"
add_passed "$tmp/passed"
