# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source this
# KVERS='6.12 7.2 7.3' in place of a repository: one is made, kept in the cache, in which the source of
# each of these releases is a commit on top of the one before. Sourced by tools/bisect.sh.

check_releases()
{
	[ -z "$KDIR$GOOD$BAD" ] || die 'KVERS= takes the place of KDIR=, GOOD= and BAD='
	read_releases
	[ ${#releases[@]} -ge 2 ] || die "KVERS=$KVERS: two releases at least"
	printf '%s\n' "${releases[@]}" | sort -VC || die "KVERS=$KVERS: from the oldest to the newest"
}

releases_git()
{
	git --git-dir="$KDIR/.git" -c core.compression=1 -c gc.auto=0 "$@"
}

# tree_of FOLDER: the source in there as a tree, which a reference keeps; packages do not change.
tree_of()
{
	local reference tree
	reference=refs/sources/$(basename "$1" | tr -c 'a-z0-9.\n-' _)

	releases_git rev-parse --verify --quiet "$reference" && return
	rm -f "$KDIR/.git/index"
	releases_git --work-tree="$1" add -A -f . && tree=$(releases_git write-tree) &&
		releases_git update-ref "$reference" "$tree" || die "cannot write in $KDIR"
	echo "$tree"
}

# commit_release FOLDER PARENT: the commit; the same for the same source, so that verdicts stay.
commit_release()
{
	local tree date
	tree=$(tree_of "$1") || exit
	date=$(stat -c '%Y +0000' "$1/Makefile")

	GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date releases_git -c user.name=Debian -c user.email=kvm@vger.kernel.org \
		commit-tree "$tree" ${2:+-p "$2"} -m "Linux $(version_in "$1"), as in $(basename "$1")" ||
		die "cannot write in $KDIR"
}

# release_of COMMIT: what people call it.
release_of()
{
	subject "$1" | sed -n 's/^Linux \([^,]*\),.*/v\1/p'
}

version_in()
{
	awk -F ' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL) =/ { v = v (v == "" ? "" : ".") $2 } END { print v }' "$1/Makefile"
}

# Sets KDIR, GOOD and BAD as a person would.
import_releases()
{
	local kver folder commit=''

	for kver in "${releases[@]}"; do
		KDIR='' KVER=$kver step "$top/tools/source.sh"
	done
	KDIR=$cache/bisect/releases
	lock "$KDIR"
	[ -d "$KDIR/.git" ] || git init -q "$KDIR" || die "cannot write in $KDIR"
	rm -f "$KDIR/.git/index.lock"
	for kver in "${releases[@]}"; do
		folder=$(readlink -f "$cache/sources/$kver")
		put_status "taking in ${folder##*/}"
		commit=$(commit_release "$folder" "$commit") || exit
		: "${GOOD:=$commit}"
	done
	releases_git update-ref HEAD "$commit" || die "cannot write in $KDIR"
	clear_status
	BAD=$commit
	# All that lies between two of them counts.
	ALL=1
}
