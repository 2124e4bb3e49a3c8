// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: while a memslot's dirty pages are logged, every page that the guest writes is in the
 * log and none that it cannot have written, nothing is mapped huge that would hide a write,
 * and afterwards the hugepages come back that attributes allow; with bitmaps in every mode that
 * KVM has for clearing them, with huge leaves split at once or on the first write, and with dirty
 * rings.  What lies next to a logged memslot is not touched by that.
 *
 * Memslots with guest_memfd cannot be logged, so that what is private here has nothing behind
 * it: hugepages are mixed all the same.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "host/backing.h"
#include "host/busy_cpu.h"
#include "host/full_run.h"
#include "kvm/kernel_log.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/scenario_case.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

SCENARIO_FIXTURE(dirty_log);

#define CASE_4K(_name, ...)	SCENARIO_CASE(dirty_log, _name, BACKING_SHMEM, __VA_ARGS__)
#define CASE_2M(_name, ...)	SCENARIO_CASE(dirty_log, _name, BACKING_HUGETLB_2MB, __VA_ARGS__)
#define CASE_1G(_name, ...)	SCENARIO_CASE(dirty_log, _name, BACKING_HUGETLB_1GB, __VA_ARGS__)

/*
 * What each case goes through; W is written and logged, P is private:
 *
 *	before	[      2M      ][      2M      ]
 *	logged	[WW 4K          ][4K  P         ]	split at once, or on the first write
 *	after	[      2M      ][4K  P         ]	what is mixed does not come back
 */

/* Huge leaves that live when logging begins, and pages that have no leaf then. */
CASE_2M(uniform_hugepages,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb\n"
	"prefault 16G 4M\n"
	"log 1 on\n"
	"dirty 1\n"
	"touch read 16G 8K\n"
	"touch write 16G+8K 12K\n"
	"dirty 1\n"
	"touch write 16G+12K 4K\n"
	"touch write 16G+2M-4K 8K\n"
	"touch read 16G+4M-8K 16K\n"
	"touch execute 16G+4M+64K\n"
	"dirty 1\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch read 16G 4K\n"
	"touch write 16G+2M 4K\n"
	"touch write 16G+4M 4K\n"
	"expect 2M x3\n");

CASE_1G(uniform_hugepage_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb\n"
	"prefault 16G 1G\n"
	"log 1 on\n"
	"touch write 16G+6M+4K 4K\n"
	"touch read 16G+8M 4K\n"
	"dirty 1\n"
	"touch write 16G+6M+4K 8K\n"
	"touch write 17G-4K 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch read 16G 4K\n"
	"expect 1G x1\n"
	"touch write 16G+512M 4K\n"
	"expect 1G x1\n");

/* No leaf of a memslot that is created so was ever huge. */
CASE_2M(logged_from_the_start,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb logged\n"
	"convert private 16G+20K 4K\n"
	"touch write 16G 16K\n"
	"expect 4K x4\n"
	"prefault 16G+2M 2M\n"
	"dirty 1\n"
	"touch read 16G+2M 4K\n"
	"touch write 16G+2M+4K 8K\n"
	"touch write 16G+4M-4K 8K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch write 16G 4K\n"
	"touch write 16G+2M 4K\n"
	"touch write 16G+4M 4K\n"
	"expect 4K x4 2M x2\n");

/* A hugepage comes back as one, whichever of its pages was the first to have a leaf. */
CASE_1G(beginning_never_touched_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb logged\n"
	"touch write 16G+6M+4K 4K\n"
	"expect 4K x1\n"
	"log 1 off\n"
	"touch read 16G+6M+4K 4K\n"
	"touch read 16G 4K\n"
	"expect 1G x1\n");

/* Before logging a page of one hugepage is private, and of another one during it. */
CASE_2M(mixed_hugepages,
	"memslot 1 gpa 16G size 8M backing hugetlb_2mb\n"
	"convert private 16G+20K 4K\n"
	"touch write 16G 32K\n"
	"expect 4K x7\n"
	"touch write 16G+2M 4K\n"
	"log 1 on\n"
	"touch write 16G+16K 12K\n"
	"touch write 16G+2M 8K\n"
	"convert private 16G+4M-4K 8K\n"
	"touch write 16G+4M-8K 16K\n"
	"dirty 1\n"
	"touch write 16G+2M 4K\n"
	"touch read 16G+4M+4K 8K\n"
	"convert shared 16G+4M-4K 4K\n"
	"touch read 16G+4M-4K 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch write 16G 32K\n"
	"touch write 16G+2M 8K\n"
	"touch write 16G+4M 8K\n"
	"convert shared 16G 8M\n"
	"touch write 16G 4K\n"
	"touch write 16G+4M 4K\n"
	"expect 2M x2\n");

