// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: where the guest (L1) has page tables for a guest of its own (L2), L2 sees memory as they
 * say, whoever changes them, and no page that is private as a shared one.
 * See nested_fixture.h for the memslots.
 */
#include <sys/mman.h>

#include <linux/bits.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/background.h"
#include "host/backing.h"
#include "host/monotonic.h"
#include "host/pressure.h"
#include "host/setting.h"
#include "host/slow_machine.h"
#include "kvm/guest_insn.h"
#include "kvm/known_bug.h"
#include "kvm/kvm_parameter.h"
#include "kvm/nested_vm.h"
#include "kvm/nx_mitigation.h"
#include "kvm/vm_driver.h"
#include "scenario/scenario.h"
#include "suite/nested_expect.h"
#include "suite/nested_fixture.h"
#include "suite/suite.h"
#include "suite/vm_deadline.h"
#include "suite/vm_expect.h"

#define BASE		NESTED_VM_GPA
#define TAG		0x7ab1ed0000000001ull

/* Pages of a hugepage, none of which KVM maps ahead with another one. */
#define OF_L1		0
#define OF_L2		64
#define CONVERTED	256

#define OTHER		NESTED_VM_OTHER
#define TABLES		NESTED_VM_TABLES
#define SPARE		NESTED_VM_SPARE

#define PAGE_TABLE	NESTED_VM_PAGE_TABLE

/* L1's guests, more than KVM keeps roots of; the tables of one are that many pages or less. */
#define NR_L2		4
#define PAGES_OF_TABLES	64

/* L1 writes to a table more often than KVM carries out (detect_write_flooding()). */
#define NR_FLOODING	5

/* More page tables than KVM takes at a time to see what has changed (KVM_PAGE_ARRAY_NR). */
#define NR_MANY		40

/* More than KVM has at least when it is given a limit, and where the first of them is. */
#define NR_LIMITED	96
#define LIMITED_TABLE	(OTHER + 256)

/* What this program does to have all page tables dropped. */
static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };

TEST_F(tables, small_leaves_of_l1_are_small)
{
	const struct nested_vm *vm = &self->vm;

	nested_vm_use_pages(vm);
	nested_vm_enter(vm, true);
	nested_write(_metadata, vm, L2, OF_L2, TAG);
	nested_expect_leaves(_metadata, vm, 0, true, "L2, by leaves of 4K");
	nested_write(_metadata, vm, L1, OF_L1, TAG);
	nested_expect_leaves(_metadata, vm, 1, true, "L1");
}

/* By leaves of 2M, whose table KVM keeps protected, and of 4K (mmu_try_to_unsync_pages()). */
TEST_F(tables, l2_sees_what_l1_maps_anew)
{
	const struct nested_vm *vm = &self->vm;
	int small, round;

	*nested_page(vm, 0) = TAG;
	*nested_page(vm, OTHER) = TAG + 1;
	for (small = 0; small < 2; small++) {
		u64 table = small ? PAGE_TABLE : TABLES + NESTED_DIRECTORY;

		if (small)
			nested_change_to_pages(_metadata, vm);
		nested_vm_enter(vm, true);
		for (round = 0; round < 4; round++) {
			u64 gpa = nested_gpa(round & 1 ? 0 : OTHER);

			nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + (round & 1),
					   small ? "mapped by 4K" : "mapped by 2M");
			nested_change_entry(_metadata, vm, table,
					    small ? nested_tables_leaf(gpa) :
						    nested_tables_huge_leaf(gpa));
		}
		vm_driver_leave_nested(vm->vmd);
	}
}

/*
 * L1's tables are protected in each root that has them: KVM's of L1, and of L2 as it is without
 * such tables.  @writer is the vCPU by which they change.
 */
static void expect_change_seen(struct __test_metadata *_metadata, const struct nested_vm *vm,
			       enum nested_vcpu writer)
{
	const u64 table = TABLES + NESTED_DIRECTORY;
	int round;

	*nested_page(vm, 0) = TAG;
	*nested_page(vm, OTHER) = TAG + 1;
	for (round = 0; round < 2; round++) {
		u64 entry = nested_tables_huge_leaf(nested_gpa(round ? OTHER : 0));

		nested_vm_enter(vm, false);
		if (!round || writer == L2)
			nested_write(_metadata, vm, L2, table, entry);
		vm_driver_leave_nested(vm->vmd);
		if (!round || writer == L1)
			nested_write(_metadata, vm, L1, table, entry);
		nested_vm_enter(vm, true);
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + round,
				   nested_name(writer));
		vm_driver_leave_nested(vm->vmd);
	}
}

TEST_F(tables, change_by_l1_is_seen_in_spite_of_another_root)
{
	expect_change_seen(_metadata, &self->vm, L1);
}

TEST_F(tables, change_by_l2_without_tables_is_seen)
{
	expect_change_seen(_metadata, &self->vm, L2);
}

