// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: the guest's own page tables are memory like any other.  What the guest, its CPU or KVM's
 * emulator writes to them is logged, also after the CPU has walked them, which is a write for the
 * fault that maps them (PFERR_GUEST_PAGE_MASK); and they may be private.
 *
 *	memslot 1	[ directory | table | data | ... ]
 *	gva		[ data ] by the directory and the table; the memslot itself at gva = gpa
 */
#include <unistd.h>

#include <linux/bits.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/setting.h"
#include "kvm/guest_insn.h"
#include "kvm/kvm_parameter.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define GVA		(18ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_2M)
#define TAG		0x7ab1e00000000001ull

enum { DIRECTORY, TABLE, DATA };

/* Of an entry: present, writable, for user and kernel; used; written to. */
#define MAPS		(BIT_ULL(0) | BIT_ULL(1) | BIT_ULL(2))
#define ACCESSED	BIT_ULL(5)
#define DIRTY		BIT_ULL(6)

/* An entry that nothing is found by. */
#define UNUSED		7

FIXTURE(page_table)
{
	struct plain_vm vm;
};

static u64 gpa_of(unsigned int page)
{
	return BASE + page * SZ_4K;
}

static u64 *host_page(FIXTURE_DATA(page_table) * self, unsigned int page)
{
	return self->vm.view.base + page * SZ_4K;
}

static int set_memslot(FIXTURE_DATA(page_table) * self, bool logged)
{
	return vm_driver_set_memslot(self->vm.vmd, 1, BASE, SLOT_SIZE, self->vm.view.base, -1,
				     logged);
}

FIXTURE_SETUP(page_table)
{
	plain_vm_create(&self->vm, BACKING_ANONYMOUS, SLOT_SIZE, SLOT_SIZE);
	vm_driver_map_by_directory(self->vm.vmd, GVA, gpa_of(DIRECTORY));
	*host_page(self, DIRECTORY) = gpa_of(TABLE) | MAPS | ACCESSED;
	*host_page(self, TABLE) = gpa_of(DATA) | MAPS | ACCESSED | DIRTY;
	*host_page(self, DATA) = TAG;
}

FIXTURE_TEARDOWN(page_table)
{
	plain_vm_free(&self->vm);
	setting_restore();
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static void expect_dirty(struct __test_metadata *_metadata, FIXTURE_DATA(page_table) * self,
			 unsigned int page, const char *when)
{
	u64 log[SLOT_SIZE / SZ_4K / 64] = { };

	ASSERT_EQ(0, vm_driver_get_log(self->vm.vmd, 1, log));
	EXPECT_TRUE(log[0] & BIT_ULL(page)) {
		TH_LOG("Wanted a dirty page at gpa 0x%llx (%s), got pages 0x%llx",
		       (unsigned long long)gpa_of(page), when, (unsigned long long)log[0]);
	}
}

/* The log is on, has nothing, and the entry of the table counts as never used. */
static void begin_log_of_unused_entry(struct __test_metadata *_metadata,
				      FIXTURE_DATA(page_table) * self)
{
	u64 log[SLOT_SIZE / SZ_4K / 64];

	ASSERT_EQ(0, set_memslot(self, true));
	*host_page(self, TABLE) &= ~ACCESSED;
	ASSERT_EQ(0, vm_driver_get_log(self->vm.vmd, 1, log));
}

/* The entry is marked as used, and that is logged. */
static void expect_marked(struct __test_metadata *_metadata, FIXTURE_DATA(page_table) * self,
			  const char *when)
{
	EXPECT_TRUE(*host_page(self, TABLE) & ACCESSED) {
		TH_LOG("Wanted a used entry at gpa 0x%llx (%s), got an unused one",
		       (unsigned long long)gpa_of(TABLE), when);
	}
	expect_dirty(_metadata, self, TABLE, when);
}

static void expect_found(struct __test_metadata *_metadata, FIXTURE_DATA(page_table) * self,
			 const char *when)
{
	struct guest_access got = vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, GVA, 0);

	vm_expect_end(_metadata, ACCESS_DONE, got.end, gpa_of(DATA), when);
	vm_expect_content(_metadata, TAG, got.value, gpa_of(DATA), when);
}

/* Nothing is written by the walk, but its page may be from then on. */
TEST_F(page_table, write_after_a_walk_is_logged)
{
	u64 log[SLOT_SIZE / SZ_4K / 64];
	int i;

	ASSERT_EQ(0, set_memslot(self, true));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, vm_driver_get_log(self->vm.vmd, 1, log));
		expect_found(_metadata, self, "all bits are set");
		vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE,
				gpa_of(TABLE) + UNUSED * sizeof(u64), TAG);
		expect_dirty(_metadata, self, TABLE, "written after a walk");
	}
}

TEST_F(page_table, accessed_bit_by_cpu_is_logged)
{
	begin_log_of_unused_entry(_metadata, self);
	expect_found(_metadata, self, "by the CPU");
	expect_marked(_metadata, self, "marked by the CPU");
}

/* Where KVM walks for the guest: update_accessed_dirty_bits(), arch/x86/kvm/mmu/paging_tmpl.h. */
TEST_F(page_table, accessed_bit_by_emulator_is_logged)
{
	const u64 no_input[GUEST_INSN_MAX_EXITS] = { };
	struct guest_insn load = { .kind = INSN_LOAD, .forced = true, .size = 8, .gpa = GVA };
	struct guest_insn_exits exits;

	if (!setting_can_change(FORCE_EMULATION_SETTING))
		SKIP(return, MISSING_FORCE);

	ASSERT_EQ(0, setting_change_for_now(FORCE_EMULATION_SETTING, "1"));
	begin_log_of_unused_entry(_metadata, self);
	vm_driver_insn(self->vm.vmd, 0, &load, no_input, &exits);
	vm_expect_nr_exits(_metadata, 0, exits.nr, gpa_of(DATA), "by the emulator");
	vm_expect_content(_metadata, TAG, (u64)load.value, gpa_of(DATA), "by the emulator");
	expect_marked(_metadata, self, "marked by the emulator");
}

/* The guest makes them itself: of what it finds by them it is told nothing by the host. */
TEST_F(page_table, may_be_private)
{
	struct vm_driver *vmd = self->vm.vmd;
	unsigned int page;

	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, SLOT_SIZE));
	expect_found(_metadata, self, "all shared");
	for (page = DIRECTORY; page <= TABLE; page++) {
		const u64 entry = *host_page(self, page);

		ASSERT_EQ(0, vm_driver_convert(vmd, gpa_of(page), SZ_4K, true));
		vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa_of(page), entry);
		*host_page(self, page) = 0;
		/* No page has a leaf: it is the walk that has it mapped. */
		ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE, 0, NULL, -1, false));
		ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, SLOT_SIZE));
		expect_found(_metadata, self, page == TABLE ? "both private" : "one private");
	}
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_ANONYMOUS));
	return suite_harness_run(argc, argv);
}