/* One 2M of a 1G hugepage is mixed: when logging ends the others come back, the 1G does not. */
CASE_1G(mixed_hugepage_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb\n"
	"convert private 16G+6M+4K 4K\n"
	"touch write 16G+2M 4K\n"
	"expect 2M x1\n"
	"touch write 16G+6M 4K\n"
	"log 1 on\n"
	"touch write 16G+2M 4K\n"
	"touch write 16G+6M 4K\n"
	"touch write 16G+10M 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch write 16G+2M 4K\n"
	"touch write 16G+6M 4K\n"
	"touch write 16G+10M 4K\n"
	"convert shared 16G+6M+4K 4K\n"
	"touch read 16G+8M 4K\n"
	"expect 1G x1\n");

/* Attributes change while a page is dirty: that is still known, and nothing else is. */
CASE_2M(conversions_keep_dirty_bits,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"log 1 on\n"
	"touch write 16G 16K\n"
	"expect 4K x4\n"
	"convert private 16G+8K 4K\n"
	"convert private 16G+1M 4K\n"
	"touch read 16G+8K 8K\n"
	"dirty 1\n"
	"convert shared 16G+8K 4K\n"
	"touch read 16G+4K 8K\n"
	"dirty 1\n"
	"convert shared 16G 4M\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch read 16G 4K\n"
	"expect 2M x1\n");

/* The words of KVM's bitmap, 64 pages each, begin at the memslot, not at a hugepage. */
CASE_2M(memslot_begins_within_64_pages,
	"memslot 1 gpa 16G+2M-12K size 4M+20K hva 2M-12K backing hugetlb_2mb\n"
	"prefault 16G+2M-12K 4M+20K\n"
	"log 1 on\n"
	"touch write 16G+2M-12K 4K\n"
	"touch write 16G+2M 4K\n"
	"touch write 16G+2M+240K 8K\n"
	"touch write 16G+4M-4K 8K\n"
	"touch write 16G+6M+4K 4K\n"
	"dirty 1\n"
	"clear 16G+2M+240K 8K\n"
	"clear 16G+4M 4K\n"
	"touch write 16G+2M+244K 4K\n"
	"touch write 16G+4M 4K\n"
	"expect 4K x1029\n"
	"dirty 1\n"
	"clear 16G+6M+4K 4K\n"
	"dirty 1\n"
	"expect 4K x1029\n"
	"log 1 off\n"
	"touch write 16G+2M 4K\n");

/* Bits are cleared one by one, those beside them stay. */
CASE_2M(cleared_page_by_page,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"prefault 16G 4M\n"
	"log 1 on\n"
	"touch write 16G+252K 16K\n"
	"clear 16G+256K 4K\n"
	"touch write 16G+256K 4K\n"
	"clear 16G+252K 8K\n"
	"touch read 16G+252K 8K\n"
	"clear 16G+260K 4K\n"
	"touch write 16G+252K 4K\n"
	"dirty 1\n"
	"clear 16G+2M-4K 8K\n"
	"touch write 16G+2M 4K\n"
	"expect 4K x1024\n"
	"clear 16G 4M\n"
	"touch write 16G+2M-4K 8K\n"
	"dirty 1\n"
	"expect dirty x2\n"
	"log 1 off\n"
	"touch write 16G 4K\n"
	"touch write 16G+2M 4K\n"
	"expect 2M x2\n");

CASE_1G(cleared_page_by_page_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb\n"
	"prefault 16G 4K\n"
	"log 1 on\n"
	"touch write 16G+4M 8K\n"
	"clear 16G+4M+4K 4K\n"
	"touch write 16G+8M 4K\n"
	"touch write 16G+4M+4K 4K\n"
	"clear 16G+8M-4K 8K\n"
	"touch write 16G+8M 4K\n"
	"touch write 16G+512M 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch write 16G+8M 4K\n"
	"expect 1G x1\n");