/* L2 has the first page by the first entry of @table, and then others, as L1 changes that. */
static void expect_entries_seen(struct __test_metadata *_metadata, const struct nested_vm *vm,
				u64 table, const char *when)
{
	u64 i;

	for (i = 0; i < 3; i++) {
		*nested_page(vm, i) = TAG + i;
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + i, when);
		nested_change_entry(_metadata, vm, table, nested_tables_leaf(nested_gpa(i + 1)));
	}
}

/*
 * L1's tables are protected also where L2 could write to what becomes one, by small leaves of both
 * (kvm_mmu_slot_gfn_write_protect()).
 */
TEST_F(tables, change_of_what_l2_wrote_before_is_seen)
{
	const struct nested_vm *vm = &self->vm;

	ASSERT_EQ(0, nested_convert(vm, OTHER + CONVERTED, true));
	nested_vm_enter(vm, true);
	nested_write(_metadata, vm, L2, PAGE_TABLE, TAG);
	nested_write(_metadata, vm, L1, PAGE_TABLE, TAG);
	nested_change_to_pages(_metadata, vm);
	expect_entries_seen(_metadata, vm, PAGE_TABLE, "mapped");
}

/* By an instruction that KVM's emulator has to carry out as one (emulator_cmpxchg_emulated()). */
TEST_F(tables, l2_sees_what_l1_exchanges)
{
	const u64 no_input[GUEST_INSN_MAX_EXITS] = { };
	const struct nested_vm *vm = &self->vm;
	struct guest_insn_exits exits;
	int round;

	*nested_page(vm, 0) = TAG;
	*nested_page(vm, OTHER) = TAG + 1;
	for (round = 0; round < 2; round++) {
		struct guest_insn exchange = {
			.kind = INSN_XCHG, .size = 8,
			.gpa = nested_gpa(TABLES + NESTED_DIRECTORY),
			.operand = nested_tables_huge_leaf(nested_gpa(round ? 0 : OTHER)),
		};

		nested_vm_enter(vm, true);
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + round, "mapped");
		vm_driver_leave_nested(vm->vmd);
		vm_driver_insn(vm->vmd, L1, &exchange, no_input, &exits);
		vm_expect_nr_exits(_metadata, 0, exits.nr, exchange.gpa, "exchanged by L1");
		nested_vm_enter(vm, true);
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + !round, "exchanged");
		vm_driver_leave_nested(vm->vmd);
	}
}

/* Those for guest @i of L1's, behind those for the one before. */
static struct nested_tables write_tables_of(const struct nested_vm *vm, u64 i)
{
	const struct nested_tables tables = {
		.memory = nested_tables_page(&vm->tables, i * PAGES_OF_TABLES),
		.gpa = vm->tables.gpa + i * PAGES_OF_TABLES * SZ_4K,
		.base = BASE,
	};

	nested_tables_write(&tables);
	return tables;
}

/* Those for a second guest, which has the other hugepage. */
static struct nested_tables write_second_tables(const struct nested_vm *vm)
{
	const struct nested_tables second = write_tables_of(vm, 1);

	*nested_tables_page(&second, NESTED_DIRECTORY) = nested_tables_huge_leaf(nested_gpa(OTHER));
	return second;
}

/* L2 reads @content by one of two ways: from the first GiB or the second. */
static void expect_by_way(struct __test_metadata *_metadata, const struct nested_vm *vm, int way,
			  u64 content)
{
	const u64 gpa = BASE + way * (u64)SZ_1G;
	struct guest_access got = vm_driver_touch(vm->vmd, L2, ACCESS_READ, gpa, 0);

	vm_expect_content(_metadata, content, got.value, gpa, way ? "second way" : "first way");
}

/*
 * The same table has two shadows where one way to it lets L2 write and the other does not.  What L1
 * writes too often goes as a whole, if L2 does not come there meanwhile, but just that shadow
 * (kvm_mmu_track_write()).
 */
TEST_F(tables, table_used_twice_changes_for_both_ways)
{
	const struct nested_vm *vm = &self->vm;
	u64 *pointer = nested_tables_page(&vm->tables, NESTED_POINTERS) + BASE / SZ_1G;
	int i, way, last;

	pointer[1] = pointer[0] & ~NESTED_WRITABLE;
	*nested_page(vm, 0) = TAG;
	*nested_page(vm, OTHER) = TAG + 1;
	nested_vm_enter(vm, true);
	for (last = 0; last < 2; last++) {
		for (way = 0; way < 2; way++)
			expect_by_way(_metadata, vm, way, TAG);
		for (i = 1; i <= NR_FLOODING; i++) {
			nested_write(_metadata, vm, L1, TABLES + NESTED_DIRECTORY,
				     nested_tables_huge_leaf(nested_gpa(i & 1 ? OTHER : 0)));
			expect_by_way(_metadata, vm, last, TAG + (i & 1));
		}
		expect_by_way(_metadata, vm, !last, TAG + 1);
		nested_write(_metadata, vm, L1, TABLES + NESTED_DIRECTORY,
			     nested_tables_huge_leaf(BASE));
	}
}

