// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: what a guest of the guest (L2) reads and writes is marked in the guest's (L1's) page
 * tables for it, as L1's CPU would, and what is written is in the log: by L2, and by KVM in these
 * tables.
 */
#include <string.h>
#include <sys/mman.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "kvm/nested_vm.h"
#include "kvm/vm_driver.h"
#include "suite/nested_expect.h"
#include "suite/nested_fixture.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		NESTED_VM_GPA
#define TAG		0x3a2ced0000000001ull
#define NR_PAGES	(NESTED_VM_SIZE / SZ_4K)
#define OF_L2		64	/* a page that KVM does not map ahead with the first one */

#define TABLES		NESTED_VM_TABLES
#define PAGE_TABLE	NESTED_VM_PAGE_TABLE

#define MISSING_MARKS	"accessed and dirty flags in EPT for guests"

static void expect_mark(struct __test_metadata *_metadata, const u64 *entry, u64 mark, u64 page,
			const char *when)
{
	EXPECT_EQ(mark, *entry & mark) {
		TH_LOG("Wanted flags 0x%llx in L1's entry at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)mark, (unsigned long long)nested_gpa(page), when,
		       (unsigned long long)*entry);
	}
}

/* Also if the page was mapped ahead, when another one was read (FNAME(protect_clean_gpte)). */
TEST_F(tables, what_l2_writes_is_marked_in_them)
{
	const struct nested_vm *vm = &self->vm;
	const u64 *entry = nested_page(vm, PAGE_TABLE);
	int page;

	if (!nested_tables_dirty())
		SKIP(return, MISSING_MARKS);

	nested_vm_use_pages(vm);
	nested_vm_enter(vm, true);
	for (page = 0; page < 4; page++)
		vm_driver_touch(vm->vmd, L2, ACCESS_READ, nested_gpa(page), 0);
	ASSERT_EQ(0, madvise(vm->view.base, SZ_2M, MADV_DONTNEED));
	*nested_page(vm, 0) = TAG;
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "alone again");
	for (page = 0; page < 4; page++) {
		nested_write(_metadata, vm, L2, page, TAG);
		expect_mark(_metadata, &entry[page], nested_tables_dirty(), page, "written by L2");
	}
}

/*
 * By which L1 learns what is used, and written, from one time to the next: FNAME(sync_spte),
 * FNAME(prefetch_invalid_gpte).
 */
TEST_F(tables, mark_that_l1_takes_back_is_set_again)
{
	const u64 both = nested_tables_accessed() | nested_tables_dirty();
	const struct nested_vm *vm = &self->vm;
	int small, round;

	if (!nested_tables_dirty())
		SKIP(return, MISSING_MARKS);

	for (small = 0; small < 2; small++) {
		const u64 table = small ? PAGE_TABLE : TABLES + NESTED_DIRECTORY;
		const u64 leaf = small ? nested_tables_leaf(BASE) : nested_tables_huge_leaf(BASE);
		const u64 *entry = small ? nested_page(vm, table) :
					   nested_tables_page(&vm->tables, NESTED_DIRECTORY);
		const char *when = small ? "4K, again" : "2M, again";

		if (small)
			nested_change_to_pages(_metadata, vm);
		for (round = 0; round < 3; round++) {
			nested_vm_enter(vm, true);
			nested_write(_metadata, vm, L2, 0, TAG + round);
			expect_mark(_metadata, entry, both, 0, when);
			vm_driver_leave_nested(vm->vmd);
			nested_write(_metadata, vm, L1, table, leaf | nested_tables_dirty());
			nested_vm_enter(vm, true);
			nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + round, when);
			expect_mark(_metadata, entry, both, 0, when);
			vm_driver_leave_nested(vm->vmd);
			nested_write(_metadata, vm, L1, table, leaf | nested_tables_accessed());
		}
	}
}

/* Whatever the last one says already (FNAME(walk_addr_generic)). */
TEST_F(tables, each_on_the_way_is_marked)
{
	const struct nested_vm *vm = &self->vm;
	const u64 accessed = nested_tables_accessed();
	const u64 *directory = nested_tables_page(&vm->tables, NESTED_DIRECTORY);
	const u64 *pointer = nested_tables_page(&vm->tables, NESTED_POINTERS) + BASE / SZ_1G;

	if (!accessed)
		SKIP(return, MISSING_MARKS);

	nested_vm_use_pages(vm);
	*nested_page(vm, PAGE_TABLE) |= accessed | nested_tables_dirty();
	*nested_page(vm, 0) = TAG;
	nested_vm_enter(vm, true);
	nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "read by L2");
	expect_mark(_metadata, directory, accessed, TABLES + NESTED_DIRECTORY, "link to pages");
	expect_mark(_metadata, pointer, accessed, TABLES + NESTED_POINTERS, "link to hugepages");
}