/* The first 64 pages span two hugepages, whose last and first page they are. */
CASE_2M(cleared_across_hugepages,
	"memslot 1 gpa 16G+2M-4K size 2M+8K hva 2M-4K backing hugetlb_2mb\n"
	"prefault 16G+2M-4K 2M+8K\n"
	"log 1 on\n"
	"touch write 16G+2M 8K\n"
	"clear 16G+2M 8K\n"
	"touch write 16G+2M+4K 4K\n"
	"expect 4K x514\n"
	"touch write 16G+2M 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch write 16G+2M-4K 8K\n"
	"expect 4K x2 2M x1\n");

/* 64 pages that span two hugepages are cleared at once, the last two of them in the second. */
CASE_2M(cleared_across_hugepages_at_once,
	"memslot 1 gpa 16G+8K size 6M-8K hva 8K backing hugetlb_2mb\n"
	"prefault 16G+2M 4M\n"
	"log 1 on\n"
	"touch write 16G+4M-8K 16K\n"
	"clear 16G+4M-4K 12K\n"
	"touch write 16G+4M 4K\n"
	"touch write 16G+4M-8K 8K\n"
	"expect 4K x1024\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch write 16G+2M 4K\n"
	"touch write 16G+4M 4K\n"
	"expect 2M x2\n");

/* The same where the first of the two is still huge, and the second is not any more. */
CASE_2M(cleared_across_hugepage_and_small_pages,
	"memslot 1 gpa 16G+8K size 6M-8K hva 8K backing hugetlb_2mb\n"
	"prefault 16G+2M 4M\n"
	"log 1 on\n"
	"clear 16G+4M 8K\n"
	"touch write 16G+4M 8K\n"
	"clear 16G+4M-4K 12K\n"
	"touch write 16G+4M 8K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch write 16G+2M 4K\n"
	"touch write 16G+4M 4K\n"
	"expect 2M x2\n");

/* What is mapped already must not be taken for written, whatever maps it. */
CASE_2M(prefaulted_while_logged,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb\n"
	"prefault 16G 2M\n"
	"convert private 16G+2M+4K 4K\n"
	"log 1 on\n"
	"prefault 16G+4M 64K\n"
	"dirty 1\n"
	"prefault 16G 64K\n"
	"expect 4K x528\n"
	"prefault 16G+2M 4K\n"
	"dirty 1\n"
	"touch write 16G+32K 4K\n"
	"dirty 1\n"
	"prefault 16G+32K 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"prefault 16G 2M\n"
	"prefault 16G+4M 2M\n"
	"expect 4K x1 2M x2\n");

/* Logging off and on again: the log starts anew, whatever leaves the last one has left. */
CASE_2M(logged_again,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"convert private 16G+2M+4K 4K\n"
	"prefault 16G 2M\n"
	"expect 2M x1\n"
	"log 1 on\n"
	"touch write 16G 8K\n"
	"touch write 16G+2M 4K\n"
	"clear 16G+4K 4K\n"
	"log 1 off\n"
	"log 1 on\n"
	"dirty 1\n"
	"touch write 16G 4K\n"
	"touch write 16G+2M 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch write 16G+4K 4K\n"
	"expect 4K x1 2M x1\n"
	"log 1 on\n"
	"touch write 16G+8K 4K\n"
	"dirty 1\n"
	"log 1 off\n");

/*
 * More writes between two exits than a CPU has room for that logs them itself (Intel's PML has
 * room for 512).  There is a leaf for each page, so that nothing else makes the guest leave.
 */
CASE_2M(every_page_written_at_once,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"log 1 on\n"
	"touch write 16G 4M\n"
	"dirty 1\n"
	"touch write 16G 4M\n"
	"expect 4K x1024\n"
	"dirty 1\n"
	"expect dirty x1024\n"
	"touch write 16G+2M 2M\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch read 16G 4K\n");

/* Dirty bits belong to pages of the memslot, not to gfns. */
CASE_2M(memslot_moved_while_logged,
	"convert private 16G+10M+4K 4K\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"touch write 16G 4K\n"
	"expect 2M x1\n"
	"log 1 on\n"
	"touch write 16G+4K 4K\n"
	"touch write 16G+3M 4K\n"
	"move 1 gpa 16G+8M\n"
	"touch write 16G+8M+12K 4K\n"
	"touch write 16G+10M 12K\n"
	"dirty 1\n"
	"touch write 16G+8M+4K 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch write 16G+8M 4K\n"
	"touch write 16G+10M 4K\n"
	"expect 4K x2 2M x1\n");

