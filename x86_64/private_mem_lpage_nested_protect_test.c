// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a guest of the guest (L2) can do what the guest's (L1's) page tables for it allow, and no
 * more, however KVM has come to its leaves: L1 is told of the rest, and of why.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/setting.h"
#include "kvm/guest_insn.h"
#include "kvm/kvm_parameter.h"
#include "kvm/nested_vm.h"
#include "kvm/vm_driver.h"
#include "scenario/scenario.h"
#include "suite/nested_expect.h"
#include "suite/nested_fixture.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		NESTED_VM_GPA
#define TAG		0x9207ec0000000001ull
#define OF_L2		64	/* a page that KVM does not map ahead with the first one */

#define TABLES		NESTED_VM_TABLES
#define PAGE_TABLE	NESTED_VM_PAGE_TABLE

/* What this program changes: whether logs split hugepages at once. */
static const struct step change_split = { .op = STEP_EAGER_SPLIT };

/*
 * What L1 was told, if L2 @ends, is @wanted, of enum nested_fault: of the page that L2 accesses,
 * not of one of its page tables.  EPT tells nothing else of reserved bits.
 */
static void expect_fault(struct __test_metadata *_metadata, const struct nested_vm *vm, bool ends,
			 unsigned int wanted, unsigned int got, const char *name)
{
	wanted |= NESTED_FAULT_FINAL;
	if (got & wanted & NESTED_FAULT_RESERVED)
		got = wanted;
	EXPECT_TRUE(ends && got == wanted) {
		TH_LOG("Wanted a fault 0x%x of L1's at gpa 0x%llx (%s), got 0x%x%s", wanted, BASE,
		       name, got, ends ? "" : ", no end");
	}
	if (!ends)
		vm_driver_leave_nested(vm->vmd);
}

/* L2's access of BASE ends it. */
static void expect_told(struct __test_metadata *_metadata, const struct nested_vm *vm,
			enum access access, u64 tag, unsigned int wanted, const char *name)
{
	unsigned int got = 0;
	bool ends = vm_driver_ends_nested(vm->vmd, access, BASE, tag, &got);

	expect_fault(_metadata, vm, ends, wanted, got, name);
}

/*
 * When a vCPU is restored its own registers are L2's, but L1's tables are read as those of L1 say
 * (nested_svm_init_mmu_context()): there a page that is not for execution has a bit more.
 */
TEST_F(tables, restored_l2_has_them_as_before)
{
	const u64 leaf = nested_tables_no_execute(nested_tables_leaf(BASE));
	const struct nested_vm *vm = &self->vm;

	nested_vm_use_pages(vm);
	*nested_page(vm, PAGE_TABLE) = leaf;
	*nested_page(vm, OF_L2) = TAG + 1;
	nested_vm_enter(vm, true);
	nested_write(_metadata, vm, L2, 0, TAG);
	vm_driver_restore_nested(vm->vmd);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "mapped before, restored");
	nested_expect_read(_metadata, vm, L2, OF_L2, ACCESS_DONE, TAG + 1, "restored");
	expect_told(_metadata, vm, ACCESS_EXECUTE, 0, NESTED_FAULT_PRESENT | NESTED_FAULT_FETCH,
		    "restored");
}

/* Nothing is left over for L2 to be had when that does not run again (svm_leave_nested()). */
TEST_F(tables, l1_goes_on_where_l2_was_restored_in_vain)
{
	const struct nested_vm *vm = &self->vm;

	nested_vm_enter(vm, true);
	vm_driver_leave_nested(vm->vmd);
	vm_driver_take_back_nested(vm->vmd, &vm->tables);
	nested_write(_metadata, vm, L2, OF_L2, TAG + 1);
	vm_expect_no_warning(_metadata, BASE, "back in L1");
	nested_vm_enter(vm, true);
	nested_expect_content(_metadata, vm, OF_L2, TAG + 1, "in L2 again");
}

