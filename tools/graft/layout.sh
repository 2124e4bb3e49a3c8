# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source this
# What a graft is: where it goes in each release, and how to know it again. Sourced after lib.sh.
#
# Ours in a tree are lib/lpage, lpage_scenarios, all that is called private_mem_lpage_*, the lines of
# the makefile that name them, and a paragraph at the top of config and of settings.

# The folders of lib/: each may use only those before it (tools/includes.sh).
folders='scenario model search host kvm run suite'

include='include lib/lpage/Makefile'
heading='# For private_mem_lpage_*_test'

missed()
{
	die "${KDIR:-$selftests} is not understood: $*"
}

# Set selftests, the folder that was given or that of KDIR, and kvm in it.
find_selftests()
{
	selftests=$1
	if [ -z "$selftests" ]; then
		[ -n "$KDIR" ] || die 'say KDIR=folder of a kernel tree'
		[ -d "$KDIR" ] || die "KDIR=$KDIR: no such folder"
		selftests=$(realpath "$KDIR")/tools/testing/selftests
	fi
	kvm=$selftests/kvm
	[ -d "$kvm" ] || missed "there is no folder ${kvm#"$(dirname "$selftests")/"}"
}

# Set arch and makefile. Since 6.15 the folder and the lists are called x86 and have a makefile of
# their own.
find_layout()
{
	if [ -d "$kvm/x86" ] && [ -f "$kvm/Makefile.kvm" ]; then
		arch=x86
		makefile=Makefile.kvm
	elif [ -d "$kvm/x86_64" ] && [ -f "$kvm/Makefile" ]; then
		arch=x86_64
		makefile=Makefile
	else
		missed 'kvm has neither x86 and Makefile.kvm nor x86_64 and Makefile'
	fi
}

# without_graft FILE: print a makefile, config or settings as it is without a graft. Fails, with the
# reason as the only output, if something of ours is in it that is not as a graft puts it there.
without_graft()
{
	awk -v include="$include" -v heading="$heading" '
		$0 == heading { paragraph = NR }
		paragraph { if ($0 == "") paragraph = 0; next }
		$0 == include || /^TEST_GEN_PROGS_(EXTENDED_)?x86(_64)? \+= x86(_64)?\/private_mem_lpage_[a-z0-9_]+$/ { next }
		/private_mem_lpage_|lib\/lpage/ && !strange { strange = NR }
		{ line[++n] = $0 }
		END {
			if (strange || paragraph) {
				print strange ? "names our tests in line " strange : \
					"has no empty line after line " paragraph
				exit 1
			}
			for (i = 1; i <= n; i++)
				print line[i]
		}' "$1"
}

# strip FILE...: write what these files of kvm/ are without a graft to the folder tmp.
strip()
{
	local file

	for file; do
		without_graft "$kvm/$file" >"$tmp/$file" || missed "kvm/$file $(cat "$tmp/$file")"
		end_like "$kvm/$file" "$tmp/$file"
	done
}

# end_like FILE NEW: awk ends every line of NEW, FILE may not end its last.
end_like()
{
	[ -z "$(tail -c 1 "$1")" ] || truncate -s -1 "$2" || die "cannot write $2"
}

# replace NEW FILE...: give files of kvm/ the contents of tmp/FILENEW, all of them or none.
replace()
{
	local new=$1 file
	shift

	for file; do
		cmp -s "$kvm/$file" "$tmp/$file$new" || {
			cp -p "$kvm/$file" "$kvm/$file.private_mem_lpage" &&
				cat "$tmp/$file$new" >"$kvm/$file.private_mem_lpage"
		} || die "cannot write in $kvm"
	done
	for file; do
		[ ! -e "$kvm/$file.private_mem_lpage" ] || mv -f "$kvm/$file.private_mem_lpage" "$kvm/$file" ||
			die "cannot write $kvm/$file"
	done
}

# Remove our files from kvm/ in whatever layout, with what was built from them. What somebody else
# put into our folders stays.
remove_files()
{
	local folder

	rm -f "$kvm"/*.private_mem_lpage "$kvm"/x86{,_64}/private_mem_lpage_* &&
		rm -f "$kvm"/lib/lpage/{,*/}*.[chod] "$kvm/lib/lpage/Makefile" &&
		rm -f "$kvm"/lpage_scenarios/{*.scenario,.gitignore} ||
		die "cannot remove all of $kvm/lib/lpage and $kvm/x86/private_mem_lpage_*"
	for folder in "$kvm"/lib/lpage{/*,} "$kvm/lpage_scenarios"; do
		[ ! -d "$folder" ] || rmdir "$folder" 2>/dev/null || say "not empty, left: $folder"
	done
}
