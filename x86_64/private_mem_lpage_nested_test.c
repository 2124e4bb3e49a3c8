// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a guest of the guest (L2) finds the guest's (L1's) memory as it is, shared or private, by
 * leaves that are as large as attributes and the host's memory allow; what is done to that memory
 * reaches the leaves of both, and what either writes is logged.
 *
 *	vCPU L2		by a second root of KVM's, or by shadow paging if L1 has page tables
 *	vCPU L1		by KVM's first root
 *
 * Whether a page is private KVM tells by L2's gpa (kvm_mmu_page_fault()), so that it is L1's here.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/idle_page.h"
#include "host/one_cpu.h"
#include "host/setting.h"
#include "kvm/kvm_parameter.h"
#include "kvm/nested_vm.h"
#include "kvm/nx_mitigation.h"
#include "kvm/vm_driver.h"
#include "kvm/vm_memory.h"
#include "scenario/scenario.h"
#include "suite/nested_expect.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		NESTED_VM_GPA
#define NR_PAGES	(NESTED_VM_SIZE / SZ_4K)
#define TAG		0x2e57ed0000000001ull

#define RING_BYTES	SZ_64K	/* a CPU with PML keeps back some hundred entries */

/* Pages of the hugepage under test, none of which KVM maps ahead with another one. */
#define OF_L1		0
#define OF_L2		64
#define OF_BOTH		128
#define CONVERTED	256

/* What this program changes: whether logs split hugepages at once; what drops all page tables. */
static const struct step no_split = { .op = STEP_EAGER_SPLIT };
static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };

/* Shared memory of both, whether L1 has page tables for L2 or not. */
FIXTURE(memory)
{
	struct nested_vm vm;
};

FIXTURE_VARIANT(memory)
{
	bool with_tables;
};

FIXTURE_VARIANT_ADD(memory, second_root) {
};

FIXTURE_VARIANT_ADD(memory, shadow_paging) {
	.with_tables = true,
};

FIXTURE_SETUP(memory)
{
	const char *missing = vm_driver_missing_nested(variant->with_tables) ? :
			      suite_missing(BACKING_HUGETLB_2MB);

	if (missing)
		SKIP(return, "%s", missing);

	nested_vm_create(&self->vm, false);
	nested_vm_enter(&self->vm, variant->with_tables);
}