/* When KVM's emulator finds that, it is no exit of the CPU's that says so. */
TEST_F(tables, l1_is_told_of_what_is_emulated)
{
	const struct nested_vm *vm = &self->vm;
	struct guest_insn store = {
		.kind = INSN_STORE, .size = 8, .forced = true, .gpa = BASE, .operand = TAG + 1,
	};
	unsigned int got = 0;
	bool ends;

	if (!setting_can_change(FORCE_EMULATION_SETTING))
		SKIP(return, MISSING_FORCE);

	ASSERT_EQ(0, setting_change_for_now(FORCE_EMULATION_SETTING, "1"));
	nested_vm_use_pages(vm);
	*nested_page(vm, PAGE_TABLE) &= ~NESTED_WRITABLE;
	*nested_page(vm, 0) = TAG;
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "protected");
	ends = vm_driver_insn_ends_nested(vm->vmd, &store, &got);
	expect_fault(_metadata, vm, ends, NESTED_FAULT_PRESENT | NESTED_FAULT_WRITE, got,
		     "emulated");
	vm_expect_content(_metadata, TAG, *nested_page(vm, 0), BASE, "emulated");
}

/* Memory that L1 cannot write to either: KVM knows that by its leaf (FNAME(sync_spte)). */
TEST_F(tables, l2_does_not_write_to_a_read_only_memslot)
{
	const u64 gpa = BASE + SZ_1G - SZ_2M, leaf = nested_tables_leaf(gpa);
	const struct nested_vm *vm = &self->vm;
	struct backing_view view;
	struct guest_access got;

	backing_map(&view, BACKING_ANONYMOUS, 0, SZ_2M);
	*(u64 *)view.base = TAG;
	ASSERT_EQ(0, vm_driver_set_read_only_memslot(vm->vmd, 3, gpa, SZ_2M, view.base));
	nested_vm_use_pages(vm);
	*nested_page(vm, PAGE_TABLE) = leaf & ~NESTED_WRITABLE;
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "protected");
	nested_change_entry(_metadata, vm, PAGE_TABLE, leaf);
	got = vm_driver_touch(vm->vmd, L2, ACCESS_WRITE, BASE, TAG + 1);
	vm_expect_end(_metadata, ACCESS_MMIO, got.end, BASE, "not protected");
	vm_expect_content(_metadata, TAG, *(u64 *)view.base, BASE, "not protected");
	vm_driver_leave_nested(vm->vmd);
	ASSERT_EQ(0, vm_driver_set_memslot(vm->vmd, 3, gpa, 0, NULL, -1, false));
	backing_unmap(&view);
}

/* L1 has the hugepage at two places, and lets L2 write at one (shadow_mmu_get_sp_for_split()). */
TEST_F(tables, protected_place_stays_so_when_a_log_splits_it)
{
	const u64 free_place = BASE + NESTED_VM_SIZE, leaf = nested_tables_huge_leaf(BASE);
	const struct nested_vm *vm = &self->vm;
	u64 *directory = nested_tables_page(&vm->tables, NESTED_DIRECTORY);
	struct guest_access got;

	if (suite_missing_mode(&change_split))
		SKIP(return, "%s", suite_missing_mode(&change_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "Y"));
	ASSERT_EQ(0, nested_vm_delete_memslot(vm));
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, false));
	directory[0] = leaf & ~NESTED_WRITABLE;
	directory[NESTED_VM_SIZE / SZ_2M] = leaf;
	*nested_page(vm, 0) = TAG;
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "protected");
	vm_driver_touch(vm->vmd, L2, ACCESS_WRITE, free_place, TAG);
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
	got = vm_driver_touch(vm->vmd, L2, ACCESS_WRITE, free_place, TAG + 1);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, free_place, "not protected");
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + 1, "protected");
	expect_told(_metadata, vm, ACCESS_WRITE, TAG + 2, NESTED_FAULT_PRESENT | NESTED_FAULT_WRITE,
		    "split");
}

/* By a leaf of 2M, one of 4K, or the entry that has the table of that. */
TEST_F(tables, l2_does_not_write_what_l1_protects)
{
	const u64 directory = TABLES + NESTED_DIRECTORY;
	const struct {
		const char *name;
		u64 table;
		u64 entry;
	} way[] = {
		{ "leaf of 2M", directory, nested_tables_huge_leaf(BASE) },
		{ "leaf of 4K", PAGE_TABLE, nested_tables_leaf(BASE) },
		{ "page table", directory, nested_tables_link(nested_gpa(PAGE_TABLE)) },
	};
	const struct nested_vm *vm = &self->vm;
	size_t i;

	for (i = 0; i < 3; i++) {
		if (i == 1)
			nested_change_to_pages(_metadata, vm);
		nested_vm_enter(vm, true);
		*nested_page(vm, 0) = TAG;
		*nested_page(vm, 1) = TAG;
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, way[i].name);
		nested_write(_metadata, vm, L2, 0, TAG + 1);
		nested_change_entry(_metadata, vm, way[i].table, way[i].entry & ~NESTED_WRITABLE);
		/* KVM may map the other one ahead, and sees nothing of the write then. */
		nested_expect_read(_metadata, vm, L2, 1, ACCESS_DONE, TAG, way[i].name);
		expect_told(_metadata, vm, ACCESS_WRITE, TAG + 2,
			    NESTED_FAULT_PRESENT | NESTED_FAULT_WRITE, way[i].name);
		vm_expect_content(_metadata, TAG + 1, *nested_page(vm, 0), BASE, way[i].name);
		nested_write(_metadata, vm, L1, way[i].table, way[i].entry);
		nested_vm_enter(vm, true);
		nested_write(_metadata, vm, L2, 0, TAG + 2);
		vm_expect_content(_metadata, TAG + 2, *nested_page(vm, 0), BASE, way[i].name);
		vm_driver_leave_nested(vm->vmd);
	}
}

