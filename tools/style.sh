#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Check the form of every file, as TAP: checkpatch of the kernel in KSRC for C, shellcheck for
# scripts, awk's grammar, pyflakes for Python, a licence line for all.

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

licensed()
{
	head -n 2 "$1" | grep -q 'SPDX-License-Identifier: GPL-2.0' || {
		echo 'no SPDX line among the first two'
		return 1
	}
}

# What one awk takes another may not: this machine's is what Debian installs.
parsed()
{
	! awk -f "$1" </dev/null 2>&1 >/dev/null | grep 'syntax error'
}

cd "$top" || exit
number=0
# Also what is not committed yet, but nothing that git ignores.
while IFS= read -r file; do
	[ -f "$file" ] || continue
	case $file in
	*.c | *.h) result checkpatch "$top/tools/checkpatch.sh" --file "$file" ;;
	esac
	if head -n 1 "$file" | grep -q '^#!.*sh$' || [[ $file = *.sh ]]; then
		result shellcheck shellcheck "$file"
	fi
	case $file in
	*.awk) result awk parsed "$file" ;;
	*.py) result pyflakes pyflakes3 "$file" ;;
	esac
	case $file in
	*README* | */corpus/* | *.scenario | *.svg) ;;
	*) result licence licensed "$file" ;;
	esac
done < <(git ls-files --cached --others --exclude-standard 2>/dev/null || find . -type f | sed 's/^..//')
echo "1..$number"
