# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
#
# What the scripts that run programs in the VM share; for tools/host.sh, outside it as well.

# kill_session FILE: all processes of the session whose number FILE has, as a program may have forked.
kill_session()
{
	local session stat line

	read -r session <"$1" || return
	for stat in /proc/[0-9]*/stat; do
		read -r line <"$stat" || continue
		# After the name in brackets: state, parent, process group, session.
		# shellcheck disable=SC2086 # to be split
		set -- ${line##*) }
		[ "$4" != "$session" ] || kill -9 "${line%% *}"
	done 2>/dev/null
}

# unload_kvm: true if KVM's modules are gone, two seconds later at most, as files may still be closing.
unload_kvm()
{
	local module tries=0

	while [ -d /sys/module/kvm ] && [ $((tries += 1)) -le 10 ]; do
		[ $tries = 1 ] || sleep 0.2
		for module in kvm_amd kvm_intel kvm; do
			[ ! -d "/sys/module/$module" ] || rmmod "$module"
		done 2>/dev/null
	done
	[ ! -d /sys/module/kvm ]
}

# load_kvm NAME: the modules that the job has under this name, and those of the kernel where it has none.
load_kvm()
{
	local vendor=intel second

	! grep -qw svm /proc/cpuinfo || vendor=amd
	second=/job/ko/$1.kvm-$vendor.ko
	[ -e "$second" ] || second=/modules/kvm-$vendor.ko
	# shellcheck disable=SC2086 # to be split
	insmod "/job/ko/$1.ko" && insmod "$second" $KVM_LPAGE_VENDOR_PARAMETERS
}
