// SPDX-License-Identifier: GPL-2.0-only
// Name: read_only_write_is_emulated
// Class: ERR
// First: backing read_only.memfd.write_before_any_read
// Origin: plausible
// A user would see: a VMM that lets the guest write to read-only memory of its own gets no EFAULT from KVM_RUN
// Observable: yes: another end of KVM_RUN, or none
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_handle_error_pfn(...)
{
<...
- return -EFAULT;
+ return RET_PF_EMULATE;
...>
}
