#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Check graft, ungraft and patch, as TAP, on copies of the KVM selftests of KSRC and of a cached
# source that has the other layout. Nothing is built here; tools/intree.sh does that.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/../passed.sh"
. "$(dirname "$0")/layout.sh"

export GIT_AUTHOR_NAME=check GIT_AUTHOR_EMAIL=check@localhost
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

# copy_tree SOURCE: what a graft looks at, to $tmp/tree in git, and to $tmp/plain without git.
copy_tree()
{
	rm -rf "${tmp:?}"/* && mkdir -p "$tmp/before/$in_tree/kvm" && (cd "$1/$in_tree/kvm" &&
		cp -r --parents -t "$tmp/before/$in_tree/kvm" Makefile* config settings .gitignore include/kvm_util.h \
			lib/kvm_util.c "$name"/private_mem_*.c) && cp -r "$tmp/before" "$tmp/plain" &&
		cp -r "$tmp/before" "$tmp/tree" && git -C "$tmp/tree" init -q &&
		git -C "$tmp/tree" add -A -f && git -C "$tmp/tree" commit -q -m base || die "cannot write in $tmp"
}

# run NAME TREE: a script of tools/.
run()
{
	KDIR=$2 "$top/tools/$1.sh"
}

git_is_clean()
{
	[ -z "$(git -C "$tmp/tree" status --porcelain --ignored | tee /dev/stderr)" ]
}

git_sees_every_file()
{
	run graft "$tmp/tree" || return
	! git -C "$tmp/tree" status --porcelain --ignored | grep '^!!' || return
	[ -n "$(git -C "$tmp/tree" ls-files --others --exclude-standard)" ]
}

second_graft_changes_nothing()
{
	run graft "$tmp/plain" && cp -r "$tmp/plain" "$tmp/once" && run graft "$tmp/plain" &&
		diff -r "$tmp/once" "$tmp/plain" || return
	[ -z "$(find "$tmp/plain" -type f -newer "$tmp/once" | tee /dev/stderr)" ]
}

# Only lines that are added, none that changes.
lines_are_only_added()
{
	git -C "$tmp/tree" diff
	! git -C "$tmp/tree" diff | grep -q '^-[^-]'
}

# What stays when an older state of this project is grafted, and when all of it was built.
leave_products()
{
	local place=$1/$in_tree/kvm file

	touch "$place/$name"/private_mem_lpage_{gone_test{,.c,.o,.d},boundary_test{,.o,.d}} \
		"$place"/lib/lpage/{,host/}{gone.c,gone.h,gone.o,gone.d} "$place/lpage_scenarios/gone.scenario"
	for file in "$place"/Makefile{,.kvm}; do
		[ ! -f "$file" ] || sed -i '/private_mem_kvm_exits_test/ {
			p
			s/kvm_exits/lpage_gone/
		}' "$file"
	done
}

graft_removes_what_is_outdated()
{
	leave_products "$tmp/tree"
	run graft "$tmp/tree" || return
	! find "$tmp/tree" -name '*gone*.[ch]' -o -name 'gone.scenario' | grep . || return
	! grep -r lpage_gone "$tmp/tree/$in_tree/kvm" --include='Makefile*'
}

ungraft_leaves_no_trace_in_git()
{
	leave_products "$tmp/tree"
	run ungraft "$tmp/tree" && git_is_clean
}

ungraft_restores_every_byte()
{
	leave_products "$tmp/plain"
	run ungraft "$tmp/plain" && diff -r "$tmp/before" "$tmp/plain"
}

ungraft_of_a_clean_tree_changes_nothing()
{
	run ungraft "$tmp/plain" && diff -r "$tmp/before" "$tmp/plain"
}

# Installed config and settings are copies of the tree's.
ungraft_restores_an_installation()
{
	local installed=$tmp/plain/$in_tree/kselftest_install

	rm -rf "$tmp/plain" && cp -r "$tmp/before" "$tmp/plain" && mkdir -p "$installed/"{kvm,kselftest-packages} &&
		cp "$tmp/before/$in_tree/kvm/"{config,settings} "$installed/kvm/" &&
		echo kvm:pre_fault_memory_test >"$installed/kselftest-list.txt" || return
	cp -r "$tmp/plain" "$tmp/installed" && run graft "$tmp/plain" &&
		cp "$tmp/plain/$in_tree/kvm/"{config,settings} "$installed/kvm/" &&
		touch "$installed/kvm/private_mem_lpage_boundary_test" &&
		echo kvm:private_mem_lpage_boundary_test >>"$installed/kselftest-list.txt" &&
		tar -czf "$installed/kselftest-packages/kselftest.tar.gz" -C "$installed" kvm &&
		run ungraft "$tmp/plain" && diff -r "$tmp/installed" "$tmp/plain"
}

# A last line without an end is kept so.
ungraft_restores_files_without_last_newline()
{
	local file

	for file in Makefile config settings; do
		truncate -s -1 "$tmp/plain/$in_tree/kvm/$file"
	done
	cp -r "$tmp/plain" "$tmp/without_newline" && run graft "$tmp/plain" && run ungraft "$tmp/plain" &&
		diff -r "$tmp/without_newline" "$tmp/plain"
}

# refuses COMMAND...: after this command in kvm/, graft says one line and changes nothing.
refuses()
{
	rm -rf "$tmp/odd" "$tmp/odd_before"
	cp -r "$tmp/before" "$tmp/odd" && (cd "$tmp/odd/$in_tree/kvm" && "$@") &&
		cp -r "$tmp/odd" "$tmp/odd_before" || return
	run graft "$tmp/odd" >"$tmp/said" 2>&1
	[ $? = 2 ] || { echo "not refused" && return 1; }
	cat "$tmp/said"
	[ "$(wc -l <"$tmp/said")" = 1 ] && diff -r "$tmp/odd_before" "$tmp/odd"
}

refuses_unknown_layouts()
{
	refuses rm -r "$arch" && refuses rm "$makefile" && refuses rm config && refuses rm settings &&
		refuses sed -i '/private_mem_kvm_exits_test/d' "$makefile" &&
		refuses sed -i '/lib.mk/d' "$makefile" && refuses sed -i '/!\*\.c/d' .gitignore &&
		refuses sed -i '1i # private_mem_lpage_x_test' "$makefile" &&
		refuses sed -i "1i $heading" config
}

git_am_takes_the_patches()
{
	run patch "$tmp/tree" >"$tmp/mbox" && git -C "$tmp/tree" am -q "$tmp/mbox" && git_is_clean
}

# Then there is nothing that graft could add.
patches_are_the_graft()
{
	run graft "$tmp/tree" && git_is_clean
}

# The same from a tree without git, where a graft and its products lie about; and as from a hook: git says
# by variables where its repository is, which is another one.
patches_of_a_tree_without_git()
{
	git -C "$tmp/tree" rev-parse HEAD >"$tmp/head" &&
		rm -rf "$tmp/plain" && cp -r "$tmp/before" "$tmp/plain" && run graft "$tmp/plain" &&
		leave_products "$tmp/plain" && cp -r "$tmp/plain" "$tmp/grafted" &&
		GIT_DIR=$tmp/tree/.git GIT_INDEX_FILE=$tmp/tree/.git/index GIT_PREFIX='' run patch "$tmp/plain" \
			>"$tmp/mbox2" && diff -r "$tmp/grafted" "$tmp/plain" &&
		diff <(grep -v '^From \|^Date: ' "$tmp/mbox") <(grep -v '^From \|^Date: ' "$tmp/mbox2")
}

# What is in that one stayed.
patch_commits_only_in_its_own_repository()
{
	[ -s "$tmp/mbox2" ] && [ "$(cat "$tmp/head")" = "$(git -C "$tmp/tree" rev-parse HEAD)" ] && git_is_clean
}

# Then no patch asks for them.
patches_of_a_tree_with_all_options()
{
	local file

	rm -rf "$tmp/plain" && cp -r "$tmp/before" "$tmp/plain" || return
	for file in config settings; do
		cat "$top/$file" >>"$tmp/plain/$in_tree/kvm/$file" || return
	done
	run patch "$tmp/plain" >"$tmp/mbox2" && ! grep 'Ask for the options' "$tmp/mbox2" &&
		[ "$(grep -c '^From ' "$tmp/mbox2")" = $(($(grep -c '^From ' "$tmp/mbox") - 1)) ]
}

# Commits and dates change each time.
checkpatch_takes_the_patches()
{
	local mail key new=()

	git mailsplit -o"$tmp" "$tmp/mbox" >"$tmp/said" || return
	read_passed
	for mail in "$tmp"/00*; do
		key="checkpatch patch $checkpatch_sum $(grep -v '^From \|^Date: ' "$mail" | sha256sum)"
		[ -z "${passed[$key]-}" ] || continue
		new+=("$mail")
		echo "$key" >>"$tmp/keys"
	done
	[ ${#new[@]} = 0 ] || {
		printf '%s\0' "${new[@]}" | xargs -0 -n 1 -P "$(nproc)" "$top/tools/checkpatch.sh" &&
			add_passed "$tmp/keys"
	}
}

patch_needs_an_identity()
{
	(
		unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
		run patch "$tmp/plain" >"$tmp/mbox" 2>"$tmp/said"
		[ $? = 2 ] && [ ! -s "$tmp/mbox" ] && cat "$tmp/said" && [ "$(wc -l <"$tmp/said")" = 1 ]
	)
}

check_layout()
{
	copy_tree "$1"
	selftests=$tmp/tree/$in_tree
	kvm=$selftests/kvm
	find_layout
	result "graft: $name: refuses what it does not understand" refuses_unknown_layouts
	result "graft: $name: ungraft of a clean tree changes nothing" ungraft_of_a_clean_tree_changes_nothing
	result "graft: $name: git sees every file" git_sees_every_file
	result "graft: $name: lines are only added" lines_are_only_added
	result "graft: $name: graft removes what is outdated" graft_removes_what_is_outdated
	result "graft: $name: ungraft leaves no trace in git" ungraft_leaves_no_trace_in_git
	result "graft: $name: a second graft changes nothing" second_graft_changes_nothing
	result "graft: $name: ungraft restores every byte" ungraft_restores_every_byte
	result "graft: $name: git am takes the patches" git_am_takes_the_patches
	result "graft: $name: the patches are the graft" patches_are_the_graft
	result "graft: $name: ungraft restores files without last newline" ungraft_restores_files_without_last_newline
	# No matter of the layout.
	[ "$1" = "$KSRC" ] || return
	result "graft: $name: ungraft restores an installation" ungraft_restores_an_installation
	result "graft: $name: patches of a tree without git" patches_of_a_tree_without_git
	result "graft: $name: patch commits only in its own repository" patch_commits_only_in_its_own_repository
	result "graft: $name: checkpatch takes the patches" checkpatch_takes_the_patches
	result "graft: $name: patches of a tree with all options" patches_of_a_tree_with_all_options
	result "graft: $name: patch needs an identity" patch_needs_an_identity
}

# A source with the layout of folder x86 or x86_64: that of KSRC or else a cached one.
source_with()
{
	local source

	for source in "$KSRC" "$cache"/sources/*; do
		[ ! -f "$source/Makefile" ] || [ ! -d "$source/$in_tree/kvm/$1" ] || {
			echo "$source"
			return
		}
	done
}

# What there is to say of the layout of the folder x86 or x86_64.
check_name()
{
	local source

	source=$(source_with "$1")
	if [ -n "$source" ]; then
		mkdir "$tmp" || die "cannot write in $tmp"
		check_layout "$source"
	else
		echo "ok 1 graft: $1 # SKIP no source with this layout is cached (KVER=6.12 has it)"
	fi
	return 0
}

in_tree=tools/testing/selftests
names='x86 x86_64'
pids=()
all=$(mktemp -d) || die "no room for temporary files"
trap 'rm -rf "$all"' EXIT
for name in $names; do
	tmp=$all/$name check_name "$name" >"$all/$name.tap" 2>&1 &
	pids+=($!)
done
# Who dies says why, but not `not ok`.
for pid in "${pids[@]}"; do
	wait "$pid" || failed=yes
done
# One stream of both: each has counted for itself.
for name in $names; do
	cat "$all/$name.tap"
done | awk '{ sub(/^ok [0-9]+/, "ok " n + 1) || sub(/^not ok [0-9]+/, "not ok " n + 1) }
	/^(not )?ok / { n++ }
	{ print }
	END { print "1.." n }'
[ -z "$failed" ] && ! grep -q '^not ok' "$all"/*.tap
