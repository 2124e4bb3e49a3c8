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
	if [ -n "$KVERS" ]; then
		echo "First bad release: $(subject "$1")"
		echo "The one before: $(subject "$1^")"
	else
		echo "First bad commit: $1"
		tree_git log -1 --format='  author  %an <%ae>%n  date    %ad%n  subject %s' "$1"
	fi
	[ -n "$COST" ] && echo 'Dearer since then:' || echo "Fails since then, $times of $times times:"
	sub_tests "$2"
	cat "$3/reproducer"
}

# mail COMMIT SUB-TESTS FOLDER: text that is ready to be sent.
mail()
{
	if [ -n "$KVERS" ]; then
		echo 'To: kvm@vger.kernel.org'
		echo 'Cc: regressions@lists.linux.dev'
	else
		tree_git log -1 --format='To: %an <%ae>' "$1"
		echo 'Cc: kvm@vger.kernel.org, regressions@lists.linux.dev'
	fi
	cat <<END
Subject: [REGRESSION] $([ -n "$COST" ] && echo "KVM: $COST" || subject "$1")

Hello,

since $(since "$1"),
$([ -n "$COST" ] && echo 'a conversion between private and shared memory costs KVM more' || echo "these tests of KVM's mapping levels fail"):

$(sub_tests "$2")

$(sed 's/ ([^ ()]*\.scenario):/:/' "$3/reproducer")

$(how_it_was_seen)

#regzbot introduced: $(introduced "$1")
END
}

since()
{
	[ -n "$KVERS" ] && echo "$(release_of "$1"), not in $(release_of "$1^")" ||
		tree_git log -1 --abbrev=12 --date=short --format='commit %h ("%s") of %ad' "$1"
}

# As regzbot reads it.
introduced()
{
	[ -n "$KVERS" ] && echo "$(release_of "$1^")..$(release_of "$1")" || echo "$1"
}

how_it_was_seen()
{
	if [ -n "$COST" ]; then
		echo "Counted by \`make cost\` of the KVM mapping level selftests."
	else
		echo "Each verdict of the bisection was seen $times of $times times; the revision before passes.  A scenario"
		echo "can be replayed by \`make replay SCENARIO=FILE KDIR=TREE\` of the KVM mapping level selftests."
	fi
}
