// SPDX-License-Identifier: GPL-2.0-only
// Name: clear_log_where_rings_log
// Class: ERR
// First: refusal log_of_memslot_where_rings_log
// Origin: generated, by make mutate
// A user would see: KVM_CLEAR_DIRTY_LOG that succeeds and clears nothing, where dirty rings are in use
// Observable: yes: no ENXIO
// File: virt/kvm/kvm_main.c
@@
@@
kvm_clear_dirty_log_protect(...)
{
<...
- return -ENXIO;
+ return 0;
...>
}
