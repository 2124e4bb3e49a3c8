// SPDX-License-Identifier: GPL-2.0-only
// Name: page_that_is_only_read_is_dirty
// Class: PERF
// Origin: plausible
// A user would see: a live migration that copies all pages the guest has ever looked at
// Observable: yes: by KVM_GET_DIRTY_LOG
// First: dirty_log global.page_that_nobody_wrote_is_not_dirty
// File: arch/x86/kvm/mmu/spte.c
@@
identifier S;
expression SLOT;
@@
make_spte(...)
{
<...
- (S & PT_WRITABLE_MASK) && kvm_slot_dirty_track_enabled(SLOT)
+ kvm_slot_dirty_track_enabled(SLOT)
...>
}