/* L1 writes to the root, of four levels or five, too often, and changes nothing. */
static void flood_root(const struct nested_vm *vm, const struct nested_tables *tables)
{
	static const enum nested_table root[] = { NESTED_TOP, NESTED_ROOT };
	size_t i;
	int nr;

	for (i = 0; i < ARRAY_SIZE(root); i++) {
		for (nr = 0; nr < NR_FLOODING; nr++)
			vm_driver_touch(vm->vmd, L1, ACCESS_WRITE, tables->gpa + root[i] * SZ_4K,
					*nested_tables_page(tables, root[i]));
	}
}

/* L1 has two guests, one after the other; what KVM keeps of the one is not the other's. */
TEST_F(tables, each_l2_has_its_own)
{
	const struct nested_vm *vm = &self->vm;
	const struct nested_tables second = write_second_tables(vm);
	int round;

	*nested_page(vm, 0) = TAG;
	*nested_page(vm, OTHER) = TAG + 1;
	for (round = 0; round < 4; round++) {
		vm_driver_enter_nested(vm->vmd, round & 1 ? &second : &vm->tables);
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + (round & 1),
				   round & 1 ? "second L2" : "first L2");
		vm_driver_leave_nested(vm->vmd);
	}
}

struct l2_read {
	struct vm_driver *vmd;
	u64 gpa;
	u64 value;
};

static int read_by_l2(void *arg)
{
	struct l2_read *read = arg;

	read->value = vm_driver_touch(read->vmd, L2, ACCESS_READ, read->gpa, 0).value;
	return 0;
}

/* L1 writes to it too often while L2 is there (KVM_REQ_MMU_FREE_OBSOLETE_ROOTS). */
TEST_F(tables, l2_goes_on_when_its_root_is_dropped)
{
	const struct nested_vm *vm = &self->vm;
	struct l2_read read = { .vmd = vm->vmd, .gpa = nested_gpa(OTHER) };
	struct background background;

	*nested_page(vm, 0) = TAG;
	*nested_page(vm, OTHER) = TAG + 1;
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "mapped");
	flood_root(vm, &vm->tables);
	background_start(&background, read_by_l2, &read);
	vm_expect_end_in_time(_metadata, &background, "KVM_RUN", read.gpa, "root dropped");
	vm_expect_content(_metadata, TAG + 1, read.value, read.gpa, "root dropped");
}

/*
 * KVM keeps some of them for later; one that L1 writes to too often goes, and just that one
 * (cached_root_find_without_current()).
 */
TEST_F(tables, each_of_many_l2_has_its_own)
{
	static const struct {
		u64 l2;
		bool dropped;
	} order[] = {
		{ 0 }, { 1 }, { 2 }, { 3, true }, { 2 }, { 0, true }, { 1 }, { 0 }, { 3, true },
		{ 2, true }, { 1, true }, { 0, true }, { 3 },
	};
	const struct nested_vm *vm = &self->vm;
	struct nested_tables tables[NR_L2];
	u64 i, page;

	for (i = 0; i < NR_L2; i++) {
		page = PAGE_TABLE + i;
		tables[i] = write_tables_of(vm, i);
		nested_tables_use_pages(&tables[i], 0, nested_page(vm, page), nested_gpa(page));
		*nested_page(vm, page) = nested_tables_leaf(nested_gpa(i));
		*nested_page(vm, i) = TAG + i;
	}
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		const u64 l2 = order[i].l2;

		vm_driver_enter_nested(vm->vmd, &tables[l2]);
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + l2, "its own");
		vm_driver_leave_nested(vm->vmd);
		if (order[i].dropped)
			flood_root(vm, &tables[l2]);
	}
}

/*
 * A table that two roots have goes from both, when L1 writes to it more often than KVM carries out
 * (detect_write_flooding(), kvm_mmu_unlink_parents()).
 *
 *	first root	--> pointers --> directory, 2M: the first hugepage
 *	second root	-->    "     --> second directory: the other one
 */
TEST_F(tables, table_of_two_roots_changes_for_both)
{
	const struct nested_vm *vm = &self->vm;
	const struct nested_tables second = write_second_tables(vm);
	const u64 pointer = nested_gpa(TABLES + NESTED_POINTERS) + BASE / SZ_1G * sizeof(u64);
	int round, root, i;

	*nested_page(vm, 0) = TAG;
	*nested_page(vm, OTHER) = TAG + 1;
	*nested_tables_page(&second, NESTED_ROOT) =
		nested_tables_link(nested_gpa(TABLES + NESTED_POINTERS));
	for (round = 0; round < 4; round++) {
		const struct nested_tables *next = round & 1 ? &vm->tables : &second;

		for (root = 0; root < 2; root++) {
			vm_driver_enter_nested(vm->vmd, root ? &second : &vm->tables);
			nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + (round & 1),
					   root ? "second root" : "first root");
			vm_driver_leave_nested(vm->vmd);
		}
		for (i = 0; i < NR_FLOODING; i++)
			vm_driver_touch(vm->vmd, L1, ACCESS_WRITE, pointer,
					nested_tables_link(next->gpa + NESTED_DIRECTORY * SZ_4K));
	}
}

