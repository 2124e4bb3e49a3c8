# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source this
# The tree that `make bisect` builds revisions in: a clone that borrows the objects of the user's
# repository, which stays as it is. Sourced by tools/bisect.sh.

# KVM, and what it calls for the memory behind its mappings.
kvm_paths=(arch/x86/kvm virt/kvm 'include/linux/kvm*' 'include/uapi/linux/kvm*' 'arch/x86/include/asm/kvm*'
	'arch/x86/include/uapi/asm/kvm*' include/linux/mmu_notifier.h mm fs/hugetlbfs lib/xarray.c
	include/linux/xarray.h)

# What a revision changes in kvm.ko alone.
module_paths=(arch/x86/kvm virt/kvm include/linux/kvm_host.h)

tree_git()
{
	plain_git -C "$tree" "$@"
}

# commit NAME REVISION: the commit that the user calls so.
commit()
{
	git -C "$repository" rev-parse --verify --quiet "$2^{commit}" || die "$1=$2: no such revision in $repository"
}

subject()
{
	tree_git log -1 --format=%s "$1"
}

# A line about a revision, for people.
revision_line()
{
	tree_git log -1 --abbrev=12 --format='%h %s' "$1"
}

check_repository()
{
	[ -n "$KDIR" ] || die "say KDIR=tree, a git repository of the kernel, GOOD=revision and BAD=revision"
	[ -n "$GOOD" ] || die "GOOD= is missing: a revision at which all is well"
	repository=$(git -C "$KDIR" rev-parse --show-toplevel 2>/dev/null) &&
		[ "$repository" = "$(realpath "$KDIR")" ] || die "KDIR=$KDIR is not a git repository"
	good=$(commit GOOD "$GOOD") && bad=$(commit BAD "${BAD:-HEAD}") || exit
	git -C "$repository" merge-base --is-ancestor "$good" "$bad" ||
		die "GOOD=$GOOD is not among the commits that lead to BAD=${BAD:-HEAD}"
	[ "$good" != "$bad" ] || die "GOOD and BAD are the same commit"
}

# Kept for the next time: what is built in there is most of the time that a bisection takes.
make_tree()
{
	local key

	key=$(printf '%s' "$repository" | sha256sum)
	place=$cache/bisect/$(basename "$repository")-${key:0:12}
	lock "$place"
	tree=$place/tree
	if ! tree_git rev-parse --git-dir >/dev/null 2>&1; then
		rm -rf "$tree"
		git clone -q --shared --no-checkout "$repository" "$tree" || die "cannot clone $repository"
	fi
	# A git that was killed leaves its lock behind.
	rm -f "$tree/.git/index.lock"
}

# is_module_only FROM TO: what differs between the two revisions, as far as it is built, is in kvm.ko.
is_module_only()
{
	! tree_git diff --name-only --no-renames "$1" "$2" |
		grep -vE '^(Documentation|LICENSES|samples|tools)/|^(MAINTAINERS|CREDITS|\.mailmap)$|^arch/([^x]|x[^8])[^/]*/' |
		grep -qvE '^(arch/x86/kvm|virt/kvm)/([^K]|K[^c])*$|^include/linux/kvm_host\.h$'
}

# begin_search: git bisect, which moves nothing but BISECT_HEAD.
begin_search()
{
	local paths=()

	[ -n "$ALL" ] || paths=("${kvm_paths[@]}")
	tree_git bisect reset >/dev/null 2>&1
	tree_git bisect start --no-checkout "$bad" "$good" -- "${paths[@]}" >"$search" 2>&1 ||
		die "git bisect: $(tail -n 1 "$search")"
}

# answer good|bad|skip REVISION: what git says is in $search.
answer()
{
	tree_git bisect "$1" "$2" >"$search" 2>&1
}

is_to_go_on()
{
	grep -q '^Bisecting: ' "$search"
}

# The one that it is, or those that it may be.
culprits()
{
	sed -nE 's/^([0-9a-f]{40,})( is the first bad commit)?$/\1/p' "$search"
}
