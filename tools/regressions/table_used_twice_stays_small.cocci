// SPDX-License-Identifier: GPL-2.0-only
// Name: table_used_twice_stays_small
// Class: PERF
// Origin: blind
// A user would see: hugepages that are never large again
// Observable: yes: a hugepage that had page tables stays small
// First: nested_hugepage hugepage.hugepage_with_a_table_used_twice_is_large_again
// File: arch/x86/kvm/mmu/page_track.c
@@
expression S, G;
@@
- kvm_mmu_gfn_allow_lpage(S, G);
+ if (!S->arch.gfn_write_track[gfn_to_index(G, S->base_gfn, PG_LEVEL_4K)])
+	kvm_mmu_gfn_allow_lpage(S, G);