/* One that L1 is writing to when the second root gets it, as well (__link_shadow_page()). */
TEST_F(tables, page_table_of_two_roots_changes_for_both)
{
	static const bool second_root[] = { false, true, true, false, true };
	const struct nested_vm *vm = &self->vm;
	const struct nested_tables second = write_second_tables(vm);
	size_t i;

	nested_vm_use_pages(vm);
	*nested_tables_page(&second, NESTED_DIRECTORY) = nested_tables_link(nested_gpa(PAGE_TABLE));
	for (i = 0; i < ARRAY_SIZE(second_root); i++) {
		*nested_page(vm, i) = TAG + i;
		vm_driver_enter_nested(vm->vmd, second_root[i] ? &second : &vm->tables);
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + i,
				   second_root[i] ? "second root" : "first root");
		vm_driver_leave_nested(vm->vmd);
		*nested_page(vm, i + 1) = TAG + i + 1;
		nested_write(_metadata, vm, L1, PAGE_TABLE,
			     nested_tables_leaf(nested_gpa(i + 1)) | nested_tables_accessed() |
			     nested_tables_dirty());
	}
}

/*
 * A log protects them as well, but only until they are written to: what keeps L1 from changing one
 * unseen has to last (write_protect_gfn()).
 */
TEST_F(tables, l2_sees_what_l1_changes_while_they_are_logged)
{
	const struct nested_vm *vm = &self->vm;
	int small, round;

	*nested_page(vm, 0) = TAG;
	*nested_page(vm, OTHER) = TAG + 1;
	ASSERT_EQ(0, nested_vm_delete_memslot(vm));
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, false));
	nested_write(_metadata, vm, L1, PAGE_TABLE, TAG);
	nested_write(_metadata, vm, L1, TABLES + NESTED_DIRECTORY, nested_tables_huge_leaf(BASE));
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
	ASSERT_EQ(0, nested_vm_set_tables(vm, true));
	for (small = 0; small < 2; small++) {
		u64 table = small ? PAGE_TABLE : TABLES + NESTED_DIRECTORY;

		if (small)
			nested_change_to_pages(_metadata, vm);
		for (round = 0; round < 4; round++) {
			u64 gpa = nested_gpa(round & 1 ? 0 : OTHER);

			nested_vm_enter(vm, true);
			nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + (round & 1),
					   small ? "4K, logged" : "2M, logged");
			vm_driver_leave_nested(vm->vmd);
			nested_write(_metadata, vm, L1, table,
				     small ? nested_tables_leaf(gpa) :
					     nested_tables_huge_leaf(gpa));
		}
	}
}

/* By one instruction, which KVM's emulator has to carry out (detect_write_misaligned()). */
TEST_F(tables, l2_sees_two_entries_that_l1_changes_at_once)
{
	const u64 no_input[GUEST_INSN_MAX_EXITS] = { };
	const struct nested_vm *vm = &self->vm;
	struct guest_insn store = {
		.kind = INSN_STORE, .size = 16, .forced = true,
		.gpa = nested_gpa(TABLES + NESTED_DIRECTORY),
	};
	struct guest_insn_exits exits;

	if (!setting_can_change(FORCE_EMULATION_SETTING))
		SKIP(return, MISSING_FORCE);

	ASSERT_EQ(0, setting_change_for_now(FORCE_EMULATION_SETTING, "1"));
	*nested_page(vm, 0) = TAG;
	*nested_page(vm, OTHER) = TAG + 1;
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "mapped");
	nested_expect_read(_metadata, vm, L2, OTHER, ACCESS_DONE, TAG + 1, "mapped");
	vm_driver_leave_nested(vm->vmd);
	store.operand = (__uint128_t)nested_tables_huge_leaf(BASE) << 64 |
			nested_tables_huge_leaf(nested_gpa(OTHER));
	vm_driver_insn(vm->vmd, L1, &store, no_input, &exits);
	vm_expect_nr_exits(_metadata, 0, exits.nr, store.gpa, "stored by L1");
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + 1, "exchanged");
	nested_expect_read(_metadata, vm, L2, OTHER, ACCESS_DONE, TAG, "exchanged");
}

