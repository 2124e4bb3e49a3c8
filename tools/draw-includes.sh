#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Draw how the parts of lib/ use each other, by their includes, with graphviz: into the file OUT, whose
# name ends with what it is to be (.svg, .png, .pdf), else results/includes.svg. An arrow upwards, which
# `make style` refuses, would be red.

. "$(dirname "$0")/lib.sh"

: "${OUT:=$top/results/includes.svg}"
case $OUT in *.svg | *.png | *.pdf) ;; *) die "OUT=$OUT does not end with .svg, .png or .pdf" ;; esac
leashed "$top/tools/deps.sh" graphviz || exit
mkdir -p "$(dirname "$OUT")" && "$top/tools/includes.sh" draw | dot -T"${OUT##*.}" -o "$OUT" &&
	[ "${PIPESTATUS[*]}" = '0 0' ] || die "cannot draw $OUT"
echo "$OUT"
