#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Build and install the KVM selftests with ours among them.
#
# The kernel tree stays untouched: the build runs in an overlay, a folder that looks like the tree
# but has a copy of kvm/ of its own, and links for everything else. INSTALLED names a folder with an
# installation from elsewhere, to be taken instead; a KERNEL that changes nothing that the tests are built from
# takes that of the kernel below it.

. "$(dirname "$0")/lib.sh"

make_overlay()
{
	link_tree "$src" "$overlay" tools/testing/selftests/kvm usr/include
	ln -sfn "$work/kernel/usr/include" "$overlay/usr/include"
}

# Sources only: a person's tree may hold objects from a build of its own.
copy_kvm()
{
	rsync -rlc --chmod=u+w --include='*/' --include='*.[chS]' --include='*.sh' --include='Makefile*' \
		--include=config --include=settings --exclude='*' \
		"$src/tools/testing/selftests/kvm" "$selftests/" || die "cannot copy to $selftests"
}

# With SUITE, the selftests are those of the series in tools/upstream.
add_series()
{
	leashed "$top/tools/upstream/tree.sh" || exit
	rsync -rc "$work/upstream/repo/tools/testing/selftests/kvm" "$selftests/" || die "cannot copy to $selftests"
}

take_installation()
{
	rm -rf "$work/install" "$work/install.stamp" && cp -r "$INSTALLED" "$work/install" ||
		die "cannot copy $INSTALLED to $work/install"
}

# All that is known of an installation that is not made here is where it is.
take_base_tests()
{
	KERNEL='' leashed "$top/tools/tests.sh" || exit
	rm -rf "$work/install" "$work/install.stamp" && ln -s "$base_work/install" "$work/install" ||
		die "cannot write in $work"
}

locate
# The kernel is built meanwhile.
lock "$work/tests"
if [ -n "$INSTALLED" ]; then
	take_installation
	exit
fi
if [ -n "$KERNEL" ] && ! has_own_tests; then
	take_base_tests
	exit
fi
overlay=$work/overlay
selftests=$overlay/tools/testing/selftests
# What make knows of objects' dependencies holds where they were built; a cache may be moved, and a
# tree may change from one layout to another.
layout="$overlay $(cd "$src/tools/testing/selftests/kvm" && echo x86* Makefile*)"
stamped "$work/overlay.stamp" "$layout" || rm -rf "$overlay" "$work/overlay.stamp"
make_overlay
stamp "$work/overlay.stamp" "$layout"
copy_kvm
[ -z "$SUITE" ] || add_series
"$top/tools/graft.sh" "$selftests" || exit

# Ours, upstream's of private memory, to which `make regressions` compares them, and what TEST asks
# for: all of KVM's selftests would take several times as long.
needed_programs()
{
	local path name

	while IFS= read -r path; do
		name=${path##*/}
		# shellcheck disable=SC2053 # a pattern
		case $name in
		private_mem_* | pre_fault_memory_test | guest_memfd_test | set_memory_region_test) ;;
		mmu_memslot_test) ;;
		*) [[ -n $TEST && $name == $TEST ]] || continue ;;
		esac
		printf '%s ' "$path"
	done < <(sed -nE 's/^TEST_GEN_PROGS_(COMMON|x86|x86_64) \+?= ([^$].*)/\2/p' "$selftests"/kvm/Makefile*)
}

programs=$(needed_programs)
make_tests=(make -j"$(nproc)" -C "$selftests" TARGETS=kvm FORCE_TARGETS=1
	TEST_GEN_PROGS_x86="$programs" TEST_GEN_PROGS_x86_64="$programs")
logged "$work/tests.log" "building the tests" "${make_tests[@]}"

# An installation that is younger than all it was made from needs no other.  What the graft changes
# is written anew every time.
is_installed()
{
	[ -d "$work/install" ] && stamped "$work/install.stamp" "$programs" &&
		cmp -s "$selftests/kvm/settings" "$work/install/kvm/settings" &&
		diff -rq "$selftests/kvm/lpage_scenarios" "$work/install/kvm/lpage_scenarios" >/dev/null &&
		[ -z "$(find "$selftests" -newer "$work/install.stamp" -type f ! -name config \
			! -name settings ! -name 'Makefile*' -print -quit)" ]
}

! is_installed || exit 0
rm -rf "$work/install.new" "$work/install.stamp"
logged "$work/install.log" "installing the tests" \
	"${make_tests[@]}" install INSTALL_PATH="$work/install.new"
rm -rf "$work/install" && mv "$work/install.new" "$work/install" || die "cannot write in $work"
stamp "$work/install.stamp" "$programs"