/* KVM marks them as L1's CPU would, which is a write to the table. */
TEST_F(tables, what_is_marked_in_them_is_logged)
{
	const struct nested_vm *vm = &self->vm;
	static u64 before[NR_NESTED_TABLES][SZ_4K / sizeof(u64)];
	u64 log[SZ_2M / SZ_4K / 64];
	enum nested_table table;
	enum access access;

	if (!nested_tables_dirty())
		SKIP(return, MISSING_MARKS);

	nested_vm_enter(vm, true);
	ASSERT_EQ(0, nested_vm_set_tables(vm, true));
	ASSERT_EQ(0, vm_driver_get_log(vm->vmd, 2, log));
	for (access = ACCESS_READ; access <= ACCESS_WRITE; access++) {
		const char *when = access == ACCESS_READ ? "read by L2" : "written by L2";
		unsigned int nr_changed = 0;

		memcpy(before, vm->tables.memory, sizeof(before));
		vm_driver_touch(vm->vmd, L2, access, nested_gpa(OF_L2), TAG);
		ASSERT_EQ(0, vm_driver_get_log(vm->vmd, 2, log));
		for (table = 0; table < NR_NESTED_TABLES; table++) {
			if (!memcmp(before[table], nested_tables_page(&vm->tables, table), SZ_4K))
				continue;
			nr_changed++;
			EXPECT_TRUE(log[0] & BIT_ULL(table)) {
				TH_LOG("Wanted a dirty page at gpa 0x%llx (%s), got pages 0x%llx",
				       (unsigned long long)nested_gpa(TABLES + table), when,
				       (unsigned long long)log[0]);
			}
		}
		/* Of those above, by a read, and by a write only the one with the leaf. */
		EXPECT_EQ(access == ACCESS_READ ? 2 : 1, nr_changed) {
			TH_LOG("Wanted %u changed tables at gpa 0x%llx (%s), got %u",
			       access == ACCESS_READ ? 2 : 1,
			       (unsigned long long)nested_gpa(TABLES), when, nr_changed);
		}
	}
	expect_mark(_metadata, nested_tables_page(&vm->tables, NESTED_DIRECTORY),
		    nested_tables_dirty(), OF_L2, "written by L2");
}

/* What is under test is shared only, and logged. */
static void log_memory(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	ASSERT_EQ(0, nested_vm_delete_memslot(vm));
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, false));
	ASSERT_EQ(0, nested_vm_set_shared_memslot(vm, true));
}

/* L1's table is in the other hugepage. */
static void expect_logged(struct __test_metadata *_metadata, const struct nested_vm *vm,
			  u64 wanted, const char *when)
{
	u64 log[NR_PAGES / 64];

	ASSERT_EQ(0, vm_driver_get_log(vm->vmd, 1, log));
	EXPECT_EQ(wanted, log[0]) {
		TH_LOG("Wanted dirty pages 0x%llx at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)wanted, BASE, when, (unsigned long long)log[0]);
	}
}

/* Mapped ahead are those that L1 says are used already (FNAME(prefetch_gpte)). */
TEST_F(tables, only_what_l2_writes_is_logged)
{
	const u64 used = nested_tables_accessed() | nested_tables_dirty();
	const struct nested_vm *vm = &self->vm;
	int small, page;

	log_memory(_metadata, vm);
	for (small = 0; small < 2; small++) {
		const char *when = small ? "written by L2, 4K" : "written by L2, 2M";

		if (small)
			nested_change_to_pages(_metadata, vm);
		for (page = 0; small && page < 16; page++)
			nested_page(vm, PAGE_TABLE)[page] |= used;
		nested_vm_enter(vm, true);
		for (page = 3; page < 5; page++) {
			nested_write(_metadata, vm, L2, page, TAG);
			expect_logged(_metadata, vm, BIT_ULL(page), when);
		}
		expect_logged(_metadata, vm, 0, "not written since");
		vm_driver_leave_nested(vm->vmd);
	}
}

/* No fault says so: KVM lets L2 write when it sees that L1 does (make_spte()). */
TEST_F(tables, what_l2_writes_since_l1_lets_it_is_logged)
{
	const struct nested_vm *vm = &self->vm;
	const u64 leaf = nested_tables_leaf(BASE);
	int round;

	log_memory(_metadata, vm);
	nested_vm_use_pages(vm);
	*nested_page(vm, PAGE_TABLE) = leaf & ~NESTED_WRITABLE;
	*nested_page(vm, 0) = TAG;
	nested_vm_enter(vm, true);
	for (round = 0; round < 3; round++) {
		nested_expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + round, "protected");
		expect_logged(_metadata, vm, 0, "protected");
		nested_change_entry(_metadata, vm, PAGE_TABLE, leaf);
		nested_write(_metadata, vm, L2, 0, TAG + round + 1);
		expect_logged(_metadata, vm, BIT_ULL(0), "written by L2");
		nested_change_entry(_metadata, vm, PAGE_TABLE, leaf & ~NESTED_WRITABLE);
	}
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
