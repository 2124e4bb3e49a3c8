# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source this
# Building a revision and trying tests on it. Where it differs from what is built in kvm.ko only, that
# module alone is built, and loaded into the kernel that is there. Sourced by tools/bisect.sh.

# A verdict counts if it comes so often.
times=3

# name_of REVISION: of its module and of its results.
name_of()
{
	echo "r-${1:0:12}"
}

# The modules of the kernel that is built, in a farm for those of others; base is its own, by which it is
# judged whether a bug hangs.
make_farm()
{
	step "$top/tools/regressions/farm.sh" "$farm" "$(nproc)"
	mkdir -p "$modules" && cp "$farm/clean/kvm.ko" "$modules/base.ko" || die "cannot write in $modules"
}

# The kernel of a revision, all of it, with which the modules of others can be built and tried.
build_kernel_of()
{
	base=
	tree_git checkout -q -f --detach "$1" || die "cannot check out $1"
	# What fails there must not end the bisection.
	(
		step "$top/tools/kernel.sh" headers
		step "$top/tools/kernel.sh" image
		step "$top/tools/vm/initrd.sh"
		make_farm
	) || return
	base=$1
}

# build REVISION: its module into $modules; if that cannot be, why says so.
build()
{
	local name patch=$place/patch key

	why=
	[ -n "$base" ] && is_module_only "$base" "$1" || build_kernel_of "$1" || {
		why='does not build'
		return 1
	}
	name=$(name_of "$1")
	mkdir -p "$patch" &&
		tree_git diff --no-renames --no-ext-diff "$base" "$1" -- "${module_paths[@]}" >"$patch/$name" ||
		die "cannot write in $place"
	if [ -s "$patch/$name" ]; then
		key="$(sha256sum "$patch/$name" "$farm/clean/"*.ko | cut -d ' ' -f 1 | tr '\n' ' ')"
		stamped "$modules/$name.stamp" "$key" ||
			leashed "$top/tools/regressions/build.sh" "$src" "$farm" "$patch/$name" "$modules" "$key" || exit
		why=$(cat "$modules/$name.why" 2>/dev/null)
	else
		why='changes nothing in KVM'
	fi
	if [ "$why" = 'changes nothing in KVM' ]; then
		# Built on another kernel it may have been more, which must not be taken for this.
		rm -f "$modules/$name".{kvm-amd.ko,kvm-intel.ko,stamp} &&
			cp "$modules/base.ko" "$modules/$name.ko" || die "cannot write in $modules"
		why=
	fi
	[ -z "$why" ]
}

# run_on FOLDER NAME...: the programs on the modules of that name; what they say is in FOLDER then. A VM
# that cannot be booted ends just this, and it is false.
run_on()
{
	local all=$results name status

	results=$1
	shift
	mkdir -p "$results" || die "cannot create $results"
	queue=("$@")
	for name; do
		classes["$name"]=BASE seconds["$name"]=0
	done
	: >"$results/events.tsv" || die "cannot write in $results"
	(run_queue) &
	child=$!
	wait "$child"
	status=$?
	child=
	results=$all
	return $status
}

# What came of the programs that ran, in their order: verdicts, a line each.
verdicts_in()
{
	awk -F '\t' -v name="$2" '$1 == name && $2 !~ / -m$/ { print $3 }' "$1/events.tsv"
}

# try REVISION: is $unit bad there? Sets verdict: good, bad or skip, and counted, what it goes by.
try()
{
	recall "$1" && return
	if ! build "$1"; then
		verdict=skip counted=$why
	elif [ -n "$COST" ]; then
		judge_cost "$1"
	else
		try_test "$1"
	fi
	remember "$1"
}

# try_test REVISION: does the test $unit fail there, $times of $times?
try_test()
{
	local name folder nr_bad=0 nr_good=0 tries

	name=$(name_of "$1")
	folder=$results/steps/$name
	# A VM that dies takes with it what was to come after.
	for ((tries = 0; tries < times && nr_bad + nr_good < times; tries++)); do
		mapfile -t programs < <(for ((i = nr_bad + nr_good; i < times; i++)); do echo "$unit"; done)
		rm -rf "$folder"
		run_on "$folder" "$name"
		nr_bad=$((nr_bad + $(verdicts_in "$folder" "$name" | grep -cx caught)))
		nr_good=$((nr_good + $(verdicts_in "$folder" "$name" | grep -cx passed)))
	done
	judge
}

judge()
{
	verdict=skip
	[ "$nr_bad" -lt $times ] || verdict=bad
	[ "$nr_good" -lt $times ] || verdict=good
	counted="fails $nr_bad of $((nr_bad + nr_good))"
	[ $((nr_bad + nr_good)) != 0 ] || counted='could not be tried'
}

# try_units REVISION: the same for all tests in the array units, in one VM; what was to come after one
# that brings it down is not known.
try_units()
{
	local name folder verdict counted unit nr_bad nr_good i all

	build "$1" || return
	name=$(name_of "$1")
	folder=$results/steps/all-$name
	mapfile -t all < <(for unit in "${units[@]}"; do
		for ((i = 0; i < times; i++)); do echo "$unit"; done
	done)
	prepare_programs "${all[@]}"
	run_on "$folder" "$name"
	mapfile -t all < <(verdicts_in "$folder" "$name")
	for ((i = 0; i + times <= ${#all[@]}; i += times)); do
		unit=${units[i / times]}
		nr_bad=$(printf '%s\n' "${all[@]:i:times}" | grep -cx caught)
		nr_good=$(printf '%s\n' "${all[@]:i:times}" | grep -cx passed)
		judge
		remember "$1"
	done
}

# Verdicts outlive a bisection that is interrupted: those of the same programs.
recall()
{
	local line

	line=$(awk -F '\t' -v revision="$1" -v unit="$unit" '$1 == revision && $2 == unit { print $3 "\t" $4 }' \
		"$verdicts" | tail -n 1)
	[ -n "$line" ] || return
	verdict=${line%%$'\t'*}
	counted=${line#*$'\t'}
}

# What could not be tried may work the next time.
remember()
{
	[ "$verdict" != skip ] || return 0
	printf '%s\t%s\t%s\t%s\n' "$1" "$unit" "$verdict" "$counted" >>"$verdicts" || die "cannot write $verdicts"
}
