// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "host/release.h"
#include "kvm/known_bug.h"

/* By no release as yet: XPASS will tell. */
#define NOT_MENDED	RELEASE_NONE

static const struct known_bug bug[NR_KNOWN_BUGS] = {
	/*
	 * kvm_vm_set_mem_attributes() looks at memslots only, so the MMIO SPTE that KVM
	 * keeps for a gfn without one survives.  kvm_mmu_page_fault() takes every fault on
	 * it for a shared one: the exit is MMIO or, once memslots have changed, a memory
	 * fault that claims a shared access.
	 */
	[STALE_MMIO] = {
		.name = "stale_mmio",
		.reason = "MMIO mapping survives conversion to private",
		.scenario = "touch read 16G\n"
			    "convert private 16G 4K\n"
			    "touch read 16G\n"
			    "expect exit memory_fault\n",
		.wanted = "Wanted KVM_EXIT_MEMORY_FAULT at gpa 0x400000000",
		.got = "got KVM_EXIT_MMIO",
		.first_release = RELEASE(6, 8),
		.last_release = NOT_MENDED,
	},
	/*
	 * kvm_mmu_max_mapping_level() without a fault asks guest_memfd about every private
	 * gfn, also in memslots that have none (6.12 did look).
	 */
	[UNLOG_WARNS] = {
		.name = "unlog_warns",
		.reason = "warning when logging of private memory ends",
		.scenario = "memslot 1 gpa 16G size 2M backing hugetlb_2mb\n"
			    "log 1 on\n"
			    "touch read 16G\n"
			    "convert private 16G 2M\n"
			    "log 1 off\n"
			    "expect no leaf\n",
		.wanted = "Wanted nothing in the kernel log",
		.log = "kvm_mmu_max_mapping_level",
		.first_release = RELEASE(7, 0),
		.last_release = NOT_MENDED,
	},
	/*
	 * kvm_range_has_memory_attributes() takes any entry for an attribute, also those that
	 * a conversion reserved before it ran out of memory.  (7.2 skips them.)
	 */
	[RESERVED_ENTRIES_COUNT] = {
		.name = "reserved_entries_count",
		.reason = "leftovers of a refused conversion count as private",
		.scenario = "memslot 1 gpa 16G size 2M backing hugetlb_2mb\n"
			    "convert private 16G 512K failing 5\n"
			    "convert private 16G+1M 4K\n"
			    "convert shared 16G+1M 4K\n"
			    "touch read 16G+1M\n"
			    "expect exit none\n",
		.wanted = "Wanted 2M x1 at gpa 0x400000000",
		.first_release = RELEASE(6, 8),
		.last_release = RELEASE(6, 12),
	},
	/* kvm_vm_set_mem_attributes() reserves entries even where it will store none. */
	[CLEARING_NEEDS_MEMORY] = {
		.name = "clearing_needs_memory",
		.reason = "conversion to shared needs memory",
		.scenario = "convert private 16G 4K\n"
			    "convert shared 16G 1M failing 1\n"
			    "expect no leaf\n",
		.wanted = "Wanted success at gpa 0x400000000",
		.first_release = RELEASE(6, 8),
		.last_release = RELEASE(7, 2),
	},
	/*
	 * kvm_gmem_bind() does not look at what xa_store_range() returns, which tries twice.  KVM
	 * then faults pages in by a memslot that the guest_memfd does not know of.
	 */
	[BINDING_LOST] = {
		.name = "binding_lost",
		.reason = "guest_memfd forgets a memslot for lack of memory",
		.scenario = "convert private 16G 4K\n"
			    "memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd failing 6 times 2\n"
			    "touch write 16G\n"
			    "punch 16G 4M\n"
			    "expect no leaf\n",
		.wanted = "Wanted no exit at gpa 0x400000000",
		.first_release = RELEASE(6, 8),
		.last_release = RELEASE(7, 2),
	},
	/*
	 * xas_alloc() charges what an xarray takes only if that was made with XA_FLAGS_ACCOUNT;
	 * kvm_create_vm() made mem_attr_array without.  private_mem_lpage_pressure_test shows it.
	 */
	[ATTRIBUTES_NOT_CHARGED] = {
		.name = "attributes_not_charged",
		.reason = "attributes are not charged to the memory cgroup",
		.first_release = RELEASE(6, 8),
		.last_release = RELEASE(6, 12),
	},
	/*
	 * kvm_vcpu_pre_fault_memory() holds kvm->srcu while it retries until the memslot is
	 * there again, and whoever deletes the memslot waits for all holders of kvm->srcu.
	 * Only a signal ends it.  private_mem_lpage_memslot_race_test shows it.
	 */
	[PREFAULT_HANGS] = {
		.name = "prefault_hangs",
		.reason = "pre-faulting hangs while the memslot is deleted",
		.first_release = RELEASE(6, 11),
		.last_release = RELEASE(6, 17),
	},
	/*
	 * A vCPU that found no memslot is about to install an MMIO SPTE, while another one
	 * already sees the new memslot and maps its page: kvm_tdp_mmu_map() takes the page
	 * for one that changed without an invalidation.  No harm is done.
	 * private_mem_lpage_concurrency_test shows it now and then.
	 */
	[NOSLOT_WARNS] = {
		.name = "noslot_warns",
		.reason = "warning when a fault without a memslot meets its creation",
		.log = "at kvm_tdp_mmu_map+",
		.by_chance = true,
		.first_release = RELEASE(6, 15),
		.last_release = NOT_MENDED,
	},
	/*
	 * kvm_arch_mmu_enable_log_dirty_pt_masked() tells by ALIGN(), which rounds up, whether
	 * 64 pages of the log span two hugepages.  Where the last one cleared is the first page
	 * of its hugepage, that says no, and the hugepage stays writable.
	 */
	[CLEARED_PAGE_STAYS_WRITABLE] = {
		.name = "cleared_page_stays_writable",
		.reason = "writes after the clearing of a log are not logged",
		.scenario = "eager_split off\n"
			    "manual_protect initially_set\n"
			    "memslot 1 gpa 16G+2M-4K size 2M+4K hva 2M-4K backing hugetlb_2mb\n"
			    "touch write 16G+2M\n"
			    "log 1 on\n"
			    "clear 16G+2M-4K 8K\n"
			    "touch write 16G+2M\n"
			    "expect 4K x512\n",
		.wanted = "Wanted 4K x512 at gpa 0x400200000",
		.first_release = RELEASE(6, 8),
		.last_release = NOT_MENDED,
	},
	/*
	 * Deleting a memslot zaps its leaves only, so that a hugepage split for execution is
	 * still tracked.  kvm_recover_nx_huge_pages() takes it for granted that there is a
	 * memslot, if any other is logged.
	 */
	[RECOVERY_WARNS] = {
		.name = "recovery_warns",
		.reason = "warning when NX hugepages of a deleted memslot are recovered",
		.scenario = "nx_hugepages on\n"
			    "memslot 1 gpa 16G size 2M backing hugetlb_2mb\n"
			    "memslot 2 gpa 17G size 2M backing hugetlb_2mb\n"
			    "touch execute 16G\n"
			    "delete 1\n"
			    "log 2 on\n"
			    "nx_recover\n"
			    "expect no leaf\n",
		.wanted = "Wanted nothing in the kernel log",
		.log = "kvm_nx_huge_page_recovery_worker",
		.first_release = RELEASE(6, 12),
		.last_release = NOT_MENDED,
	},
	/*
	 * kvm_recover_nx_huge_pages() takes what it recovers off the count of the shadow MMU
	 * (unaccount_nx_huge_page()), also if it is the TDP MMU's.  The latter's count never falls
	 * that way, so that the share of each period is one of all that there ever was.
	 */
	[RECOVERY_TAKES_TOO_MUCH] = {
		.name = "recovery_takes_too_much",
		.reason = "NX hugepages recovered before are counted again",
		.scenario = "nx_hugepages on\n"
			    "memslot 1 gpa 16G size 16M backing hugetlb_2mb\n"
			    "touch execute 16G\n"
			    "touch execute 16G+2M\n"
			    "touch execute 16G+4M\n"
			    "touch execute 16G+6M\n"
			    "touch execute 16G+8M\n"
			    "touch execute 16G+10M\n"
			    "touch execute 16G+12M\n"
			    "touch execute 16G+14M\n"
			    "nx_recover ratio 2\n"
			    "nx_recover ratio 2\n"
			    "expect 4K x2\n",
		.wanted = "Wanted 4K x1 at gpa 0x40",
		.first_release = RELEASE(6, 18),
		.last_release = NOT_MENDED,
	},
	/*
	 * kvm_tdp_page_prefault() tries again for as long as the fault is stale, which it is for
	 * good once the root is obsolete: only its caller gets a new one, kvm_mmu_reload().
	 * Only a signal ends it.  private_mem_lpage_zap_all_test shows it.
	 */
	[PREFAULT_SPINS] = {
		.name = "prefault_spins",
		.reason = "pre-faulting never ends when page tables are dropped meanwhile",
		.first_release = RELEASE(6, 11),
		.last_release = NOT_MENDED,
	},
	/*
	 * __kvm_read_guest_page() and __kvm_write_guest_page(), by which the emulator gets at
	 * memory, go by the memslot's host address and ask for no attribute.
	 * private_mem_lpage_emulator_test shows it.
	 */
	[EMULATOR_MISSES_PRIVATE] = {
		.name = "emulator_misses_private",
		.reason = "the emulator takes private pages for shared ones",
		.first_release = RELEASE(6, 8),
		.last_release = NOT_MENDED,
	},
	/*
	 * kvm_vcpu_pre_fault_memory() goes on with the root that is there, which is obsolete once
	 * all page tables were dropped; only KVM_RUN gets a new one.
	 * private_mem_lpage_zap_all_test shows it.
	 */
	[PREFAULT_SPINS_ON_OBSOLETE_ROOT] = {
		.name = "prefault_spins_on_obsolete_root",
		.reason = "pre-faulting never ends after page tables were dropped",
		.first_release = RELEASE(6, 11),
		.last_release = RELEASE(6, 12),
	},
	/*
	 * KVM does not write hypercall.ret before it leaves with KVM_EXIT_HYPERCALL, and what was
	 * there is taken for the answer.  private_mem_lpage_hypercall_test shows it.
	 */
	[HYPERCALL_RESULT_NOT_CLEARED] = {
		.name = "hypercall_result_not_cleared",
		.reason = "hypercall.ret holds what was there before",
		.first_release = RELEASE(6, 8),
		.last_release = RELEASE(6, 12),
	},
	/*
	 * kvm_dirty_ring_reset() returns at once if it finds a signal, and what it has taken out of
	 * the ring by then is not protected.  private_mem_lpage_dirty_ring_test shows it.
	 */
	[RESET_FORGETS_PAGES] = {
		.name = "reset_forgets_pages",
		.reason = "pages of a dirty ring are forgotten when a signal comes",
		.first_release = RELEASE(6, 17),
		.last_release = NOT_MENDED,
	},
	/*
	 * kvm_send_hwpoison_signal() asks gfn_to_hva_memslot(), which takes each access for a write
	 * and so has no address for what is in a read-only memslot.
	 * private_mem_lpage_memory_failure_test shows it.
	 */
	[FAILURE_WITHOUT_ADDRESS] = {
		.name = "failure_without_address",
		.reason = "signal about a read-only page that failed has a wrong address",
		.first_release = RELEASE(6, 8),
		.last_release = NOT_MENDED,
	},
	/*
	 * vcpu_match_mmio_gen() asks for the generation of the first address space's memslots, also
	 * where the vCPU is in the second one.  private_mem_lpage_smm_test shows it.
	 */
	[MMIO_OUTLIVES_SMM_MEMSLOTS] = {
		.name = "mmio_outlives_smm_memslots",
		.reason = "MMIO of system management mode survives the creation of a memslot",
		.first_release = RELEASE(6, 8),
		.last_release = RELEASE(6, 12),
	},
	/*
	 * kvm_vcpu_pre_fault_memory() never asks whether the vCPU's ring is full, though the leaves
	 * that it installs may be written to and are logged (make_spte()).
	 * private_mem_lpage_dirty_ring_test shows it.
	 */
	[PREFAULT_OVERFLOWS_RING] = {
		.name = "prefault_overflows_ring",
		.reason = "pre-faulting overflows a dirty ring",
		.log = "kvm_dirty_ring_push",
		.first_release = RELEASE(6, 11),
		.last_release = NOT_MENDED,
	},
	/*
	 * Where KVM shadows the guest's page tables for a guest of its own, a fault maps pages
	 * around it as well, as far as the host has them: direct_pte_prefetch_many() and
	 * FNAME(prefetch_gpte) do not ask whether they are private.
	 * private_mem_lpage_nested_table_test shows it.
	 */
	[PREFETCH_IGNORES_ATTRIBUTES] = {
		.name = "prefetch_ignores_attributes",
		.reason = "shadow paging maps private pages ahead as shared ones",
		.first_release = RELEASE(6, 8),
		.last_release = NOT_MENDED,
	},
	/*
	 * When the limit is lowered kvm_mmu_change_mmu_pages() drops page tables with all that
	 * are below, and takes what is left for the limit, however little.
	 * private_mem_lpage_nested_table_test shows it.
	 */
	[LIMIT_OF_TABLES_SINKS] = {
		.name = "limit_of_tables_sinks",
		.reason = "KVM_SET_NR_MMU_PAGES sets a lower limit than it is told",
		.first_release = RELEASE(6, 8),
		.last_release = NOT_MENDED,
	},
};

const struct known_bug *known_bug(enum known_bug_id id)
{
	return &bug[id];
}

bool known_bug_explains(enum known_bug_id id, const char *failure)
{
	const char *wanted = bug[id].wanted, *got = bug[id].got, *log = bug[id].log;

	/* Without, there is no scenario whose failure could be meant. */
	return wanted && known_bug_expected(id) && !strncmp(failure, wanted, strlen(wanted)) &&
	       (!got || strstr(failure, got)) && (!log || strstr(failure, log));
}

bool known_bug_expected(enum known_bug_id id)
{
	return release_is_within(bug[id].first_release, bug[id].last_release);
}