/* One memslot is logged, its neighbour in the same 1G range is not. */
CASE_2M(neighbour_not_logged,
	"memslot 1 gpa 16G size 3M backing hugetlb_2mb\n"
	"memslot 2 gpa 16G+3M size 3M hva 3M backing hugetlb_2mb\n"
	"prefault 16G 6M\n"
	"log 1 on\n"
	"touch write 16G+3M-4K 8K\n"
	"touch write 16G 4K\n"
	"touch write 16G+4M 4K\n"
	"dirty 1\n"
	"touch write 16G+3M-4K 8K\n"
	"log 2 on\n"
	"touch write 16G+4M 4K\n"
	"dirty 2\n"
	"log 1 off\n"
	"touch write 16G+4M+4K 4K\n"
	"touch write 16G 4K\n"
	"dirty 2\n"
	"log 2 off\n"
	"touch write 16G+4M 4K\n"
	"expect 4K x512 2M x2\n");

/* The host takes pages away: their leaves go, but not what is known of them. */
CASE_2M(host_drops_pages,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"prefault 16G 4M\n"
	"log 1 on\n"
	"touch write 16G 8K\n"
	"dontneed 16G 2M\n"
	"dirty 1\n"
	"touch read 16G 4K\n"
	"touch write 16G+2M 4K\n"
	"discard 16G+2M 2M\n"
	"touch read 16G+2M+4K 4K\n"
	"expect 4K x2\n"
	"dirty 1\n"
	"expect 4K x2\n"
	"log 1 off\n"
	"touch read 16G 4K\n");

CASE_4K(small_pages,
	"memslot 1 gpa 16G size 512K backing shmem\n"
	"memslot 2 gpa 17G+4K size 300K backing anonymous\n"
	"touch write 16G 64K\n"
	"log 1 on\n"
	"log 2 on\n"
	"touch write 16G+60K 8K\n"
	"expect 4K x17\n"
	"touch write 17G+4K 300K\n"
	"dirty 1\n"
	"dirty 2\n"
	"expect dirty x75\n"
	"fork 17G+8K\n"
	"touch read 17G+8K 8K\n"
	"prefault 17G+64K 8K\n"
	"touch write 16G+64K 4K\n"
	"dirty 1\n"
	"dirty 2\n"
	"clear 17G+240K 60K\n"
	"touch write 17G+244K 4K\n"
	"dirty 2\n"
	"log 1 off\n"
	"log 2 off\n"
	"touch write 16G+64K 4K\n"
	"expect 4K x22\n");

/* The case, after the steps @modes that choose how KVM logs. */
static void run_in_mode(struct __test_metadata *_metadata, const char *name,
			const FIXTURE_VARIANT(dirty_log) * variant, const char *modes)
{
	const char *missing;
	char *text;

	ASSERT_LT(0, asprintf(&text, "%s%s", modes, variant->scenario));
	missing = suite_missing_modes(text);
	/* The other two ways to clear a log are enough for every day where it takes long. */
	if (!missing && variant->backing == BACKING_HUGETLB_1GB &&
	    strstr(modes, "manual_protect on"))
		missing = full_run_missing();
	if (missing)
		SKIP(return, "%s", missing);
	scenario_case_run(_metadata, text, name, false);
	free(text);
}

TEST_F(dirty_log, automatic)
{
	run_in_mode(_metadata, self->name, variant, "eager_split on\n");
}

TEST_F(dirty_log, automatic_split_on_write)
{
	run_in_mode(_metadata, self->name, variant, "eager_split off\n");
}

TEST_F(dirty_log, manual)
{
	run_in_mode(_metadata, self->name, variant, "eager_split on\nmanual_protect on\n");
}

TEST_F(dirty_log, manual_split_on_write)
{
	run_in_mode(_metadata, self->name, variant, "eager_split off\nmanual_protect on\n");
}

TEST_F(dirty_log, initially_set)
{
	run_in_mode(_metadata, self->name, variant,
		    "eager_split on\nmanual_protect initially_set\n");
}