/* KVM keeps in its own tables that there is no memory, for the time (sync_mmio_spte()). */
TEST_F(tables, device_of_l2_becomes_memory_and_back)
{
	const struct nested_vm *vm = &self->vm;
	int round;

	nested_vm_use_pages(vm);
	*nested_page(vm, 1) = TAG;
	nested_vm_enter(vm, true);
	for (round = 0; round < 2; round++) {
		nested_change_entry(_metadata, vm, PAGE_TABLE,
				    nested_tables_leaf(BASE + NESTED_VM_SIZE + SZ_2M));
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_MMIO, 0, "device");
		nested_change_entry(_metadata, vm, PAGE_TABLE, nested_tables_leaf(nested_gpa(1)));
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "memory");
	}
}

/* ... or until KVM's emulator writes there for L1 (mmu_page_zap_pte()). */
TEST_F(tables, device_of_l2_becomes_memory_by_an_emulated_store)
{
	const u64 no_input[GUEST_INSN_MAX_EXITS] = { };
	const struct nested_vm *vm = &self->vm;
	struct guest_insn store = {
		.kind = INSN_STORE, .size = 8, .forced = true, .gpa = nested_gpa(PAGE_TABLE),
		.operand = nested_tables_leaf(nested_gpa(1)),
	};
	u64 before[NR_LEVELS], after[NR_LEVELS];
	struct guest_insn_exits exits;

	if (!setting_can_change(FORCE_EMULATION_SETTING))
		SKIP(return, MISSING_FORCE);

	ASSERT_EQ(0, setting_change_for_now(FORCE_EMULATION_SETTING, "1"));
	nested_vm_use_pages(vm);
	*nested_page(vm, PAGE_TABLE) = nested_tables_leaf(BASE + NESTED_VM_SIZE + SZ_2M);
	*nested_page(vm, 1) = TAG;
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_MMIO, 0, "device");
	vm_driver_insn(vm->vmd, L1, &store, no_input, &exits);
	vm_expect_nr_exits(_metadata, 0, exits.nr, store.gpa, "stored by L1");
	/* KVM's emulator would read the memory as well, each time. */
	vm_driver_leaves(vm->vmd, before);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "memory");
	vm_driver_leaves(vm->vmd, after);
	EXPECT_LT(before[LEVEL_4K], after[LEVEL_4K]) {
		TH_LOG("Wanted more 4K than x%llu at gpa 0x%llx (memory), got x%llu",
		       (unsigned long long)before[LEVEL_4K], BASE,
		       (unsigned long long)after[LEVEL_4K]);
	}
}

/*
 * The host may change them as well.  KVM does not look out for that, but must not mistake what it
 * meets then: a leaf where there is no memory any more (mmu_set_spte()).
 */
TEST_F(tables, memory_that_the_host_makes_a_device_is_given_up)
{
	const u64 used = nested_tables_accessed() | nested_tables_dirty();
	const struct nested_vm *vm = &self->vm;
	u64 *entry = nested_page(vm, PAGE_TABLE);
	struct guest_access got;

	nested_vm_use_pages(vm);
	*entry = (nested_tables_leaf(BASE) & ~NESTED_WRITABLE) | used;
	*nested_page(vm, 0) = TAG;
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "memory");
	*entry = nested_tables_leaf(BASE + NESTED_VM_SIZE + SZ_2M) | used;
	got = vm_driver_touch(vm->vmd, L2, ACCESS_WRITE, BASE, TAG + 1);
	vm_expect_end(_metadata, ACCESS_MMIO, got.end, BASE, "device");
	nested_vm_use_spare(vm);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_MMIO, 0, "device, memory taken");
}

/* ... or a table in the place of another one (kvm_mmu_get_child_sp()). */
TEST_F(tables, page_table_that_the_host_puts_in_place_is_used)
{
	const u64 other = PAGE_TABLE + 1;
	const struct nested_vm *vm = &self->vm;

	nested_tables_use_pages(&vm->tables, 0, nested_page(vm, other), nested_gpa(other));
	nested_vm_use_pages(vm);
	*nested_page(vm, OF_L2) = TAG;
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, OF_L2, ACCESS_DONE, TAG, "first table");
	*nested_tables_page(&vm->tables, NESTED_DIRECTORY) =
		nested_tables_link(nested_gpa(other)) | nested_tables_accessed();
	expect_entries_seen(_metadata, vm, other, "second table");
}

/* Page table @i of many is for the 2M from the third hugepage on: beyond memslots. */
static u64 gpa_of_many(u64 i)
{
	return BASE + NESTED_VM_SIZE + SZ_2M + i * SZ_2M;
}

static u64 read_many(const struct nested_vm *vm, u64 i)
{
	return vm_driver_touch(vm->vmd, L2, ACCESS_READ, gpa_of_many(i), 0).value;
}

static void use_many(const struct nested_vm *vm, u64 table, u64 nr)
{
	u64 i;

	for (i = 0; i < nr; i++)
		nested_tables_use_pages(&vm->tables, (gpa_of_many(i) - BASE) / SZ_2M,
					nested_page(vm, table + i), nested_gpa(table + i));
}

