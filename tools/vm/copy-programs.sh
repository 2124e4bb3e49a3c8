#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: copy-programs.sh ROOT FOLDER FILE...
# Copy programs into ROOT/FOLDER, and the shared libraries that they need to their places in ROOT.

root=$1
folder=$2
shift 2
mkdir -p "$root$folder" && cp -t "$root$folder" "$@" || exit

ldd "$@" | grep -o '/[^ :]*' | sort -u | while read -r file; do
	case " $* " in *" $file "*) continue ;; esac
	[ -e "$root$file" ] || { mkdir -p "$root${file%/*}" && cp -L "$file" "$root$file"; } || exit
done