TEST_F(dirty_log, initially_set_split_on_write)
{
	run_in_mode(_metadata, self->name, variant,
		    "eager_split off\nmanual_protect initially_set\n");
}

/* Rings in place of bitmaps: KVM_CLEAR_DIRTY_LOG is not for them. */
TEST_F(dirty_log, rings)
{
	if (strstr(variant->scenario, "clear "))
		SKIP(return, "dirty rings are not cleared by page");
	run_in_mode(_metadata, self->name, variant, "eager_split off\ndirty_ring\n");
}

/*
 * Three memslots of one hugepage each, and the log of the one in the middle.  The pages next to it
 * are not split, and are written without a fault: nothing has made them read-only.
 *
 *	[      2M      ][  4K, logged  ][      2M      ]
 *	              w                  w
 */
#define FIRST_GPA	(16ull * SZ_1G)
#define HUGEPAGE	((u64)SZ_2M)
#define MIDDLE_GPA	(FIRST_GPA + HUGEPAGE)
#define LAST_GPA	(MIDDLE_GPA + HUGEPAGE)
#define HUGEPAGE_PAGES	512
#define TAG		0x10991099ull

FIXTURE(neighbour)
{
	struct vm_driver *vmd;
	struct backing_view view;
};

static int set_memslot(FIXTURE_DATA(neighbour) * self, u32 id, bool logged)
{
	const u64 offset = (id - 1) * HUGEPAGE;

	return vm_driver_set_memslot(self->vmd, id, FIRST_GPA + offset, HUGEPAGE,
				     self->view.base + offset, -1, logged);
}

FIXTURE_SETUP(neighbour)
{
	u32 id;

	kernel_log_start();
	self->vmd = vm_driver_create(1);
	backing_map(&self->view, BACKING_HUGETLB_2MB, 0, 3 * HUGEPAGE);
	for (id = 1; id <= 3; id++) {
		ASSERT_EQ(0, set_memslot(self, id, false));
		vm_driver_touch(self->vmd, 0, ACCESS_WRITE, FIRST_GPA + (id - 1) * HUGEPAGE, TAG);
	}
}

FIXTURE_TEARDOWN(neighbour)
{
	vm_driver_free(self->vmd);
	backing_unmap(&self->view);
	vm_expect_no_warning(_metadata, FIRST_GPA, "after the VM");
}

/* The guest writes to the page at @gpa as it has done before. */
static void expect_no_fault_at(struct __test_metadata *_metadata, struct vm_driver *vmd, u64 gpa,
			       const char *when)
{
	u64 before = vm_driver_faults(vmd, 0), faults;

	vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa, TAG);
	faults = vm_driver_faults(vmd, 0) - before;
	EXPECT_EQ(0, faults) {
		TH_LOG("Wanted no fault at gpa 0x%llx (%s), got %llu", (unsigned long long)gpa,
		       when, (unsigned long long)faults);
	}
}

static void expect_no_fault(struct __test_metadata *_metadata, struct vm_driver *vmd,
			    const char *when)
{
	expect_no_fault_at(_metadata, vmd, MIDDLE_GPA - SZ_4K, when);
	expect_no_fault_at(_metadata, vmd, LAST_GPA, when);
}

/* Write to the ends of the memslot in the middle: then it is split, if it is logged. */
static void write_middle(struct __test_metadata *_metadata, struct vm_driver *vmd, u64 hugepages,
			 const char *when)
{
	u64 leaves[NR_LEVELS];

	vm_driver_touch(vmd, 0, ACCESS_WRITE, MIDDLE_GPA, TAG);
	vm_driver_touch(vmd, 0, ACCESS_WRITE, LAST_GPA - SZ_4K, TAG);
	vm_driver_leaves(vmd, leaves);
	EXPECT_EQ(hugepages, leaves[LEVEL_2M]) {
		TH_LOG("Wanted 2M x%llu at gpa 0x%llx (%s), got 2M x%llu",
		       (unsigned long long)hugepages, (unsigned long long)MIDDLE_GPA, when,
		       (unsigned long long)leaves[LEVEL_2M]);
	}
}