FIXTURE_TEARDOWN(memory)
{
	nested_vm_free(&self->vm);
	setting_restore();
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

TEST_F(memory, levels_follow_attributes)
{
	const struct nested_vm *vm = &self->vm;
	u64 leaves[NR_LEVELS];
	int round;

	for (round = 0; round < 2; round++) {
		nested_write(_metadata, vm, L1, OF_L1, TAG);
		nested_expect_leaves(_metadata, vm, 1, false, "uniform, L1");
		nested_write(_metadata, vm, L2, OF_L2, TAG);
		nested_expect_leaves(_metadata, vm, 2, false, "uniform, both");
		ASSERT_EQ(0, nested_convert(vm, CONVERTED, true));
		nested_expect_leaves(_metadata, vm, 0, false, "mixed now");
		nested_write(_metadata, vm, L2, OF_L2, TAG);
		nested_expect_leaves(_metadata, vm, 0, true, "mixed, L2");
		vm_driver_leaves(vm->vmd, leaves);
		leaves[LEVEL_4K]++;
		nested_write(_metadata, vm, L1, OF_L1, TAG);
		vm_expect_leaves(_metadata, vm->vmd, leaves, BASE, "mixed, both");
		ASSERT_EQ(0, vm_driver_convert(vm->vmd, BASE, SZ_2M, true));
		nested_write(_metadata, vm, L2, OF_L2, TAG);
		nested_expect_leaves(_metadata, vm, 0, true, "private, in 4K pages");
		ASSERT_EQ(0, vm_driver_convert(vm->vmd, BASE, SZ_2M, false));
		nested_expect_leaves(_metadata, vm, 0, false, "uniform again");
	}
}

TEST_F(memory, conversion_reaches_both)
{
	const struct nested_vm *vm = &self->vm;
	const u64 page = CONVERTED;
	enum nested_vcpu vcpu;

	for (vcpu = 0; vcpu < NR_NESTED_VCPUS; vcpu++) {
		nested_write(_metadata, vm, vcpu, page, TAG);
		nested_expect_content(_metadata, vm, page, TAG, "shared");
		ASSERT_EQ(0, nested_convert(vm, page, true));
		nested_write(_metadata, vm, vcpu, page, TAG + 1);
		nested_expect_content(_metadata, vm, page, TAG + 1, "private");
		vm_expect_content(_metadata, TAG, *nested_page(vm, page), nested_gpa(page), "host");
		ASSERT_EQ(0, nested_convert(vm, page, false));
		nested_expect_content(_metadata, vm, page, TAG, "shared again");
	}
}

/*
 * L2's leaves of 4K are found by a list for each page of the range (slot_rmap_walk_next()).  Of the
 * pages that are read none is mapped ahead with another one.
 */
TEST_F(memory, conversion_reaches_each_page_of_a_range)
{
	const u64 nr = 64, page[] = { CONVERTED, CONVERTED + nr / 2, CONVERTED + nr - 1 };
	const struct nested_vm *vm = &self->vm;
	size_t i;

	ASSERT_EQ(0, nested_convert(vm, OF_L1, true));
	for (i = 0; i < ARRAY_SIZE(page); i++) {
		nested_write(_metadata, vm, L1, page[i], TAG);
		nested_write(_metadata, vm, L2, page[i], TAG);
	}
	ASSERT_EQ(0, vm_driver_convert(vm->vmd, nested_gpa(CONVERTED), nr * SZ_4K, true));
	for (i = 0; i < ARRAY_SIZE(page); i++)
		nested_expect_content(_metadata, vm, page[i], 0, "private");
}

TEST_F(memory, hole_reaches_both)
{
	const struct nested_vm *vm = &self->vm;
	const u64 page = CONVERTED;
	enum nested_vcpu vcpu;

	ASSERT_EQ(0, nested_convert(vm, page, true));
	for (vcpu = 0; vcpu < NR_NESTED_VCPUS; vcpu++) {
		nested_write(_metadata, vm, vcpu, page, TAG);
		nested_expect_content(_metadata, vm, page, TAG, "private");
		ASSERT_EQ(0, fallocate(vm->gmem_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				       page * SZ_4K, SZ_4K));
		nested_expect_content(_metadata, vm, page, 0, "cut out");
	}
}

TEST_F(memory, what_the_host_takes_is_gone_for_both)
{
	const struct nested_vm *vm = &self->vm;

	nested_write(_metadata, vm, L1, OF_BOTH, TAG);
	nested_write(_metadata, vm, L2, OF_BOTH, TAG);
	*nested_page(vm, NESTED_VM_SPARE + OF_BOTH) = TAG + 1;
	nested_vm_use_spare(vm);
	nested_expect_leaves(_metadata, vm, 0, false, "taken");
	nested_expect_content(_metadata, vm, OF_BOTH, TAG + 1, "taken");
}

TEST_F(memory, memslot_is_gone_for_both)
{
	const struct nested_vm *vm = &self->vm;

	nested_write(_metadata, vm, L1, OF_BOTH, TAG);
	nested_write(_metadata, vm, L2, OF_BOTH, TAG);
	ASSERT_EQ(0, nested_vm_delete_memslot(vm));
	nested_expect_leaves(_metadata, vm, 0, false, "deleted");
	nested_expect_read(_metadata, vm, L2, OF_BOTH, ACCESS_MMIO, 0, "deleted");
	nested_expect_read(_metadata, vm, L1, OF_BOTH, ACCESS_MMIO, 0, "deleted");
	ASSERT_EQ(0, nested_vm_set_memslot(vm));
	nested_expect_content(_metadata, vm, OF_BOTH, TAG, "there again");
}

/* Each maps the hugepage, or a page of its own in it. */
static void write_both(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	nested_write(_metadata, vm, L1, OF_L1, TAG);
	nested_write(_metadata, vm, L2, OF_L2, TAG);
}

static void replace_memslot(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	ASSERT_EQ(0, nested_vm_delete_memslot(vm));
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, false));
}

