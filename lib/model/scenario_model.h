/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the steps of a scenario do to the mapping model, beyond the operations that the
 * model knows itself: what the host does to the memory behind a memslot.
 *
 * One rule serves them all. KVM zaps by gfn whatever is mapped there, private or shared:
 * guest_memfd announces a hole with KVM_FILTER_PRIVATE and the MMU notifier a host range
 * with KVM_FILTER_SHARED, but 6.12 never looks (kvm_tdp_mmu_unmap_gfn_range()), and
 * 7.3 looks only in VMs that have mirror page tables, i.e. TDX
 * (kvm_gfn_range_filter_to_root_types()).
 */
#ifndef LPAGE_SCENARIO_MODEL_H
#define LPAGE_SCENARIO_MODEL_H

#include "model/mapping_model.h"

/*
 * A hole in the guest_memfd behind [@gfn, @gfn + @npages), which lies in one memslot:
 * all leaves that overlap the range go, and the private contents.
 */
void scenario_model_punch(struct mapping_model *model, u64 gfn, u64 npages);

/*
 * fallocate() of what lies in the guest_memfd behind [@gfn, @gfn + @npages), which lies in one
 * memslot: no leaf changes, but large folios may find no room any more.
 */
void scenario_model_allocate(struct mapping_model *model, u64 gfn, u64 npages);

/*
 * Transparent hugepages of the host.  What KVM zaps is what mm announces by its notifiers:
 *
 * - Whatever begins or ends inside a hugepage splits the host's entry for it, and splitting
 *   is announced for the whole hugepage, __split_huge_pmd(): be it the end of a range that
 *   is dropped, zap_pmd_range(), or a boundary between mappings with different flags that
 *   comes to lie there, vma_adjust_trans_huge().  Hugepages that lie in the range as a whole
 *   keep their entry.
 * - Dropping memory is announced for just the range, zap_page_range_single() (7.3:
 *   zap_vma_range_batched()), and so is a change of protection, change_pud_range().  A mapping
 *   that no longer wants hugepages, hugepage_madvise(), is not announced at all.
 * - A collapse is announced for each 2M that was small, collapse_huge_page(), collapse_file()
 *   with retract_page_tables(), collapse_pte_mapped_thp(); nothing happens to those that are
 *   huge (SCAN_PMD_MAPPED).
 *
 * Memory that was lost comes back small: see lib/host/host_huge.c, which allows hugepages only
 * where a step asks for them.
 */

/*
 * madvise(MADV_DONTNEED) on the host addresses of [@gfn, @gfn + @npages), which lies in
 * one memslot: all leaves that overlap the range go, and those of hugepages that are split;
 * anonymous memory is zero afterwards, a file keeps what it holds.
 */
void scenario_model_dontneed(struct mapping_model *model, u64 gfn, u64 npages);

/*
 * A hole in the file behind the host addresses of [@gfn, @gfn + @npages), which lies in
 * one memslot: leaves go wherever these file pages are mapped, in each memslot and at
 * each repetition (see backing_kind_pages()), and the contents; hugepages that the hole
 * begins or ends in are split.
 */
void scenario_model_discard(struct mapping_model *model, u64 gfn, u64 npages);

/*
 * Let something begin and end at [@gfn, @gfn + @npages), which lies in one memslot with
 * memory that splits: hugepages that are split go, as do all leaves in the 2M of the host
 * that either end lies inside of, and if @way takes away an access right, those that overlap
 * the range.  Contents stay.
 */
void scenario_model_split(struct mapping_model *model, u64 gfn, u64 npages, enum split_way way);

/*
 * madvise(MADV_COLLAPSE) on [@gfn, @gfn + @npages), whole 2M of the host's addresses in one
 * memslot: they are huge afterwards, and leaves go where they were small.  Contents stay.
 */
void scenario_model_collapse(struct mapping_model *model, u64 gfn, u64 npages);

/*
 * The host moves [@gfn, @gfn + @npages) to another NUMA node, all of which lie on the wrong one:
 * leaves go wherever these pages are mapped, in each memslot and at each repetition.  A page
 * that moves is unmapped first, which is announced for all of it, try_to_migrate_one(); what
 * it holds and how large the host's mapping of it is stay the same, remove_migration_pte().
 * Pages that lie on the right node already are left alone, __add_folio_for_migration().
 */
void scenario_model_migrate(struct mapping_model *model, u64 gfn, u64 npages);

/* The same for all that any memslot has of the host's memory. */
void scenario_model_evacuate(struct mapping_model *model);

/*
 * The host has been found to map the 2M of its addresses around @gfn in another way than it
 * did: leaves there are gone, since any such change is announced.
 */
void scenario_model_host_changed(struct mapping_model *model, struct model_slot *slot, u64 gfn,
				 bool huge);

/*
 * fork(), and the child writes @tag to the host address of @gfn, which lies in a memslot,
 * and exits.  With a file behind it that write is seen by all.  Anonymous memory is
 * copied on write from then on, so that fork() takes every leaf of every anonymous
 * memslot, and nobody sees the write.  Who carries the step out writes to all of that memory
 * before the step ends, so that no later one does so by the way.  (copy_page_range() reports a
 * whole mapping to KVM, but only if it has an anon_vma, i.e. if it was ever written:
 * vma_needs_copy().  So the host must write to anonymous memory before it makes a memslot of it.)
 */
void scenario_model_fork(struct mapping_model *model, u64 gfn, u64 tag);

/*
 * True if KVM may need memory for @step, so that it can be refused for lack of it.  Not so:
 * - a conversion to shared, as storing no attribute takes none (kvm_vm_set_mem_attributes();
 *   not true up to 7.2, see the known bug CLEARING_NEEDS_MEMORY),
 * - a conversion that changes nothing: KVM looks before it reserves,
 * - a hole in guest_memfd, which is made of whole pages (kvm_gmem_punch_hole()),
 * - a read of pages that are all mapped; a write or an execution may have to split a leaf.
 */
bool scenario_model_takes_memory(const struct mapping_model *model, const struct step *step);

/*
 * Apply @step, which is legal (see checker_allows()), to memslots, attributes and leaves.
 * Contents change only where memory is lost: what a touch or a child wrote is known only
 * to who runs the scenario.
 */
void scenario_model_step(struct mapping_model *model, const struct step *step);

#endif /* LPAGE_SCENARIO_MODEL_H */
