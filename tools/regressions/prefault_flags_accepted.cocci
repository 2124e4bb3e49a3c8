// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_flags_accepted
// Class: ERR
// Origin: plausible
// A user would see: no error from KVM_PRE_FAULT_MEMORY for flags that this kernel does not know
// Observable: yes: errno
// First: refusal refusal.prefault
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vcpu_pre_fault_memory(...)
{
<...
- if (range->flags)
-	return -EINVAL;
...>
}