static void expect_log(struct __test_metadata *_metadata, const struct nested_vm *vm, bool rings,
		       u64 page, bool wanted, const char *when)
{
	u64 log[NR_PAGES / 64] = { };
	bool got;

	if (rings)
		vm_driver_get_ring_log(vm->vmd, 1, log, NR_PAGES);
	else
		ASSERT_EQ(0, vm_driver_get_log(vm->vmd, 1, log));
	got = log[page / 64] & BIT_ULL(page % 64);
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got the opposite",
		       wanted ? "a dirty page" : "a clean page",
		       (unsigned long long)nested_gpa(page), when);
	}
}

/* The second one that writes finds the page protected anew, or would not be seen. */
static void expect_logged(struct __test_metadata *_metadata, const struct nested_vm *vm, bool rings)
{
	int round;

	for (round = 0; round < 3; round++) {
		nested_write(_metadata, vm, L1, OF_BOTH, TAG);
		expect_log(_metadata, vm, rings, OF_BOTH, true, "written by L1");
		nested_write(_metadata, vm, L2, OF_BOTH, TAG + 1);
		expect_log(_metadata, vm, rings, OF_BOTH, true, "written by L2");
		nested_expect_content(_metadata, vm, OF_BOTH, TAG + 1, "written by L2");
		expect_log(_metadata, vm, rings, OF_BOTH, false, "only read since");
		nested_write(_metadata, vm, L1, OF_BOTH, TAG);
		nested_write(_metadata, vm, L2, OF_BOTH, TAG);
		expect_log(_metadata, vm, rings, OF_BOTH, true, "written by both");
		expect_log(_metadata, vm, rings, OF_BOTH, false, "not written since");
	}
}

/* Of two pages each writes another one, and has the other's, too, which is clean for it. */
static void expect_logged_side_by_side(struct __test_metadata *_metadata,
				       const struct nested_vm *vm, enum nested_vcpu first)
{
	enum nested_vcpu second = first == L1 ? L2 : L1;
	int round;

	for (round = 0; round < 2; round++) {
		nested_expect_content(_metadata, vm, OF_BOTH, *nested_page(vm, OF_BOTH), "read");
		nested_expect_content(_metadata, vm, OF_BOTH + 1, *nested_page(vm, OF_BOTH + 1),
				      "read");
		nested_write(_metadata, vm, first, OF_BOTH, TAG);
		nested_write(_metadata, vm, second, OF_BOTH + 1, TAG);
		expect_log(_metadata, vm, false, OF_BOTH + 1, true, "written by the other");
	}
}

TEST_F(memory, what_either_writes_is_logged)
{
	const struct nested_vm *vm = &self->vm;

	replace_memslot(_metadata, vm);
	write_both(_metadata, vm);
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
	expect_logged(_metadata, vm, false);
	expect_logged_side_by_side(_metadata, vm, L1);
	expect_logged_side_by_side(_metadata, vm, L2);
}

/* L2 has leaves of 4K, to the last page of the memslot (slot_rmap_walk_next()). */
TEST_F(memory, log_begins_for_each_page)
{
	const u64 page[] = { NESTED_VM_OTHER, NESTED_VM_OTHER + 1, NR_PAGES - 1 };
	const struct nested_vm *vm = &self->vm;
	size_t i;

	ASSERT_EQ(0, nested_convert(vm, NESTED_VM_OTHER + OF_BOTH, true));
	replace_memslot(_metadata, vm);
	for (i = 0; i < ARRAY_SIZE(page); i++)
		nested_write(_metadata, vm, L2, page[i], TAG);
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
	for (i = 0; i < ARRAY_SIZE(page); i++) {
		nested_write(_metadata, vm, L2, page[i], TAG + 1);
		expect_log(_metadata, vm, false, page[i], true, "written by L2");
	}
}

