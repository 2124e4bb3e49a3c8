// SPDX-License-Identifier: GPL-2.0-only
// Name: page_table_headers_leak
// Class: ERR
// First: exits exits.shared_pages_never_leave.as_written
// Origin: plausible
// A user would see: a little less memory with each VM, and a warning when kvm.ko is unloaded
// Observable: yes: the kernel log, when KVM's caches go with its module
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
__tdp_mmu_free_sp(...)
{
...
- kmem_cache_free(...);
}
