#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Print a graft of the kernel tree KDIR as a series of patches for git am: a mailbox on stdout, or
# files in the folder OUT. In a git tree the series applies to HEAD, else to the files that are
# there. It is made in a repository of its own, so that the tree stays as it is.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/graft/layout.sh"
. "$(dirname "$0")/author.sh"

check_options()
{
	local error

	find_selftests ''
	[ -z "$OUT" ] || ! compgen -G "$OUT/*.patch" >/dev/null || die "OUT=$OUT has patches in it already"
	[ -z "$OUT" ] || mkdir -p "$OUT" || die "cannot create $OUT"
	[ ! -e "$KDIR/.git" ] || error=$(git -C "$KDIR" rev-parse --git-dir 2>&1) ||
		die "git cannot read $KDIR: ${error%%$'\n'*}"
}

# Is KDIR in a repository that has the selftests?
in_git()
{
	git -C "$KDIR" cat-file -e "HEAD:./$folder" 2>/dev/null
}

# The selftests as they are without a graft and without what has been built.
copy_selftests()
{
	if in_git; then
		git -C "$KDIR" archive HEAD "$folder" | tar -x -C "$repo"
		[ "${PIPESTATUS[*]}" = '0 0' ] || die "cannot copy HEAD of $KDIR"
		[ ! -d "$repo/$folder/lib/lpage" ] || die "HEAD of $KDIR has these tests already"
	else
		mkdir -p "$repo/$folder" && (cd "$kvm" && find . -type f \( -name '*.[chS]' -o -name '*.sh' \
			-o -name 'Makefile*' -o -name config -o -name settings -o -name .gitignore \) -print0 |
			xargs -0 cp -p --parents -t "$repo/$folder") || die "cannot copy $kvm"
		"$top/tools/ungraft.sh" "$repo/$selftests_in_tree" || exit
	fi
}

# The graft, from which the patches are taken one by one.
copy_grafted()
{
	cp -r "$repo/tools" "$tmp/grafted/" || die "cannot write in $tmp"
	"$top/tools/graft.sh" "$tmp/grafted/$selftests_in_tree" || exit
	find_selftests "$tmp/grafted/$selftests_in_tree"
	find_layout
}

# The makefile names those tests that are there yet.  For each patch all tests are looked at: without
# starting a program, which would take most of the time.
update_makefile()
{
	local test not_yet=()

	for test in "$kvm/$arch"/private_mem_lpage_*.c; do
		test=${test##*/}
		test=$arch/${test%.c}
		[ -e "$repo/$folder/$test.c" ] || not_yet+=(-e "\\,= $test\$,d")
	done
	sed -e '' "${not_yet[@]}" "$kvm/$makefile" >"$repo/$folder/$makefile" || die "cannot write in $tmp"
}

# patch SUBJECT FILE...: a patch that adds these files of kvm/; what it says comes from stdin.
patch()
{
	local subject=$1
	shift

	(cd "$kvm" && cp -r --parents -t "$repo/$folder" -- "$@") || die "cannot write in $tmp"
	update_makefile
	# Not by force: what a tree's .gitignore does not let pass must not get lost unnoticed.
	own_git add -A
	{
		printf 'KVM: selftests: %s\n\n' "$subject"
		fmt -w 72
	} >"$tmp/message" || die "cannot write in $tmp"
	own_git commit -q -s -F "$tmp/message"
}

# One folder after the other, each built on those before it; its README says what it is for, who uses
# it and what tests it.
patch_library()
{
	local part

	for part in $folders; do
		tail -n +4 "$top/lib/$part/README" | patch "$(head -n 1 "$top/lib/$part/README")" \
			"lib/lpage/$part" lib/lpage/Makefile
	done
	patch 'Add scenarios that tell faulty trackers apart' lpage_scenarios <<-'TEXT'
	Add a scenario for each fault of the trackers that were proposed for mixed hugepages, as far as
	userspace can see it. What must happen is not written down there, the model computes it.
	TEXT
}

# claim FILE: a test says in the comment at its top what it claims.
claim()
{
	awk 'NR == 2 && $0 != "/*" { exit }
		NR > 2 && $0 == " */" { exit }
		NR == 3 { sub(/^ \* Claim: /, "") }
		NR > 2 { sub(/^ \* ?/, ""); print }' "$1"
}

patch_programs()
{
	local file name text what

	for file in "$kvm/$arch"/private_mem_lpage_*.c; do
		text=$(claim "$file")
		what='Test the following claim about KVM.'
		[[ $file == *_test.c ]] || what='Measure the following; no runner of tests starts it.'
		name=${file##*/}
		patch "Add ${name%.c}" "$arch/$name" <<-TEXT
		$what

		${text^}
		TEXT
	done
}

# A tree may have all of our options.
patch_options()
{
	cmp -s "$kvm/config" "$repo/$folder/config" && cmp -s "$kvm/settings" "$repo/$folder/settings" && return
	patch 'Ask for the options of the mapping level tests' config settings <<-'TEXT'
	Without these options the tests of mapping levels are skipped: private memory needs a VM type,
	hugepages need hugetlbfs or transparent hugepages.
	TEXT
}

print_series()
{
	if [ -n "$OUT" ]; then
		own_git format-patch -o "$(realpath "$OUT")" base
	else
		own_git format-patch --stdout base
	fi
}

selftests_in_tree=tools/testing/selftests
folder=$selftests_in_tree/kvm
check_options
in_git && find_author "$KDIR" || find_author /
tmp=$(mktemp -d) || die "no room for temporary files"
trap 'rm -rf "$tmp"' EXIT
repo=$tmp/repo
mkdir "$repo" "$tmp/grafted" || die "cannot write in $tmp"
own_git init -q
copy_selftests
own_git add -A -f
own_git commit -q -m base
own_git tag base
copy_grafted
patch_library
patch_programs
patch_options
print_series
