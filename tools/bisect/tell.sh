# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the scripts that source this
# What `make bisect` says of a commit that it has found: to whoever asked, and as a mail to whoever wrote
# it. Sourced by tools/bisect.sh.

# sub_tests FILE: of lines with program and sub-test, for people.
sub_tests()
{
	sed 's/^private_mem_lpage_//; s/\t/: /; s/^/  /' "$1"
}

# tell COMMIT SUB-TESTS FOLDER: FOLDER is where its smallest scenario and level map are.
tell()
{
	echo
	echo "First bad commit: $1"
	tree_git log -1 --format='  author  %an <%ae>%n  date    %ad%n  subject %s' "$1"
	echo "Fails since then, $times of $times times:"
	sub_tests "$2"
	cat "$3/reproducer"
}

# mail COMMIT SUB-TESTS FOLDER: text that is ready to be sent.
mail()
{
	cat <<END
To: $(tree_git log -1 --format='%an <%ae>' "$1")
Cc: kvm@vger.kernel.org, regressions@lists.linux.dev
Subject: [REGRESSION] $(subject "$1")

Hello,

since commit $(tree_git log -1 --abbrev=12 --format='%h ("%s")' "$1")
of $(tree_git log -1 --date=short --format=%ad "$1"), these tests of KVM's mapping levels fail:

$(sub_tests "$2")

$(sed 's/ ([^ ()]*\.scenario):/:/' "$3/reproducer")

Each verdict of the bisection was seen $times of $times times; the commit before passes.  A scenario can be
replayed by \`make replay SCENARIO=FILE KDIR=TREE\` of the KVM mapping level selftests.

#regzbot introduced: $1
END
}
