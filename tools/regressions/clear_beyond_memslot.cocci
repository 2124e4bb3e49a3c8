// SPDX-License-Identifier: GPL-2.0-only
// Name: clear_beyond_memslot
// Class: OOB
// Origin: fixed by 98938aa8edd6 (Jan 2019)
// A user would see: KVM_CLEAR_DIRTY_LOG changes memory behind a memslot's bitmap
// Observable: yes: 0, or an Oops, instead of EINVAL
// First: refusal refusal.clear_dirty_log
// File: virt/kvm/kvm_main.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_clear_dirty_log_protect(...)
{
<...
- log->first_page > memslot->npages
+ 0
...>
}

@@
@@
kvm_clear_dirty_log_protect(...)
{
<...
- log->num_pages > memslot->npages - log->first_page
+ 0
...>
}
