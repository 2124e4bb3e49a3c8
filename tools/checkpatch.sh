#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: checkpatch.sh [--file] FILE
# What does checkpatch of the kernel in KSRC say about a patch, or with --file about a source file?
#
# Not asked for: what only the kernel has, the sign of an errno inside the kernel, that macros which
# define variants for kselftest_harness.h be expressions or statements, that each use of a table's
# rows (STEP_KINDS()) take all columns and end them itself, a change of MAINTAINERS.

ignore=FILE_PATH_CHANGES,BIT_MACRO,MINMAX,STRCPY,USE_NEGATIVE_ERRNO
ignore+=,COMPLEX_MACRO,MULTISTATEMENT_MACRO_USE_DO_WHILE,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,TRAILING_SEMICOLON
# The name of libFuzzer's entry point is libFuzzer's.
[[ ${*: -1} != *_fuzz.c ]] || ignore+=,CAMELCASE,AVOID_EXTERNS
exec "$KSRC/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary --max-line-length=100 \
	--show-types --ignore "$ignore" "$@"
