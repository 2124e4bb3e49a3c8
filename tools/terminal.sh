# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # variables of the scripts that source this
# How to show that something goes on: on a terminal by one line that is written again and again,
# elsewhere by a line each minute. Colour only on a terminal and without NO_COLOR. Sourced by lib.sh.

red='' green='' plain=''
if [ -t 1 ] && [ -z "$NO_COLOR" ]; then
	red=$'\e[31m' green=$'\e[32m' plain=$'\e[m'
fi
status_shown=$SECONDS

status_is_due()
{
	[ -t 2 ] || [ $((SECONDS - status_shown)) -ge 60 ]
}

# put_status TEXT: may be called at any time.
put_status()
{
	local width

	status_is_due || return 0
	status_shown=$SECONDS
	if [ -t 2 ]; then
		width=$(tput cols 2>/dev/null || echo 80)
		printf '\r\e[K%s' "${1:0:$((width - 1))}" >&2
	else
		say "$1"
	fi
}

# Before anything else is printed.
clear_status()
{
	[ ! -t 2 ] || printf '\r\e[K' >&2
}
