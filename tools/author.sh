# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the scripts that source this
# Who signs off patches. Sourced after lib.sh.

# find_author FOLDER: exports the person that git there knows; what it makes up from the machine's names
# is nobody.
find_author()
{
	local ident

	ident=$(git -C "$1" -c user.useConfigOnly=true var GIT_AUTHOR_IDENT 2>/dev/null) ||
		die 'git does not know who signs off: set user.name and user.email with git config'
	GIT_AUTHOR_NAME=${ident%% <*}
	GIT_AUTHOR_EMAIL=${ident#*<}
	GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL%%>*}
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
	export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
}

# own_git COMMAND...: in our repository $repo.
own_git()
{
	plain_git -C "$repo" "$@" || die "git $1: failed in $repo"
}
