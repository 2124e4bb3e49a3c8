// SPDX-License-Identifier: GPL-2.0-only
// Name: log_begins_without_flush
// Class: RACE
// First: tlb_flush flush.when_log_splits_a_hugepage
// Origin: held out
// A user would see: a vCPU that runs just then writes pages which are not in the log
// Observable: yes: KVM's count of flushes does not rise
// File: arch/x86/kvm/x86.c
@@
expression kvm, new;
@@
kvm_mmu_slot_apply_flags(...)
{
<...
- kvm_flush_remote_tlbs_memslot(kvm, new);
+ if (!READ_ONCE(eager_page_split))
+ kvm_flush_remote_tlbs_memslot(kvm, new);
...>
}
