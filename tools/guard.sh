#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: guard.sh COMMAND...
# Run a command with all that it starts in one process group, and end them all when we are told to
# end: a make that is told so leaves the makes below it running.

set -m
"$@" &
child=$!
trap 'kill -KILL -- "-$child" 2>/dev/null; exit 143' TERM INT HUP
wait "$child"
