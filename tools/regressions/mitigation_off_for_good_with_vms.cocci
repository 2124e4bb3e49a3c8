// SPDX-License-Identifier: GPL-2.0-only
// Name: mitigation_off_for_good_with_vms
// Class: ERR
// Origin: plausible
// A user would see: kvm.nx_huge_pages takes "never" while VMs live, and cannot be changed any more
// Observable: yes: errno of the write, and of the next ones
// First: refusal refusal.module_parameter
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; the module parameter cannot be changed any more
@@
@@
set_nx_huge_pages(...)
{
<...
- if (!list_empty(&vm_list)) {
-	mutex_unlock(&kvm_lock);
-	return -EBUSY;
- }
...>
}