/* KVM tells L1 of the end by a page of L1's (nested_svm_vmexit()). */
TEST_F(memory, what_kvm_writes_when_l2_ends_is_logged)
{
	const struct nested_vm *vm = &self->vm;
	int round;

	if (vm_driver_missing_nested_control())
		SKIP(return, "%s", vm_driver_missing_nested_control());

	vm_driver_log_nested_control(vm->vmd);
	for (round = 0; round < 2; round++) {
		nested_write(_metadata, vm, L2, OF_L2, TAG);
		vm_driver_wrote_nested_control(vm->vmd);
		nested_write(_metadata, vm, L2, OF_L2, TAG + 1);
		EXPECT_FALSE(vm_driver_wrote_nested_control(vm->vmd)) {
			TH_LOG("Wanted a clean VMCB at gpa 0x%llx (L2 goes on), got a dirty one",
			       BASE);
		}
		vm_driver_leave_nested(vm->vmd);
		EXPECT_TRUE(vm_driver_wrote_nested_control(vm->vmd)) {
			TH_LOG("Wanted a dirty VMCB at gpa 0x%llx (L2 has ended), got a clean one",
			       BASE);
		}
		nested_vm_enter(vm, variant->with_tables);
	}
}

TEST_F(memory, what_either_writes_is_in_a_ring)
{
	struct nested_vm *vm = &self->vm;

	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	nested_vm_use_rings(vm, RING_BYTES);
	replace_memslot(_metadata, vm);
	nested_vm_enter(vm, variant->with_tables);
	write_both(_metadata, vm);
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
	expect_logged(_metadata, vm, true);
}

/* KVM flushes no TLBs for it (kvm_mmu_notifier_clear_young()): let the end of a memslot do so. */
static void mark_idle(struct __test_metadata *_metadata, const struct nested_vm *vm, void *hva)
{
	ASSERT_EQ(0, idle_page_mark(hva));
	nested_write(_metadata, vm, L1, OF_L1, TAG);
	ASSERT_EQ(0, nested_vm_delete_memslot(vm));
	ASSERT_EQ(0, nested_vm_set_memslot(vm));
}

/* Where nothing is split ahead, the hugepages are protected; where it is, there are none. */
TEST_F(memory, log_leaves_nothing_large_that_is_written)
{
	const struct nested_vm *vm = &self->vm;

	if (suite_missing_mode(&no_split))
		SKIP(return, "%s", suite_missing_mode(&no_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "N"));
	replace_memslot(_metadata, vm);
	write_both(_metadata, vm);
	nested_expect_leaves(_metadata, vm, 2, false, "no log");
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
	nested_write(_metadata, vm, L2, OF_L2, TAG);
	nested_expect_leaves(_metadata, vm, 1, true, "logged, written by L2");
	nested_write(_metadata, vm, L1, OF_L1, TAG);
	nested_expect_leaves(_metadata, vm, 0, true, "logged, written by both");
}

TEST_F(memory, hugepages_come_back_after_a_log)
{
	const struct nested_vm *vm = &self->vm;
	int round;

	replace_memslot(_metadata, vm);
	for (round = 0; round < 2; round++) {
		write_both(_metadata, vm);
		nested_expect_leaves(_metadata, vm, 2, false, "no log");
		ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
		write_both(_metadata, vm);
		nested_expect_leaves(_metadata, vm, 0, true, "logged");
		ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, false));
	}
	write_both(_metadata, vm);
	nested_expect_leaves(_metadata, vm, 2, false, "no log any more");
}

/* The hugepages of both are split at once, into all of their leaves. */
TEST_F(memory, log_splits_the_hugepages_of_both)
{
	const struct nested_vm *vm = &self->vm;

	if (suite_missing_mode(&no_split))
		SKIP(return, "%s", suite_missing_mode(&no_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "Y"));
	replace_memslot(_metadata, vm);
	write_both(_metadata, vm);
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
	vm_expect_leaves_of(_metadata, vm->vmd, LEVEL_4K, 2 * SZ_2M / SZ_4K, BASE, "logged");
}

