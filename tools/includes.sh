#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: includes.sh [draw]
# Check from the includes that each folder of lib/ uses only itself and those before it, and that no
# parts go round in a circle; that just kvm/ has kvm_util.h; that no two functions have the same
# name. Prints what is wrong.
# draw: print the folders and their parts as a graph for dot; an arrow up is red.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/graft/layout.sh"

# Lines "a/x b/y": part x of folder a includes a header of part y of folder b.
includes()
{
	local part

	for part in $folders; do
		grep -oE '^#include "[a-z]+/[a-z0-9_]+\.h"' "$part"/*.[ch]
	done | sed -E 's/\.[ch]:#include "/ /; s/\.h"$//' | awk '$1 != $2' | sort -u
}

# Folders as numbers: a line whose second one is higher points to a folder that comes later.
upwards()
{
	awk -v folders="$folders" '
		BEGIN { n = split(folders, name, " "); for (i = 1; i <= n; i++) place[name[i]] = i }
		{
			split($1, from, "/")
			split($2, to, "/")
			if (place[to[1]] > place[from[1]] || !place[to[1]])
				print $1 " must not use " $2
		}'
}

# Headers of ours that are named without their folder.
without_folder()
{
	local header part

	for part in $folders; do
		for header in "$part"/*.h; do
			grep -n "^#include \"${header#*/}\"" ./*/*.[ch] && echo "wanted: $header"
		done
	done
}

# Functions that two files define; host_node_absent.c stands in for another one.
same_names()
{
	local file part

	for part in $folders; do
		for file in "$part"/*.c; do
			[ "$file" = host/host_node_absent.c ] || grep -E '^[a-z].*\(' "$file" | grep -v ';' |
				sed -nE 's/^[^(]*[ *]([a-z_0-9]+)\(.*/\1/p' | sort -u | sed "s|$| $file|"
		done
	done | sort | awk '$1 == last { print $1 "() is in " file " and in " $2 } { last = $1; file = $2 }'
}

draw()
{
	includes | awk -v folders="$folders" '
		BEGIN {
			n = split(folders, name, " ")
			print "digraph lib {\n\trankdir = TB\n\tnode [shape=box, fontsize=10]"
			for (i = 1; i <= n; i++)
				place[name[i]] = i
		}
		{
			split($1, from, "/")
			split($2, to, "/")
			part[from[1]] = part[from[1]] " \"" $1 "\""
			part[to[1]] = part[to[1]] " \"" $2 "\""
			up = place[to[1]] > place[from[1]] ? " [color=red]" : ""
			if (from[1] != to[1])
				arrow[from[1] " -> " to[1] up]
			else
				inside[from[1]] = inside[from[1]] "\t\t\"" $1 "\" -> \"" $2 "\"\n"
		}
		END {
			for (i = 1; i <= n; i++)
				printf "\tsubgraph cluster_%s {\n\t\tlabel = %s\n\t\t%s [shape=folder]\n\t\t%s\n%s\t}\n",
					name[i], name[i], name[i], part[name[i]], inside[name[i]]
			for (a in arrow)
				print "\t" a
			print "}"
		}'
}

cd "$top/lib" || exit
[ "$1" != draw ] || { draw; exit; }
wrong=$(includes | upwards
	includes | tsort 2>&1 >/dev/null
	without_folder
	same_names
	grep -l '^#include "kvm_util.h"' ./*/*.[ch] | sed -n '/^.\/kvm\//!s/$/ must not use kvm_util.h/p')
[ -z "$wrong" ] || { printf '%s\n' "$wrong"; exit 1; }