TEST_F(tables, l2_sees_many_that_l1_has_changed)
{
	const struct nested_vm *vm = &self->vm;
	u64 i, round;

	use_many(vm, PAGE_TABLE, NR_MANY);
	for (i = 0; i < 2 * NR_MANY; i++)
		*nested_page(vm, i) = TAG + i;
	for (round = 0; round < 2; round++) {
		for (i = 0; i < NR_MANY; i++)
			nested_write(_metadata, vm, L1, PAGE_TABLE + i,
				     nested_tables_leaf(nested_gpa(round * NR_MANY + i)));
		nested_vm_enter(vm, true);
		for (i = 0; i < NR_MANY; i++)
			vm_expect_content(_metadata, TAG + round * NR_MANY + i, read_many(vm, i),
					  gpa_of_many(i), round ? "changed" : "mapped");
		vm_driver_leave_nested(vm->vmd);
	}
}

/*
 * KVM finds all of them by the page, also after two of them have gone: one in whose place the last
 * one is listed then, and that one (pte_list_desc_remove_entry()).
 */
TEST_F(tables, page_at_many_places_of_l2_is_taken_from_all)
{
	const struct nested_vm *vm = &self->vm;
	const u64 elsewhere = NR_MANY / 3, last = NR_MANY - 1;
	u64 before[NR_LEVELS], after[NR_LEVELS], i;

	ASSERT_EQ(0, nested_vm_delete_memslot(vm));
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, false));
	use_many(vm, PAGE_TABLE, NR_MANY);
	for (i = 0; i < NR_MANY; i++)
		*nested_page(vm, PAGE_TABLE + i) = nested_tables_leaf(BASE);
	*nested_page(vm, 0) = TAG;
	nested_vm_enter(vm, true);
	for (i = 0; i < NR_MANY; i++)
		vm_expect_content(_metadata, TAG, read_many(vm, i), gpa_of_many(i), "mapped");
	*nested_page(vm, 1) = TAG + 2;
	nested_change_entry(_metadata, vm, PAGE_TABLE + elsewhere,
			    nested_tables_leaf(nested_gpa(1)));
	vm_expect_content(_metadata, TAG + 2, read_many(vm, elsewhere), gpa_of_many(elsewhere),
			  "mapped elsewhere");
	nested_change_entry(_metadata, vm, PAGE_TABLE + last, 0);
	/* All of them are protected. */
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
	*nested_page(vm, SPARE) = TAG + 1;
	*nested_page(vm, SPARE + 1) = TAG + 1;
	vm_driver_leaves(vm->vmd, before);
	nested_vm_use_spare(vm);
	vm_driver_leaves(vm->vmd, after);
	EXPECT_EQ(last, before[LEVEL_4K] - after[LEVEL_4K]) {
		TH_LOG("Wanted %llu leaves less at gpa 0x%llx (taken), got %llu",
		       (unsigned long long)last, BASE,
		       (unsigned long long)(before[LEVEL_4K] - after[LEVEL_4K]));
	}
	for (i = 0; i < last; i++)
		vm_expect_content(_metadata, TAG + 1, read_many(vm, i), gpa_of_many(i), "taken");
}

/* Those that KVM may have all, and as few as it can be told to (KVM_MIN_ALLOC_MMU_PAGES). */
#define HIGH_LIMIT	1024
#define LOW_LIMIT	64

static void use_limited(const struct nested_vm *vm)
{
	u64 i;

	use_many(vm, LIMITED_TABLE, NR_LIMITED);
	for (i = 0; i < NR_LIMITED; i++) {
		*nested_page(vm, i) = TAG + i;
		*nested_page(vm, LIMITED_TABLE + i) = nested_tables_leaf(nested_gpa(i));
	}
}

static void expect_limited_content(struct __test_metadata *_metadata, const struct nested_vm *vm,
				   const char *when)
{
	u64 i;

	for (i = 0; i < NR_LIMITED; i++)
		vm_expect_content(_metadata, TAG + i, read_many(vm, i), gpa_of_many(i), when);
}

/*
 * Those that KVM had no room for are missing when L2 comes back to them: at least @missing, or none
 * if that is 0.
 */
static void expect_limited(struct __test_metadata *_metadata, const struct nested_vm *vm,
			   const char *when, u64 missing)
{
	u64 before, got;

	expect_limited_content(_metadata, vm, when);
	before = vm_driver_faults(vm->vmd, L2);
	expect_limited_content(_metadata, vm, when);
	got = vm_driver_faults(vm->vmd, L2) - before;
	EXPECT_TRUE(missing ? got >= missing : !got) {
		TH_LOG("Wanted %s%llu faults at gpa 0x%llx (%s), got %llu",
		       missing ? "at least " : "", (unsigned long long)missing,
		       (unsigned long long)gpa_of_many(0), when, (unsigned long long)got);
	}
}

