// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: where the guest (L1) has page tables for a guest of its own (L2), L2 sees memory as they
 * say, whoever changes them, and no page that is private as a shared one; what L2 does is marked in
 * them.  A hugepage that has such tables is mapped small as long as they are used, mixed or not.
 *
 *	memslot 1	[ hugepage under test ][ another one, with page tables of 4K ]
 *	memslot 2	[ L1's other page tables ]
 */
#include <sys/mman.h>

#include <linux/bits.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/setting.h"
#include "kvm/guest_insn.h"
#include "kvm/known_bug.h"
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
#define OF_L1		0
#define OF_L2		64
#define CONVERTED	256
#define BESIDE		384

#define OTHER		NESTED_VM_OTHER
#define TABLES		NESTED_VM_TABLES
#define SPARE		NESTED_VM_SPARE

/* L1's table where it maps 4K for L2. */
#define PAGE_TABLE	(OTHER + 448)

/* More page tables than KVM takes at a time to see what has changed (KVM_PAGE_ARRAY_NR). */
#define NR_MANY		40

/* What this program does to have all page tables dropped. */
static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };

/* L1's page tables for L2, which KVM shadows. */
FIXTURE(tables)
{
	struct nested_vm vm;
};

FIXTURE_VARIANT(tables)
{
	bool small;		/* the host's pages that have them */
};

FIXTURE_VARIANT_ADD(tables, pages) {
	.small = true,
};

FIXTURE_VARIANT_ADD(tables, hugepages) {
};

FIXTURE_SETUP(tables)
{
	const char *missing = vm_driver_missing_nested(true) ? :
			      suite_missing(BACKING_HUGETLB_2MB);

	if (missing)
		SKIP(return, "%s", missing);

	nested_vm_create(&self->vm, variant->small);
}

