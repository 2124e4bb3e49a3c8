// SPDX-License-Identifier: GPL-2.0-only
// Name: new_memslot_initially_clean
// Class: UNSAFE
// First: dirty_log dirty_log.logged_from_the_start.initially_set
// Origin: plausible
// A user would see: what is written to a memslot that was created logged is missing from its first log
// Observable: yes, with KVM_DIRTY_LOG_INITIALLY_SET: no dirty bits at first
// File: virt/kvm/kvm_main.c
@@
@@
kvm_prepare_memory_region(...)
{
<...
- if (kvm_dirty_log_manual_protect_and_init_set(kvm))
+ if (old && kvm_dirty_log_manual_protect_and_init_set(kvm))
	bitmap_set(...);
...>
}