static void expect_low_limit(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	expect_limited(_metadata, vm, "low limit", NR_LIMITED - LOW_LIMIT);
}

static void expect_high_limit(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	expect_limited(_metadata, vm, "high limit", 0);
}

/*
 * For new ones the oldest go (make_mmu_pages_available()), of which L2 notices nothing.  What was
 * asked for is not computed from the size of memslots any more.
 */
TEST_F(tables, limit_of_tables_is_kept)
{
	const struct nested_vm *vm = &self->vm;

	use_limited(vm);
	EXPECT_EQ(EINVAL, vm_driver_limit_tables(vm->vmd, LOW_LIMIT - 1));
	ASSERT_EQ(0, vm_driver_limit_tables(vm->vmd, LOW_LIMIT));
	nested_vm_enter(vm, true);
	expect_low_limit(_metadata, vm);
	ASSERT_EQ(0, vm_driver_limit_tables(vm->vmd, HIGH_LIMIT));
	expect_high_limit(_metadata, vm);
	ASSERT_EQ(0, nested_vm_delete_memslot(vm));
	ASSERT_EQ(0, nested_vm_set_memslot(vm));
	expect_high_limit(_metadata, vm);
}

struct raised_limit {
	struct vm_driver *vmd;
	unsigned int nr;		/* how often */
};

/* KVM_RUN has failed: with a higher limit it does not. */
static bool raise_limit(void *arg)
{
	struct raised_limit *raised = arg;

	raised->nr++;
	return !vm_driver_limit_tables(raised->vmd, HIGH_LIMIT);
}

/* KVM drops what is too much at once, and may drop more (kvm_mmu_change_mmu_pages()). */
TEST_F(tables, limit_below_what_is_used_is_kept)
{
	const bool bug = known_bug_expected(LIMIT_OF_TABLES_SINKS);
	const struct nested_vm *vm = &self->vm;
	struct raised_limit raised = { .vmd = vm->vmd };
	u64 leaves[NR_LEVELS];

	use_limited(vm);
	ASSERT_EQ(0, vm_driver_limit_tables(vm->vmd, HIGH_LIMIT));
	nested_vm_enter(vm, true);
	expect_high_limit(_metadata, vm);
	ASSERT_EQ(0, vm_driver_limit_tables(vm->vmd, LOW_LIMIT));
	vm_driver_leaves(vm->vmd, leaves);
	/* Less than none: L2's own have gone, too. */
	EXPECT_GT(LOW_LIMIT, (s64)leaves[LEVEL_4K]) {
		TH_LOG("Wanted less than %u leaves at gpa 0x%llx (low limit), got %lld", LOW_LIMIT,
		       (unsigned long long)gpa_of_many(0), (long long)leaves[LEVEL_4K]);
	}
	if (bug)
		vm_driver_on_no_memory(vm->vmd, raise_limit, &raised);
	expect_limited_content(_metadata, vm, "low limit");
	if (raised.nr)
		SUITE_XFAIL(return, known_bug(LIMIT_OF_TABLES_SINKS)->reason);
	expect_low_limit(_metadata, vm);
	if (bug)
		SUITE_XPASS(return, known_bug(LIMIT_OF_TABLES_SINKS)->reason);
}

/* KVM's tables for what L1 has no table for any more go at once (mmu_page_zap_pte()). */
TEST_F(tables, what_l1_gives_up_is_given_back)
{
	const u64 directory = TABLES + NESTED_DIRECTORY;
	const struct nested_vm *vm = &self->vm;
	u64 before[NR_LEVELS], after[NR_LEVELS], page;

	if (vm_driver_missing_zap_of_orphans())
		SKIP(return, "%s", vm_driver_missing_zap_of_orphans());

	nested_vm_use_pages(vm);
	nested_vm_enter(vm, true);
	for (page = 0; page < 3; page++)
		nested_write(_metadata, vm, L2, page, TAG);
	vm_driver_leave_nested(vm->vmd);
	/* L1 has a leaf for its own access, which is no new one then. */
	vm_driver_touch(vm->vmd, L1, ACCESS_READ, nested_gpa(directory), 0);
	vm_driver_leaves(vm->vmd, before);
	nested_write(_metadata, vm, L1, directory, nested_tables_huge_leaf(BASE));
	vm_driver_leaves(vm->vmd, after);
	EXPECT_TRUE(before[LEVEL_4K] >= after[LEVEL_4K] + 3) {
		TH_LOG("Wanted 3 leaves less than %llu at gpa 0x%llx (no table), got %llu",
		       (unsigned long long)before[LEVEL_4K], BASE,
		       (unsigned long long)after[LEVEL_4K]);
	}
}

#define NR_DROPPED	32

