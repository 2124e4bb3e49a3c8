// SPDX-License-Identifier: GPL-2.0-only
// Name: mixed_flag_ignored
// Class: UNSAFE
// Origin: plausible; catalogue M12c
// A user would see: hugepages over private pages: the guest loses private data
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
expression linfo;
@@
- !linfo->disallow_lpage
+ !(linfo->disallow_lpage & (int)~KVM_LPAGE_MIXED_FLAG)
