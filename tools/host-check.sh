#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does this machine's own KVM offer what the tests need (for ON=host)? If not, say what is missing.

. "$(dirname "$0")/lib.sh"

# has CAPABILITY BIT: from KVM_CHECK_EXTENSION (0xae03), numbers as in linux/kvm.h.
has()
{
	perl -e 'open(my $kvm, "+<", "/dev/kvm") or exit 1;
		exit !(int(ioctl($kvm, 0xae03, $ARGV[0])) >> $ARGV[1] & 1)' "$@"
}

[ -c /dev/kvm ] || die 'ON=host: there is no /dev/kvm'
{ : <>/dev/kvm; } 2>/dev/null || die 'ON=host: /dev/kvm cannot be opened (group kvm?)'
has 235 1 || die "ON=host: this kernel's KVM has no KVM_X86_SW_PROTECTED_VM (CONFIG_KVM_SW_PROTECTED_VM)"
# With those of guest_memfd there is less to test, and with none nothing.
[ "$(cat /sys/module/kvm/parameters/gmem_in_place_conversion 2>/dev/null)" = Y ] || has 233 3 || die "ON=host: this kernel's KVM has no memory attributes of the VM; switch on" \
	"CONFIG_KVM_VM_MEMORY_ATTRIBUTES and kvm.gmem_in_place_conversion=N"