/* Nothing is protected or split at first, so that what is cleared has to be. */
TEST_F(memory, cleared_page_is_logged_again)
{
	u64 cleared[NR_PAGES / 64] = { };
	const struct nested_vm *vm = &self->vm;
	enum nested_vcpu vcpu;

	if (vm_driver_missing_protect(PROTECT_INITIALLY_SET))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_INITIALLY_SET));
	if (suite_missing_mode(&no_split))
		SKIP(return, "%s", suite_missing_mode(&no_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "N"));
	cleared[OF_BOTH / 64] = BIT_ULL(OF_BOTH % 64);
	ASSERT_EQ(0, vm_driver_manual_protect(vm->vmd, PROTECT_INITIALLY_SET));
	replace_memslot(_metadata, vm);
	write_both(_metadata, vm);
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
	for (vcpu = 0; vcpu < NR_NESTED_VCPUS; vcpu++) {
		nested_write(_metadata, vm, L1, OF_BOTH, TAG);
		nested_write(_metadata, vm, L2, OF_BOTH, TAG);
		ASSERT_EQ(0, vm_driver_clear_log(vm->vmd, 1, 0, NR_PAGES, cleared));
		expect_log(_metadata, vm, false, OF_BOTH, false, "cleared");
		nested_write(_metadata, vm, vcpu, OF_BOTH, TAG + 1);
		expect_log(_metadata, vm, false, OF_BOTH, true, nested_name(vcpu));
	}
}

/*
 * A memslot of small pages, about which the host can ask KVM one by one (kvm_age_gfn()); by tables
 * L2 has them twice, written to by one way only, so that KVM has a leaf for each.
 */
TEST_F(memory, use_by_either_is_seen)
{
	const u64 gpa = BASE + SZ_1G - SZ_2M, second_gpa = gpa - SZ_2M;
	const struct {
		enum nested_vcpu vcpu;
		enum access access;
		u64 gpa;
		const char *name;
	} way[] = {
		{ L2, ACCESS_WRITE, gpa, "L2" },
		{ L1, ACCESS_READ, gpa, "L1" },
		{ L2, ACCESS_READ, second_gpa, "L2, second way" },
	};
	const size_t nr = variant->with_tables ? ARRAY_SIZE(way) : ARRAY_SIZE(way) - 1;
	const struct nested_vm *vm = &self->vm;
	struct backing_view view;
	cpu_set_t before;
	size_t i, j;

	if (idle_page_missing())
		SKIP(return, "%s", idle_page_missing());

	before = one_cpu_stay();
	backing_map(&view, BACKING_ANONYMOUS, 0, SZ_2M);
	one_cpu_leave(&before);
	nested_tables_page(&vm->tables, NESTED_DIRECTORY)[(second_gpa - BASE) / SZ_2M] =
		nested_tables_huge_leaf(gpa) & ~NESTED_WRITABLE;
	ASSERT_EQ(0, vm_driver_set_memslot(vm->vmd, 3, gpa, SZ_2M, view.base, -1, false));
	for (i = 0; i < nr; i++) {
		for (j = 0; j < nr; j++)
			vm_driver_touch(vm->vmd, way[j].vcpu, way[j].access, way[j].gpa, TAG);
		ASSERT_EQ(0, idle_page_mark(view.base));
		vm_expect_idle(_metadata, true, view.base, gpa, "touched by both before");
		mark_idle(_metadata, vm, view.base);
		vm_expect_idle(_metadata, true, view.base, gpa, "not touched");
		vm_driver_touch(vm->vmd, way[i].vcpu, way[i].access, way[i].gpa, TAG);
		vm_expect_idle(_metadata, false, view.base, gpa, way[i].name);
	}
	ASSERT_EQ(0, vm_driver_set_memslot(vm->vmd, 3, gpa, 0, NULL, -1, false));
	backing_unmap(&view);
}

TEST_F(memory, what_either_executes_is_split_and_recovered)
{
	const struct nested_vm *vm = &self->vm;
	enum nested_vcpu vcpu;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	*((u8 *)nested_page(vm, OF_BOTH) + GUEST_CODE_OFFSET) = GUEST_CODE;
	vm_driver_leave_nested(vm->vmd);
	ASSERT_EQ(0, nx_mitigation_force());
	vm_driver_nx_changed(vm->vmd);
	nested_vm_enter(vm, variant->with_tables);
	for (vcpu = 0; vcpu < NR_NESTED_VCPUS; vcpu++) {
		u64 splits = vm_driver_nx_splits(vm->vmd);
		struct guest_access got;

		got = vm_driver_touch(vm->vmd, vcpu, ACCESS_EXECUTE, nested_gpa(OF_BOTH), 0);
		vm_expect_end(_metadata, ACCESS_DONE, got.end, nested_gpa(OF_BOTH),
			      nested_name(vcpu));
		nested_expect_leaves(_metadata, vm, 0, true, "executed");
		EXPECT_EQ(splits + 1, vm_driver_nx_splits(vm->vmd)) {
			TH_LOG("Wanted one more split hugepage at gpa 0x%llx (%s), got 0x%llx",
			       BASE, nested_name(vcpu),
			       (unsigned long long)(vm_driver_nx_splits(vm->vmd) - splits));
		}
	}
	ASSERT_EQ(0, nx_mitigation_recover_all());
	vm_driver_wait_for_splits(vm->vmd, 0);
	write_both(_metadata, vm);
	nested_expect_leaves(_metadata, vm, 2, false, "recovered");
}

