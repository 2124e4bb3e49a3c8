// SPDX-License-Identifier: GPL-2.0-only
// Name: private_not_zapped
// Class: UNSAFE
// Origin: plausible
// A user would see: private memory stays mapped when it becomes shared
// Observable: yes: leaves stay, the guest reads the private content
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_pre_set_memory_attributes(...)
{
...
+ if (!(range->arg.attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE))
+	return false;
return kvm_unmap_gfn_range(kvm, range);
}