FIXTURE_TEARDOWN(tables)
{
	nested_vm_free(&self->vm);
	setting_restore();
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* Have L2, which has not run yet, see the first hugepage by leaves of 4K. */
static void use_pages(const struct nested_vm *vm)
{
	nested_tables_use_pages(&vm->tables, 0, nested_page(vm, PAGE_TABLE),
				nested_gpa(PAGE_TABLE));
}

/* The same once KVM has a shadow of the tables: it sees what L1 writes to them, not the host. */
static void change_to_pages(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	use_pages(vm);
	nested_write(_metadata, vm, L1, TABLES + NESTED_DIRECTORY,
		     nested_tables_link(nested_gpa(PAGE_TABLE)));
}

/*
 * L1 writes the first entry of the page table @table, while L2 is not there, which then goes on.
 * It is marked as used already, so that KVM keeps its leaf if that fits (FNAME(sync_spte)).
 */
static void change_entry(struct __test_metadata *_metadata, const struct nested_vm *vm, u64 table,
			 u64 entry)
{
	vm_driver_leave_nested(vm->vmd);
	nested_write(_metadata, vm, L1, table,
		     entry | nested_tables_accessed() | nested_tables_dirty());
	nested_vm_enter(vm, true);
}

TEST_F(tables, small_leaves_of_l1_are_small)
{
	const struct nested_vm *vm = &self->vm;

	use_pages(vm);
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
			change_to_pages(_metadata, vm);
		nested_vm_enter(vm, true);
		for (round = 0; round < 4; round++) {
			u64 gpa = nested_gpa(round & 1 ? 0 : OTHER);

			nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + (round & 1),
					   small ? "mapped by 4K" : "mapped by 2M");
			change_entry(_metadata, vm, table,
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

/* Those for a second guest of L1's, behind those for the first one; it has the other hugepage. */
static struct nested_tables write_second_tables(const struct nested_vm *vm)
{
	const u64 page = 64;
	const struct nested_tables second = {
		.memory = nested_tables_page(&vm->tables, page),
		.gpa = vm->tables.gpa + page * SZ_4K,
		.base = BASE,
	};

	nested_tables_write(&second);
	*nested_tables_page(&second, NESTED_DIRECTORY) = nested_tables_huge_leaf(nested_gpa(OTHER));
	return second;
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

/*
 * A table that two roots have goes from both, when L1 writes to it more often than KVM carries out
 * (detect_write_flooding(), kvm_mmu_unlink_parents()).
 *
 *	first root	--> pointers --> directory, 2M: the first hugepage
 *	second root	-->    "     --> second directory: the other one
 */
#define NR_FLOODING	5

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

/* The page table PAGE_TABLE + @i is for the 2M from the third hugepage on: beyond memslots. */
static u64 gpa_of_many(u64 i)
{
	return BASE + NESTED_VM_SIZE + SZ_2M + i * SZ_2M;
}

static u64 read_many(const struct nested_vm *vm, u64 i)
{
	return vm_driver_touch(vm->vmd, L2, ACCESS_READ, gpa_of_many(i), 0).value;
}

static void use_many(const struct nested_vm *vm)
{
	u64 i;

	for (i = 0; i < NR_MANY; i++)
		nested_tables_use_pages(&vm->tables, (gpa_of_many(i) - BASE) / SZ_2M,
					nested_page(vm, PAGE_TABLE + i),
					nested_gpa(PAGE_TABLE + i));
}

TEST_F(tables, l2_sees_many_that_l1_has_changed)
{
	const struct nested_vm *vm = &self->vm;
	u64 i, round;

	use_many(vm);
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

/* KVM finds all of them by the page, also after one of them has gone (pte_list_remove()). */
TEST_F(tables, page_at_many_places_of_l2_is_taken_from_all)
{
	const struct nested_vm *vm = &self->vm;
	const u64 elsewhere = NR_MANY / 3;
	u64 before[NR_LEVELS], after[NR_LEVELS], i;

	use_many(vm);
	for (i = 0; i < NR_MANY; i++)
		*nested_page(vm, PAGE_TABLE + i) = nested_tables_leaf(BASE);
	*nested_page(vm, 0) = TAG;
	nested_vm_enter(vm, true);
	for (i = 0; i < NR_MANY; i++)
		vm_expect_content(_metadata, TAG, read_many(vm, i), gpa_of_many(i), "mapped");
	*nested_page(vm, 1) = TAG + 2;
	change_entry(_metadata, vm, PAGE_TABLE + elsewhere, nested_tables_leaf(nested_gpa(1)));
	vm_expect_content(_metadata, TAG + 2, read_many(vm, elsewhere), gpa_of_many(elsewhere),
			  "mapped elsewhere");
	*nested_page(vm, SPARE) = TAG + 1;
	*nested_page(vm, SPARE + 1) = TAG + 1;
	vm_driver_leaves(vm->vmd, before);
	nested_vm_use_spare(vm);
	vm_driver_leaves(vm->vmd, after);
	EXPECT_EQ(NR_MANY, before[LEVEL_4K] - after[LEVEL_4K]) {
		TH_LOG("Wanted %u leaves less at gpa 0x%llx (taken), got %llu", NR_MANY, BASE,
		       (unsigned long long)(before[LEVEL_4K] - after[LEVEL_4K]));
	}
	for (i = 0; i < NR_MANY; i++)
		vm_expect_content(_metadata, TAG + 1, read_many(vm, i), gpa_of_many(i), "taken");
}

/* L2's access of BASE ends it, and L1 is told @wanted, of enum nested_fault. */
static void expect_told(struct __test_metadata *_metadata, const struct nested_vm *vm,
			enum access access, u64 tag, unsigned int wanted, const char *name)
{
	unsigned int got = 0;
	bool ends = vm_driver_ends_nested(vm->vmd, access, BASE, tag, &got);

	/* NPT tells the rest as well, EPT nothing else. */
	if (got & NESTED_FAULT_RESERVED)
		got = NESTED_FAULT_RESERVED;
	EXPECT_TRUE(ends && got == wanted) {
		TH_LOG("Wanted a fault 0x%x of L1's at gpa 0x%llx (%s), got 0x%x%s", wanted, BASE,
		       name, got, ends ? "" : ", no end");
	}
	if (!ends)
		vm_driver_leave_nested(vm->vmd);
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
			change_to_pages(_metadata, vm);
		nested_vm_enter(vm, true);
		*nested_page(vm, 0) = TAG;
		*nested_page(vm, 1) = TAG;
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, way[i].name);
		nested_write(_metadata, vm, L2, 0, TAG + 1);
		change_entry(_metadata, vm, way[i].table, way[i].entry & ~NESTED_WRITABLE);
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

	use_pages(vm);
	*nested_page(vm, PAGE_TABLE) = leaf & ~NESTED_WRITABLE;
	nested_vm_enter(vm, true);
	for (round = 0; round < 2; round++) {
		*nested_page(vm, 0) = TAG;
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "protected");
		expect_told(_metadata, vm, ACCESS_WRITE, TAG + 1,
			    NESTED_FAULT_PRESENT | NESTED_FAULT_WRITE, "protected");
		nested_vm_enter(vm, true);
		change_entry(_metadata, vm, PAGE_TABLE, leaf);
		nested_write(_metadata, vm, L2, 0, TAG + 1);
		change_entry(_metadata, vm, PAGE_TABLE, leaf & ~NESTED_WRITABLE);
	}
	vm_driver_leave_nested(vm->vmd);
}

/* KVM's tables for what L1 has no table for any more go at once (mmu_page_zap_pte()). */
TEST_F(tables, what_l1_gives_up_is_given_back)
{
	const u64 directory = TABLES + NESTED_DIRECTORY;
	const struct nested_vm *vm = &self->vm;
	u64 before[NR_LEVELS], after[NR_LEVELS], page;

	if (vm_driver_missing_zap_of_orphans())
		SKIP(return, "%s", vm_driver_missing_zap_of_orphans());

	use_pages(vm);
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
		change_entry(_metadata, vm, table, now->entry);
		expect_told(_metadata, vm, now->access, TAG + 1, now->why, now->name);
		nested_write(_metadata, vm, L1, table, leaf);
	}
}

static void expect_marked(struct __test_metadata *_metadata, const u64 *entry, u64 page,
			  const char *when)
{
	EXPECT_TRUE(*entry & nested_tables_dirty()) {
		TH_LOG("Wanted a dirty flag in L1's entry at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)nested_gpa(page), when, (unsigned long long)*entry);
	}
}

/* Also if the page was mapped ahead, when another one was read (FNAME(protect_clean_gpte)). */
TEST_F(tables, what_l2_writes_is_marked_in_them)
{
	const struct nested_vm *vm = &self->vm;
	const u64 *entry = nested_page(vm, PAGE_TABLE);
	int page;

	if (!nested_tables_dirty())
		SKIP(return, "accessed and dirty flags in EPT for guests");

	use_pages(vm);
	nested_vm_enter(vm, true);
	for (page = 0; page < 4; page++)
		vm_driver_touch(vm->vmd, L2, ACCESS_READ, nested_gpa(page), 0);
	ASSERT_EQ(0, madvise(vm->view.base, SZ_2M, MADV_DONTNEED));
	*nested_page(vm, 0) = TAG;
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "alone again");
	for (page = 0; page < 4; page++) {
		nested_write(_metadata, vm, L2, page, TAG);
		expect_marked(_metadata, &entry[page], page, "written by L2");
	}
}

/* By which L1 learns what is written from one time to the next (FNAME(sync_spte)). */
TEST_F(tables, mark_that_l1_takes_back_is_set_again)
{
	const struct nested_vm *vm = &self->vm;
	int small, round;

	if (!nested_tables_dirty())
		SKIP(return, "accessed and dirty flags in EPT for guests");

	for (small = 0; small < 2; small++) {
		const u64 table = small ? PAGE_TABLE : TABLES + NESTED_DIRECTORY;
		const u64 leaf = small ? nested_tables_leaf(BASE) : nested_tables_huge_leaf(BASE);
		const u64 *entry = small ? nested_page(vm, table) :
					   nested_tables_page(&vm->tables, NESTED_DIRECTORY);

		if (small)
			change_to_pages(_metadata, vm);
		for (round = 0; round < 3; round++) {
			nested_vm_enter(vm, true);
			nested_write(_metadata, vm, L2, 0, TAG + round);
			expect_marked(_metadata, entry, 0, small ? "4K, again" : "2M, again");
			vm_driver_leave_nested(vm->vmd);
			nested_write(_metadata, vm, L1, table, leaf | nested_tables_accessed());
		}
	}
}

/* KVM marks them as L1's CPU would, which is a write to the table. */
TEST_F(tables, what_is_marked_in_them_is_logged)
{
	const struct nested_vm *vm = &self->vm;
	const u64 table = NESTED_DIRECTORY;
	u64 log[SZ_2M / SZ_4K / 64];
	enum access access;

	if (!nested_tables_dirty())
		SKIP(return, "accessed and dirty flags in EPT for guests");

	nested_vm_enter(vm, true);
	ASSERT_EQ(0, nested_vm_set_tables(vm, true));
	ASSERT_EQ(0, vm_driver_get_log(vm->vmd, 2, log));
	for (access = ACCESS_READ; access <= ACCESS_WRITE; access++) {
		vm_driver_touch(vm->vmd, L2, access, nested_gpa(OF_L2), TAG);
		ASSERT_EQ(0, vm_driver_get_log(vm->vmd, 2, log));
		EXPECT_TRUE(log[0] & BIT_ULL(table)) {
			TH_LOG("Wanted a dirty page at gpa 0x%llx (%s by L2), got pages 0x%llx",
			       (unsigned long long)nested_gpa(TABLES + table),
			       access == ACCESS_READ ? "read" : "written",
			       (unsigned long long)log[0]);
		}
	}
	expect_marked(_metadata, nested_tables_page(&vm->tables, table), OF_L2, "written by L2");
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
TEST_F(tables, their_hugepages_are_small_while_used)
{
	const struct nested_vm *vm = &self->vm;
	int mixed;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	if (variant->small)
		SKIP(return, "page tables in a hugepage");

	use_pages(vm);
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
			change_to_pages(_metadata, vm);
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
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
