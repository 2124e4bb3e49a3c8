#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Print what shall run the VM, and on stderr why: QEMU with tcg or kvm, of which ACCEL= asks for one, or
# bochs, for VENDOR=intel.
#
# The VM runs KVM itself, so hardware acceleration is of use only with nested virtualization.

. "$(dirname "$0")/../lib.sh"

# Print why nested virtualization cannot be used; nothing if it can.
obstacle()
{
	local nested wanted module

	[ -c /dev/kvm ] || { echo 'there is no /dev/kvm' && return; }
	{ : <>/dev/kvm; } 2>/dev/null || { echo '/dev/kvm cannot be opened' && return; }
	# Both are there where they are built in.
	module=kvm_intel
	! grep -qw -m 1 svm /proc/cpuinfo || module=kvm_amd
	nested=$(cat "/sys/module/$module/parameters/nested" 2>/dev/null)
	case $nested in
	Y | 1) ;;
	'') echo '/dev/kvm without kvm_amd or kvm_intel' && return ;;
	*) echo 'nested virtualization is switched off' && return ;;
	esac
	case $VENDOR in amd) wanted='svm' ;; *) wanted='svm|vmx' ;; esac
	trial_boot | grep -qwE "$wanted" || echo "a VM booted with it does not see ${wanted/|/ or }"
}

# A VM that only shows its CPU.
trial_boot()
{
	local dir

	dir=$(mktemp -d) || die 'no room for temporary files'
	mkdir -p "$dir/job/job"
	printf '#!/bin/sh\ngrep -m 1 flags /proc/cpuinfo >/dev/ttyS1\n' >"$dir/job/job/run"
	chmod +x "$dir/job/job/run"
	ACCEL=kvm timeout 60 "$top/tools/vm/boot.sh" "$dir/job" "$dir" </dev/null 2>/dev/null
	rm -rf "$dir"
}

if [ "$VENDOR" = intel ]; then
	say 'VM: Bochs with emulated VMX, as asked for'
	echo bochs
	exit
fi
case $ACCEL in
tcg)
	say 'VM: TCG, as asked for'
	echo tcg
	exit
	;;
esac
why=$(obstacle)
if [ -z "$why" ]; then
	say 'VM: hardware acceleration, nested virtualization works'
	echo kvm
elif [ "$ACCEL" = kvm ]; then
	die "ACCEL=kvm is not possible: $why"
else
	say "VM: TCG with emulated SVM: $why"
	echo tcg
fi
