#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Remove the results and the cached builds; with KVER=all the kernel sources as well.

. "$(dirname "$0")/lib.sh"

for file in "$cache"/build/*/{,*/}lock; do
	[ ! -e "$file" ] || flock -n "$file" true || die "another run uses ${file%/*}"
done
rm -rf "$top/results" "$top/lib/tests/build" "$cache/build" ||
	die "cannot remove all of $top/results, $top/lib/tests/build and $cache/build"
[ "$KVER" != all ] || rm -rf "$cache" || die "cannot remove all of $cache"