/* What KVM knows of an entry is what it was the last time (FNAME(sync_spte)), not at first. */
TEST_F(tables, l2_writes_as_long_as_l1_lets_it)
{
	const u64 leaf = nested_tables_leaf(BASE);
	const struct nested_vm *vm = &self->vm;
	int round;

	nested_vm_use_pages(vm);
	*nested_page(vm, PAGE_TABLE) = leaf & ~NESTED_WRITABLE;
	nested_vm_enter(vm, true);
	for (round = 0; round < 2; round++) {
		*nested_page(vm, 0) = TAG;
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "protected");
		expect_told(_metadata, vm, ACCESS_WRITE, TAG + 1,
			    NESTED_FAULT_PRESENT | NESTED_FAULT_WRITE, "protected");
		nested_vm_enter(vm, true);
		nested_change_entry(_metadata, vm, PAGE_TABLE, leaf);
		nested_write(_metadata, vm, L2, 0, TAG + 1);
		nested_change_entry(_metadata, vm, PAGE_TABLE, leaf & ~NESTED_WRITABLE);
	}
	vm_driver_leave_nested(vm->vmd);
}

/* Also if L2 had a leaf there before.  No bit that KVM has for marks of its own is mistaken. */
TEST_F(tables, l1_is_told_what_they_do_not_allow)
{
	const u64 table = TABLES + NESTED_DIRECTORY, leaf = nested_tables_huge_leaf(BASE);
	const struct {
		const char *name;
		u64 entry;
		enum access access;
		unsigned int why;
	} row[] = {
		{ "absent, read", 0, ACCESS_READ, 0 },
		{ "absent, written", 0, ACCESS_WRITE, NESTED_FAULT_WRITE },
		{ "absent, executed", 0, ACCESS_EXECUTE, NESTED_FAULT_FETCH },
		{ "protected, written", leaf & ~NESTED_WRITABLE, ACCESS_WRITE,
		  NESTED_FAULT_PRESENT | NESTED_FAULT_WRITE },
		{ "not for execution, executed", nested_tables_no_execute(leaf), ACCESS_EXECUTE,
		  NESTED_FAULT_PRESENT | NESTED_FAULT_FETCH },
		{ "reserved bits, read", nested_tables_reserved(leaf), ACCESS_READ,
		  NESTED_FAULT_RESERVED },
		{ "reserved bits, written", nested_tables_reserved(leaf), ACCESS_WRITE,
		  NESTED_FAULT_RESERVED },
	};
	const struct nested_vm *vm = &self->vm;
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(row); i++) {
		const typeof(row[0]) *now = &row[i / 2];

		nested_vm_enter(vm, true);
		*nested_page(vm, 0) = TAG;
		if (i & 1)
			nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, now->name);
		nested_change_entry(_metadata, vm, table, now->entry);
		expect_told(_metadata, vm, now->access, TAG + 1, now->why, now->name);
		nested_write(_metadata, vm, L1, table, leaf);
	}
}

/* A leaf of 1G where there are 2M only has bits of their address, which have to be 0. */
TEST_F(tables, l1_is_told_of_a_leaf_of_1g_that_is_none)
{
	const struct nested_vm *vm = &self->vm;

	nested_tables_page(&vm->tables, NESTED_POINTERS)[BASE / SZ_1G] =
		nested_tables_huge_leaf(BASE + SZ_2M);
	nested_vm_enter(vm, true);
	expect_told(_metadata, vm, ACCESS_READ, 0, NESTED_FAULT_RESERVED, "2M, read");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
