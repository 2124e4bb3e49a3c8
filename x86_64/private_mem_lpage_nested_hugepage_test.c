// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a hugepage, of 2M or 1G, that has page tables of the guest's (L1's) for a guest of its
 * own (L2) is mapped small as long as they are used, mixed or not; and large again afterwards.
 * See nested_vm.h for the memslots.
 */
#include <linux/bits.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/setting.h"
#include "kvm/nested_vm.h"
#include "kvm/nx_mitigation.h"
#include "kvm/vm_driver.h"
#include "scenario/scenario.h"
#include "suite/nested_expect.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		NESTED_VM_GPA
#define TAG		0x7ab1ed0000000001ull

/* Pages of a hugepage, none of which KVM maps ahead with another one. */
#define OF_L2		64
#define CONVERTED	256
#define BESIDE		384

#define OTHER		NESTED_VM_OTHER
#define TABLES		NESTED_VM_TABLES

/* Memslot 3, which has a page table at its beginning: one page of 1G. */
#define GIGA_GPA	(BASE + SZ_1G)
#define GIGA_BESIDE	(GIGA_GPA + SZ_512M)

/* What this program does to have all page tables dropped. */
static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };

FIXTURE(hugepage)
{
	struct nested_vm vm;
	struct backing_view giga;
};

FIXTURE_SETUP(hugepage)
{
	const char *missing = vm_driver_missing_nested(true) ? :
			      suite_missing(BACKING_HUGETLB_2MB);

	if (missing)
		SKIP(return, "%s", missing);

	nested_vm_create(&self->vm, false);
}

FIXTURE_TEARDOWN(hugepage)
{
	nested_vm_free(&self->vm);
	if (self->giga.base)
		backing_unmap(&self->giga);
	setting_restore();
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* L1 writes to the hugepages that have tables, beside them. */
static void write_beside_tables(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	nested_write(_metadata, vm, L1, OTHER + BESIDE, TAG);
	nested_write(_metadata, vm, L1, TABLES + BESIDE, TAG);
}

/* A page of each becomes private, or all of both shared, which takes all leaves. */
static void mix_beside_tables(struct __test_metadata *_metadata, const struct nested_vm *vm,
			      bool mixed)
{
	if (!mixed) {
		ASSERT_EQ(0, vm_driver_convert(vm->vmd, nested_gpa(OTHER), SZ_4M, false));
		return;
	}

	ASSERT_EQ(0, nested_convert(vm, OTHER + CONVERTED, true));
	ASSERT_EQ(0, nested_convert(vm, TABLES + CONVERTED, true));
}

/* All that KVM shadows goes. */
static void forget_tables(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	vm_driver_leave_nested(vm->vmd);
	ASSERT_EQ(0, nx_mitigation_change());
	vm_driver_nx_changed(vm->vmd);
}

/*
 * As long as there is a shadow of them, the count in disallow_lpage is up, beside the flag for what
 * is mixed (account_shadowed()).
 */
TEST_F(hugepage, their_hugepages_are_small_while_used)
{
	const struct nested_vm *vm = &self->vm;
	int mixed;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	nested_vm_use_pages(vm);
	for (mixed = 0; mixed < 2; mixed++) {
		write_beside_tables(_metadata, vm);
		nested_expect_leaves(_metadata, vm, 2, false, "not used yet");
		nested_vm_enter(vm, true);
		nested_write(_metadata, vm, L2, OF_L2, TAG);
		write_beside_tables(_metadata, vm);
		nested_expect_leaves(_metadata, vm, 0, true, "used");

		mix_beside_tables(_metadata, vm, true);
		if (!mixed)
			mix_beside_tables(_metadata, vm, false);
		write_beside_tables(_metadata, vm);
		nested_expect_leaves(_metadata, vm, 0, true,
				     mixed ? "used, mixed" : "used, uniform");

		forget_tables(_metadata, vm);
		write_beside_tables(_metadata, vm);
		nested_expect_leaves(_metadata, vm, mixed ? 0 : 2, mixed, "not used any more");
		mix_beside_tables(_metadata, vm, false);
		write_beside_tables(_metadata, vm);
		nested_expect_leaves(_metadata, vm, 2, false, "neither used nor mixed");
	}
}

/* Once for each way that L1 has to it: here one that lets L2 write, and one that does not. */
TEST_F(hugepage, hugepage_with_a_table_used_twice_is_large_again)
{
	const struct nested_vm *vm = &self->vm;
	u64 *pointer = nested_tables_page(&vm->tables, NESTED_POINTERS) + BASE / SZ_1G;
	struct guest_access got;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	nested_vm_use_pages(vm);
	pointer[1] = pointer[0] & ~NESTED_WRITABLE;
	*nested_page(vm, OF_L2) = TAG;
	nested_vm_enter(vm, true);
	nested_write(_metadata, vm, L2, OF_L2, TAG + 1);
	got = vm_driver_touch(vm->vmd, L2, ACCESS_READ, nested_gpa(OF_L2) + SZ_1G, 0);
	vm_expect_content(_metadata, TAG + 1, got.value, nested_gpa(OF_L2) + SZ_1G, "second way");
	write_beside_tables(_metadata, vm);
	nested_expect_leaves(_metadata, vm, 0, true, "used");
	forget_tables(_metadata, vm);
	write_beside_tables(_metadata, vm);
	nested_expect_leaves(_metadata, vm, 2, false, "not used any more");
}

static int set_giga(FIXTURE_DATA(hugepage) * self, bool logged)
{
	return vm_driver_set_memslot(self->vm.vmd, 3, GIGA_GPA, SZ_1G, self->giga.base, -1, logged);
}

/* Memslot 3 as well; L2 has its 1G by one leaf, and by its page table the first hugepage. */
static void use_giga(struct __test_metadata *_metadata, FIXTURE_DATA(hugepage) * self)
{
	const struct nested_vm *vm = &self->vm;

	backing_map(&self->giga, BACKING_HUGETLB_1GB, 0, SZ_1G);
	ASSERT_EQ(0, set_giga(self, false));
	nested_tables_page(&vm->tables, NESTED_POINTERS)[GIGA_GPA / SZ_1G] =
		nested_tables_huge_leaf(GIGA_GPA);
	nested_tables_use_pages(&vm->tables, 0, self->giga.base, GIGA_GPA);
}

/*
 * @vcpu writes beside the page table, by one leaf of 1G or else of 2M.  Into how many of these KVM
 * splits a larger one is left open.
 */
static void expect_beside(struct __test_metadata *_metadata, const struct nested_vm *vm,
			  enum nested_vcpu vcpu, bool large, const char *when)
{
	u64 leaves[NR_LEVELS];
	char text[64];

	vm_driver_touch(vm->vmd, vcpu, ACCESS_WRITE, GIGA_BESIDE, TAG);
	vm_driver_leaves(vm->vmd, leaves);
	vm_expect_print_leaves(leaves, text, sizeof(text));
	EXPECT_TRUE(leaves[LEVEL_1G] == large && !leaves[LEVEL_2M] == large) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s",
		       large ? "1G x1, no 2M" : "some 2M, no 1G", GIGA_BESIDE, when, text);
	}
}

