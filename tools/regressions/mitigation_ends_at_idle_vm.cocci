// SPDX-License-Identifier: GPL-2.0-only
// Name: mitigation_ends_at_idle_vm
// Class: UNSAFE
// Origin: held out
// A user would see: a guest goes on executing from hugepages after kvm.nx_huge_pages=force
// Observable: yes: leaves stay
// First: nx_hugepage global.change_reaches_every_vm
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier kvm;
@@
set_nx_huge_pages(...)
{
<...
+ if (!READ_ONCE(kvm->arch.nx_huge_page_recovery_thread))
+ 	break;
  mutex_lock(&kvm->slots_lock);
...>
}