/* Its roots are obsolete at once, and it goes on with new ones. */
TEST_F(memory, page_tables_are_dropped_under_l2)
{
	const struct nested_vm *vm = &self->vm;
	u64 leaves[NR_LEVELS];
	int round;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	for (round = 0; round < 3; round++) {
		nested_write(_metadata, vm, L1, OF_L1, TAG + round);
		nested_write(_metadata, vm, L2, OF_L2, TAG + round);
		vm_driver_leaves(vm->vmd, leaves);
		EXPECT_EQ(2, leaves[LEVEL_2M]) {
			TH_LOG("Wanted 2M x2 at gpa 0x%llx (both have it), got %llu", BASE,
			       (unsigned long long)leaves[LEVEL_2M]);
		}
		ASSERT_EQ(0, nx_mitigation_change());
		vm_driver_leaves(vm->vmd, leaves);
		EXPECT_EQ(0, leaves[LEVEL_2M]) {
			TH_LOG("Wanted no leaf of 2M at gpa 0x%llx (dropped), got %llu", BASE,
			       (unsigned long long)leaves[LEVEL_2M]);
		}
		nested_expect_content(_metadata, vm, OF_L1, TAG + round, "dropped");
		nested_expect_content(_metadata, vm, OF_L2, TAG + round, "dropped");
	}
}

/* Only L2 has one. */
TEST_F(memory, what_takes_the_leaf_of_l2_flushes)
{
	const struct nested_vm *vm = &self->vm;
	u64 before;

	nested_write(_metadata, vm, L2, OF_L2, TAG);
	before = vm_driver_tlb_flushes(vm->vmd);
	ASSERT_EQ(0, nested_convert(vm, OF_L2, true));
	EXPECT_LT(before, vm_driver_tlb_flushes(vm->vmd)) {
		TH_LOG("Wanted a flush at gpa 0x%llx (converted), got none",
		       (unsigned long long)nested_gpa(OF_L2));
	}
}

/* KVM can do so only where L1 has no page tables for L2. */
TEST_F(memory, prefault_by_l2)
{
	const struct nested_vm *vm = &self->vm;
	u64 gpa = BASE, size = SZ_2M;
	int r;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	r = vm_driver_try_prefault(vm->vmd, L2, &gpa, &size, 0);
	vm_expect_errno(_metadata, variant->with_tables ? EOPNOTSUPP : 0, r, BASE, "L2");
	nested_expect_leaves(_metadata, vm, !variant->with_tables, false, "pre-faulted by L2");
}

/* What KVM writes to when L2 ends is pinned meanwhile: hva_to_pfn_fast(), for kvm_vcpu_map(). */
TEST(what_kvm_writes_is_not_pinned_for_long)
{
	const char *missing = vm_memory_missing() ? : vm_driver_missing_nested(true) ? :
			      suite_missing(BACKING_HUGETLB_2MB);
	struct nested_vm vm;
	u64 before, after;
	int round;

	if (missing)
		SKIP(return, "%s", missing);

	nested_vm_create(&vm, false);
	before = vm_memory_read().pins;
	for (round = 0; round < 6; round++) {
		nested_vm_enter(&vm, round & 1);
		nested_write(_metadata, &vm, L2, OF_L2, TAG);
		vm_driver_leave_nested(vm.vmd);
	}
	after = vm_memory_read().pins;
	EXPECT_EQ(before, after) {
		TH_LOG("Wanted %llu pinned pages at gpa 0x%llx (L2 has ended), got %llu",
		       (unsigned long long)before, BASE, (unsigned long long)after);
	}
	nested_vm_free(&vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
