#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Build the host tool lpage, and say where it is.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/scenario.sh"

build_lpage
echo "$lpage"