/* The count is up at each level (update_gfn_disallow_lpage_count()). */
TEST_F(hugepage, page_of_1g_is_small_while_used)
{
	const struct nested_vm *vm = &self->vm;

	if (suite_missing(BACKING_HUGETLB_1GB))
		SKIP(return, "%s", suite_missing(BACKING_HUGETLB_1GB));
	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	use_giga(_metadata, self);
	expect_beside(_metadata, vm, L1, true, "L1, not used yet");
	nested_vm_enter(vm, true);
	nested_write(_metadata, vm, L2, OF_L2, TAG);
	expect_beside(_metadata, vm, L1, false, "L1, used");
	forget_tables(_metadata, vm);
	expect_beside(_metadata, vm, L1, true, "L1, not used any more");
}

/*
 * L2's own leaf of 1G comes back with the end of a log, which leaves all as it is when it begins
 * (kvm_rmap_zap_collapsible_sptes()).
 */
TEST_F(hugepage, page_of_1g_is_large_for_l2_after_a_log)
{
	const struct nested_vm *vm = &self->vm;

	if (suite_missing(BACKING_HUGETLB_1GB))
		SKIP(return, "%s", suite_missing(BACKING_HUGETLB_1GB));
	if (vm_driver_missing_zap_of_orphans())
		SKIP(return, "%s", vm_driver_missing_zap_of_orphans());

	use_giga(_metadata, self);
	ASSERT_EQ(0, vm_driver_manual_protect(vm->vmd, PROTECT_INITIALLY_SET));
	nested_vm_enter(vm, true);
	nested_write(_metadata, vm, L2, OF_L2, TAG);
	expect_beside(_metadata, vm, L2, false, "L2, used");
	nested_write(_metadata, vm, L1, TABLES + NESTED_DIRECTORY, nested_tables_huge_leaf(BASE));
	expect_beside(_metadata, vm, L2, false, "L2, not used any more");
	ASSERT_EQ(0, set_giga(self, true));
	ASSERT_EQ(0, set_giga(self, false));
	expect_beside(_metadata, vm, L2, true, "L2, after a log");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return suite_harness_run(argc, argv);
}