static void try_log(struct __test_metadata *_metadata, FIXTURE_DATA(neighbour) * self)
{
	u64 log[HUGEPAGE_PAGES / 64];

	ASSERT_EQ(0, set_memslot(self, 2, true));
	expect_no_fault(_metadata, self->vmd, "log on");
	write_middle(_metadata, self->vmd, 2, "log on");
	ASSERT_EQ(0, vm_driver_get_log(self->vmd, 2, log));
	expect_no_fault(_metadata, self->vmd, "log read");
	memset(log, 0xff, sizeof(log));
	ASSERT_EQ(0, vm_driver_clear_log(self->vmd, 2, 0, HUGEPAGE_PAGES, log));
	expect_no_fault(_metadata, self->vmd, "log cleared");
	ASSERT_EQ(0, set_memslot(self, 2, false));
	expect_no_fault(_metadata, self->vmd, "log off");
	write_middle(_metadata, self->vmd, 3, "log off");
}

TEST_F(neighbour, is_not_touched_by_automatic_log)
{
	try_log(_metadata, self);
}

TEST_F(neighbour, is_not_touched_by_manual_log)
{
	ASSERT_EQ(0, vm_driver_manual_protect(self->vmd, PROTECT_MANUAL));
	try_log(_metadata, self);
}

/*
 * A page that is only protected for the log is written again at once, and waits for nobody.  Where
 * the CPU logs (PML) it is not protected, and there is no fault at all.
 */
TEST_F(neighbour, protected_page_is_written_without_mmu_lock)
{
	const unsigned int page = 1;
	const u64 gpa = MIDDLE_GPA + page * SZ_4K;
	u64 log[HUGEPAGE_PAGES / 64], faults, fast;

	ASSERT_EQ(0, set_memslot(self, 2, true));
	vm_driver_touch(self->vmd, 0, ACCESS_WRITE, gpa, TAG);
	ASSERT_EQ(0, vm_driver_get_log(self->vmd, 2, log));
	faults = vm_driver_faults(self->vmd, 0);
	fast = vm_driver_fast_faults(self->vmd, 0);
	vm_driver_touch(self->vmd, 0, ACCESS_WRITE, gpa, TAG);
	faults = vm_driver_faults(self->vmd, 0) - faults;
	fast = vm_driver_fast_faults(self->vmd, 0) - fast;
	EXPECT_EQ(faults, fast) {
		TH_LOG("Wanted %llu faults without mmu_lock at gpa 0x%llx (log read), got %llu",
		       (unsigned long long)faults, (unsigned long long)gpa,
		       (unsigned long long)fast);
	}
	ASSERT_EQ(0, vm_driver_get_log(self->vmd, 2, log));
	EXPECT_TRUE(log[0] & BIT_ULL(page)) {
		TH_LOG("Wanted a dirty page at gpa 0x%llx (written again), got none",
		       (unsigned long long)gpa);
	}
}

static int move_last(FIXTURE_DATA(neighbour) * self, u64 gpa, bool logged)
{
	return vm_driver_set_memslot(self->vmd, 3, gpa, HUGEPAGE, self->view.base + 2 * HUGEPAGE,
				     -1, logged);
}

/* One call moves a memslot and turns its log on, or off. */
TEST_F(neighbour, log_begins_and_ends_with_a_move)
{
	const u64 gpa = LAST_GPA + SZ_1G;
	u64 log[HUGEPAGE_PAGES / 64] = { };
	int r;

	ASSERT_EQ(0, move_last(self, gpa, true));
	vm_driver_touch(self->vmd, 0, ACCESS_WRITE, gpa + SZ_4K, TAG);
	r = vm_driver_get_log(self->vmd, 3, log);
	EXPECT_TRUE(!r && log[0] == BIT_ULL(1)) {
		TH_LOG("Wanted page 1 dirty at gpa 0x%llx (moved and logged), got 0x%llx, errno %d",
		       (unsigned long long)gpa, (unsigned long long)log[0], r);
	}

	ASSERT_EQ(0, move_last(self, LAST_GPA, false));
	r = vm_driver_get_log(self->vmd, 3, log);
	EXPECT_EQ(ENOENT, r) {
		TH_LOG("Wanted ENOENT at gpa 0x%llx (moved, not logged any more), got errno %d",
		       (unsigned long long)LAST_GPA, r);
	}
	vm_driver_touch(self->vmd, 0, ACCESS_WRITE, LAST_GPA, TAG);
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_2M, 3, FIRST_GPA, "moved back");
}

