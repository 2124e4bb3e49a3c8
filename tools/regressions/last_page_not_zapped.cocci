// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_not_zapped
// Class: UNSAFE
// Origin: plausible off by one
// A user would see: the last page of a conversion stays mapped
// Observable: yes: a leaf stays
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_pre_set_memory_attributes(...)
{
...
+ if (range->end - range->start > 1)
+	range->end--;
return kvm_unmap_gfn_range(kvm, range);
}