/* KVM has one page or two for each of its page tables (kvm_mmu_free_shadow_page()). */
TEST_F(tables, what_is_dropped_comes_back)
{
	const s64 most = NR_DROPPED * SZ_4K;
	const struct nested_vm *vm = &self->vm;
	u64 before = 0, end;
	s64 more;
	int i;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));
	if (pressure_missing_cgroup())
		SKIP(return, "%s", pressure_missing_cgroup());

	*nested_page(vm, OF_L2) = TAG;
	nested_vm_enter(vm, true);
	for (i = -1; i < NR_DROPPED; i++) {
		nested_expect_read(_metadata, vm, L2, OF_L2, ACCESS_DONE, TAG, "mapped");
		ASSERT_EQ(0, nx_mitigation_change());
		if (i < 0)
			before = pressure_charged();
	}
	/* Not at once: after a grace period, and what another CPU has charged ahead when it can. */
	end = monotonic_ms() + slow_machine_seconds(3) * 1000;
	do {
		usleep(1000);
		more = pressure_charged() - before;
	} while (more >= most && monotonic_ms() < end);
	EXPECT_GT(most, more) {
		TH_LOG("Wanted less than 0x%llx bytes at gpa 0x%llx (dropped %u times), got %lld",
		       (unsigned long long)most, BASE, NR_DROPPED, (long long)more);
	}
}

/* What KVM shadows of it, and what it knows of the memslot, go at once. */
TEST_F(tables, their_memslot_may_go)
{
	const struct nested_vm *vm = &self->vm;
	int round;

	for (round = 0; round < 2; round++) {
		nested_vm_enter(vm, true);
		nested_write(_metadata, vm, L2, OF_L2, TAG + round);
		nested_expect_leaves(_metadata, vm, 1, false, "used");
		vm_driver_leave_nested(vm->vmd);
		ASSERT_EQ(0, nested_vm_delete_tables(vm));
		nested_expect_leaves(_metadata, vm, 0, false, "deleted");
		ASSERT_EQ(0, nested_vm_set_tables(vm, false));
	}
}

/*
 * After L2 has read @shared it has the page as @content, which it had before.  A page that KVM has
 * mapped ahead as a shared one is stale from the beginning (FNAME(pte_prefetch)).
 */
static bool is_private_beside(struct __test_metadata *_metadata, const struct nested_vm *vm,
			      u64 shared, u64 page, u64 content)
{
	struct guest_access got;

	nested_expect_read(_metadata, vm, L2, page, ACCESS_DONE, content, "private");
	/* Neither of the two has a leaf any more. */
	ASSERT_EQ(0, madvise(vm->view.base, SZ_2M, MADV_DONTNEED));
	ASSERT_EQ(0, nested_convert(vm, page, false));
	ASSERT_EQ(0, nested_convert(vm, page, true));
	nested_expect_read(_metadata, vm, L2, shared, ACCESS_DONE, TAG, "shared");
	got = vm_driver_touch(vm->vmd, L2, ACCESS_READ, nested_gpa(page), 0);
	if (got.value == TAG && known_bug_expected(PREFETCH_IGNORES_ATTRIBUTES))
		return false;
	vm_expect_content(_metadata, content, got.value, nested_gpa(page),
			  "private beside shared");
	return true;
}

/* By leaves of 2M of L1's as well as by small ones, which L2 has used while all was shared. */
TEST_F(tables, neighbours_of_a_shared_page_stay_private)
{
	const bool bug = known_bug_expected(PREFETCH_IGNORES_ATTRIBUTES);
	const struct nested_vm *vm = &self->vm;
	const u64 page = CONVERTED + 1;
	bool stays = true;
	int small;

	for (small = 0; small < 2; small++) {
		if (small)
			nested_change_to_pages(_metadata, vm);
		*nested_page(vm, page - 1) = TAG;
		*nested_page(vm, page) = TAG;
		*nested_page(vm, page + 1) = TAG;
		nested_vm_enter(vm, true);
		nested_expect_read(_metadata, vm, L2, page, ACCESS_DONE, TAG, "shared");
		ASSERT_EQ(0, nested_convert(vm, page, true));
		nested_write(_metadata, vm, L1, page, TAG + 1);
		stays &= is_private_beside(_metadata, vm, page - 1, page, TAG + 1);
		ASSERT_EQ(0, nested_convert(vm, page, false));
		ASSERT_EQ(0, nested_convert(vm, page, true));
		stays &= is_private_beside(_metadata, vm, page + 1, page, TAG + 1);
		ASSERT_EQ(0, nested_convert(vm, page, false));
		vm_driver_leave_nested(vm->vmd);
	}
	if (!stays)
		SUITE_XFAIL(return, known_bug(PREFETCH_IGNORES_ATTRIBUTES)->reason);
	if (bug)
		SUITE_XPASS(return, known_bug(PREFETCH_IGNORES_ATTRIBUTES)->reason);
}

int main(int argc, char **argv)
{
	pressure_prepare_cgroup();
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