/*
 * Two pages that are cleared at once, with others between them that are not, on both sides of a
 * hugepage's boundary: both are protected (kvm_arch_mmu_enable_log_dirty_pt_masked()).
 *
 *	page	 0       3      10
 *	clear	[x      ][       x
 */
TEST(cleared_pages_with_gap_across_hugepages)
{
	const u64 before = 3, last = 10, gpa = FIRST_GPA + HUGEPAGE - before * SZ_4K;
	const u64 size = HUGEPAGE + before * SZ_4K, cleared = BIT_ULL(0) | BIT_ULL(last);
	u64 log[HUGEPAGE_PAGES / 64 + 1] = { cleared };
	struct backing_view view;
	struct vm_driver *vmd;
	void *hva;

	if (suite_missing(BACKING_HUGETLB_2MB))
		SKIP(return, "%s", suite_missing(BACKING_HUGETLB_2MB));
	if (vm_driver_missing_protect(PROTECT_INITIALLY_SET))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_INITIALLY_SET));

	kernel_log_start();
	vmd = vm_driver_create(1);
	backing_map(&view, BACKING_HUGETLB_2MB, 0, 2 * HUGEPAGE);
	hva = view.base + HUGEPAGE - before * SZ_4K;
	ASSERT_EQ(0, vm_driver_manual_protect(vmd, PROTECT_INITIALLY_SET));
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, gpa, size, hva, -1, false));
	vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa, TAG);
	vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa + last * SZ_4K, TAG);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, gpa, size, hva, -1, true));
	ASSERT_EQ(0, vm_driver_clear_log(vmd, 1, 0, 64, log));
	vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa, TAG);
	vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa + last * SZ_4K, TAG);
	ASSERT_EQ(0, vm_driver_get_log(vmd, 1, log));
	EXPECT_EQ(cleared, log[0] & cleared) {
		TH_LOG("Wanted pages 0x%llx dirty at gpa 0x%llx (written again), got 0x%llx",
		       (unsigned long long)cleared, (unsigned long long)gpa,
		       (unsigned long long)(log[0] & cleared));
	}
	vm_driver_free(vmd);
	backing_unmap(&view);
	vm_expect_no_warning(_metadata, gpa, "after the VM");
}

/* Memslot 1, of 64 pages at most from @gpa on: these are dirty, bit by bit. */
static void expect_dirty(struct __test_metadata *_metadata, struct vm_driver *vmd, u64 gpa,
			 u64 wanted, const char *when)
{
	u64 log;

	ASSERT_EQ(0, vm_driver_get_log(vmd, 1, &log));
	EXPECT_EQ(wanted, log) {
		TH_LOG("Wanted dirty pages 0x%llx at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)wanted, (unsigned long long)gpa, when,
		       (unsigned long long)log);
	}
}

/* What is enabled is what was asked for last (kvm_vm_ioctl_enable_cap_generic()). */
TEST(manual_protection_can_be_ended)
{
	const u64 gpa = 16ull * SZ_1G;
	struct plain_vm vm;

	if (vm_driver_missing_protect(PROTECT_MANUAL))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_MANUAL));

	plain_vm_create(&vm, BACKING_HUGETLB_2MB, SZ_64K, SZ_64K);
	ASSERT_EQ(0, vm_driver_manual_protect(vm.vmd, PROTECT_MANUAL));
	ASSERT_EQ(0, vm_driver_manual_protect(vm.vmd, PROTECT_AUTOMATIC));
	ASSERT_EQ(0, vm_driver_set_memslot(vm.vmd, 1, gpa, SZ_64K, vm.view.base, -1, true));
	vm_driver_touch(vm.vmd, 0, ACCESS_WRITE, gpa, 1);
	expect_dirty(_metadata, vm.vmd, gpa, 1, "written");
	expect_dirty(_metadata, vm.vmd, gpa, 0, "got before");
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, gpa, "after the VM");
}

