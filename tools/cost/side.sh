#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: side.sh check|build|run SIDE RESULTS
# One of the kernels that `make cost` compares, as KVER, KDIR, KERNEL, PATCH and RULE say: is that possible?
# Build it, or run private_mem_lpage_cost on it. Into the folder RESULTS: SIDE, the figures, and SIDE.kernel, what it is.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../vm/scheduler.sh"
. "$(dirname "$0")/../regressions/lib.sh"

side=$2
results=$3
lane=$results/$side.vm
program=private_mem_lpage_cost

# What a rule needs in order to be noticed by a test does not matter here.
lacks()
{
	:
}

check()
{
	[ -z "$RULE" ] || [ -z "$PATCH" ] || die "RULE= and PATCH= exclude each other"
	[ -z "$rule" ] || [ -f "$rule" ] || die "there is no ${RULE:+rule }$rule"
}

# A rule, or any patch, into kvm.ko.
build_faulty()
{
	local name

	rules=("$rule")
	build_modules
	name=$(basename "$rule" .cocci)
	[ ! -e "$modules/$name.why" ] || die "$name $(cat "$modules/$name.why")"
	job_on "$name" "$lane/job/job"
	echo "$(kernel_name) with $name" >"$results/$side.kernel"
}

build()
{
	get_source ${RULE:+coccinelle} ${PATCH:+patch}
	locate
	build_all
	mkdir -p "$lane/job/job" || die "cannot create $lane"
	if [ "$ON" = host ]; then
		echo "$(uname -r) of this machine" >"$results/$side.kernel"
		return
	fi
	step "$top/tools/vm/initrd.sh"
	kernel_name >"$results/$side.kernel"
	[ -z "$rule" ] || build_faulty
}

make_job()
{
	cp "$top/tools/cost/vm-run" "$lane/job/job/run" && : >"$lane/job/job/lazy_1g" &&
		echo "-u $unit $ARGS" >"$lane/job/job/arguments" &&
		"$top/tools/vm/copy-programs.sh" "$lane/job" /kselftest/kvm "$work/install/kvm/$program" ||
		die "cannot write in $lane"
}

# Of all sides: whoever shows it.
progress()
{
	(cd "$results" && grep -c $'\t' a b 2>/dev/null) | sed 's/:/: /; s/$/ figures/' | paste -s -d , | sed 's/,/, /'
}

# A figure, or a reason why there is none, or the end.
on_line()
{
	case $1 in
	'lpage: end '*) ended=${1#lpage: end } ;;
	*) printf '%s\n' "$1" >>"$results/$side" ;;
	esac
	put_status "$(progress)"
}

run_in_vm()
{
	# A conversion under a fault that makes it slow is silent for minutes.
	silence=$((900 * slow_machine_factor))
	make_job
	run_vm "$lane/job" on_line
	check_emulator
	[ -n "$ended" ] || {
		vm_console | tail -n 15 >&2
		die "the VM of side $side ended early, see $lane/console.log"
	}
}

run_here()
{
	# shellcheck disable=SC2086 # to be split
	leashed "$work/install/kvm/$program" -u cycles $ARGS >"$results/$side"
	ended=$?
}

child='' ended=''
rule=${PATCH:+$(realpath -m "$PATCH")}
[ -z "$RULE" ] || rule=${RULES:-$top/tools/regressions}/$RULE.cocci
locate
unit=instructions
# QEMU counts for who has no hardware virtualization or does not ask for it.
check_vm_options
[ "$ACCEL" = kvm ] && unit=cycles || ACCEL=icount SMP=1
export ACCEL SMP
case $1 in
check) check ;;
build) build ;;
run)
	[ "$ON" = host ] && run_here || run_in_vm
	clear_status
	[ "$ended" = 0 ] || die "$program has ended with status $ended: $(tail -n 1 "$results/$side")"
	rm -rf "$lane/job"
	;;
esac