/* Of the pages between two that are cleared KVM keeps what it knows (clear_dirty_pt_masked()). */
TEST(pages_that_are_not_cleared_stay_writable)
{
	u64 cleared = BIT_ULL(1) | BIT_ULL(6), page;
	const u64 gpa = 16ull * SZ_1G;
	struct plain_vm vm;

	if (vm_driver_missing_protect(PROTECT_MANUAL))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_MANUAL));

	plain_vm_create(&vm, BACKING_ANONYMOUS, SZ_64K, SZ_4K);
	ASSERT_EQ(0, vm_driver_manual_protect(vm.vmd, PROTECT_MANUAL));
	ASSERT_EQ(0, vm_driver_set_memslot(vm.vmd, 1, gpa, SZ_64K, vm.view.base, -1, true));
	for (page = 0; page < 8; page++)
		vm_driver_touch(vm.vmd, 0, ACCESS_WRITE, gpa + page * SZ_4K, TAG);
	ASSERT_EQ(0, vm_driver_clear_log(vm.vmd, 1, 0, SZ_64K / SZ_4K, &cleared));
	for (page = 2; page < 6; page++)
		expect_no_fault_at(_metadata, vm.vmd, gpa + page * SZ_4K, "between cleared pages");
	vm_driver_touch(vm.vmd, 0, ACCESS_WRITE, gpa + SZ_4K, TAG);
	expect_dirty(_metadata, vm.vmd, gpa, 0xbf, "one written again");
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, gpa, "after the VM");
}

/* The host maps its page of zeroes for reading only, and so does KVM (make_spte()). */
TEST(page_that_nobody_wrote_is_not_dirty)
{
	const u64 gpa = 16ull * SZ_1G;
	struct plain_vm vm;

	plain_vm_create(&vm, BACKING_ANONYMOUS, SZ_64K, SZ_4K);
	ASSERT_EQ(0, madvise(vm.view.base, SZ_64K, MADV_DONTNEED));
	ASSERT_EQ(0, vm_driver_set_memslot(vm.vmd, 1, gpa, SZ_64K, vm.view.base, -1, true));
	vm_driver_touch(vm.vmd, 0, ACCESS_READ, gpa, 0);
	vm_driver_touch(vm.vmd, 0, ACCESS_READ, gpa + SZ_4K, 0);
	expect_dirty(_metadata, vm.vmd, gpa, 0, "read");
	vm_driver_touch(vm.vmd, 0, ACCESS_WRITE, gpa + SZ_4K, TAG);
	expect_dirty(_metadata, vm.vmd, gpa, BIT_ULL(1), "one written");
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, gpa, "after the VM");
}

/* Protecting many pages takes long: whoever else wants the CPU has it meanwhile. */
#define MANY_SIZE	((u64)SZ_128M)
#define WRITTEN_STRIDE	101		/* pages */

TEST(log_begins_for_all_pages_on_a_busy_cpu)
{
	const u64 gpa = 16ull * SZ_1G, npages = MANY_SIZE / SZ_4K;
	static u64 log[MANY_SIZE / SZ_4K / 64];
	struct busy_cpu busy;
	struct plain_vm vm;
	u64 page, stopped;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	plain_vm_create(&vm, BACKING_ANONYMOUS, MANY_SIZE, SZ_4K);
	ASSERT_EQ(0, vm_driver_set_memslot(vm.vmd, 1, gpa, MANY_SIZE, vm.view.base, -1, false));
	ASSERT_EQ(0, vm_driver_prefault(vm.vmd, gpa, MANY_SIZE, &stopped));
	vm_expect_leaves_of(_metadata, vm.vmd, LEVEL_4K, npages, gpa, "pre-faulted");
	busy_cpu_begin(&busy);
	ASSERT_EQ(0, vm_driver_set_memslot(vm.vmd, 1, gpa, MANY_SIZE, vm.view.base, -1, true));
	busy_cpu_end(&busy);

	for (page = 0; page < npages; page += WRITTEN_STRIDE)
		vm_driver_touch(vm.vmd, 0, ACCESS_WRITE, gpa + page * SZ_4K, page);
	ASSERT_EQ(0, vm_driver_get_log(vm.vmd, 1, log));
	for (page = 0; page < npages && log[page / 64] >> page % 64 & 1; page += WRITTEN_STRIDE)
		;
	EXPECT_LE(npages, page) {
		TH_LOG("Wanted a dirty page at gpa 0x%llx (written, logged), got a clean one",
		       (unsigned long long)(gpa + page * SZ_4K));
	}
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, gpa, "after the VM");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return suite_harness_run(argc, argv);
}
