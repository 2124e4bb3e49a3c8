// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a memslot's private pages are those of its guest_memfd from the memslot's offset on,
 * each to the last; a hole that is punched there unmaps and empties these pages and no others;
 * when the last file is closed, none of them stays mapped or can be reached, shared ones can.
 * No page is bound twice, and none that was allocated ahead shows what others have left in it.
 *
 * Two memslots share a guest_memfd here, the second one lies first in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/one_cpu.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_64K)
#define SLOT_PAGES	(SLOT_SIZE / SZ_4K)
#define NR_PAGES	(2 * SLOT_PAGES)
#define GMEM_SIZE	(4 * SLOT_SIZE)

/* Where the memslots' memory begins in the guest_memfd; before and behind it nothing is bound. */
#define OFFSET_1	(2 * SLOT_SIZE)
#define OFFSET_2	(1 * SLOT_SIZE)

#define TAG		0xb14db14d00000001ull

/* More than CPUs keep of pages that were given back, so that these are the next to be taken. */
#define DIRTY_SIZE	((size_t)SZ_8M)

FIXTURE(binding)
{
	struct plain_vm vm;
	struct guest_access result[NR_PAGES];
};

static void touch_all(struct vm_driver *vmd, enum access access, struct guest_access *result)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS,
		.access = access,
		.gpa = BASE,
		.npages = NR_PAGES,
		.tag = TAG,
	};

	vm_driver_guest(vmd, 0, &request, result);
}

FIXTURE_SETUP(binding)
{
	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, 2 * SLOT_SIZE, GMEM_SIZE);
	ASSERT_EQ(0, vm_driver_bind_memslot(self->vm.vmd, 1, BASE, SLOT_SIZE, self->vm.view.base,
					    self->vm.gmem_fd, OFFSET_1));
	ASSERT_EQ(0, vm_driver_bind_memslot(self->vm.vmd, 2, BASE + SLOT_SIZE, SLOT_SIZE,
					    self->vm.view.base + SLOT_SIZE,
					    self->vm.gmem_fd, OFFSET_2));
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE, 2 * SLOT_SIZE, true));
	touch_all(self->vm.vmd, ACCESS_WRITE, self->result);
}

FIXTURE_TEARDOWN(binding)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static int punch_hole(int fd, u64 offset, u64 size)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size);
}

/* True if page @page of both memslots together lies in [@offset, @offset + @size) of the file. */
static bool in_hole(u64 page, u64 offset, u64 size)
{
	u64 place = page < SLOT_PAGES ? OFFSET_1 + page * SZ_4K :
					OFFSET_2 + (page - SLOT_PAGES) * SZ_4K;

	return place >= offset && place < offset + size;
}

static u64 pages_in_hole(u64 offset, u64 size)
{
	u64 page, nr = 0;

	for (page = 0; page < NR_PAGES; page++)
		nr += in_hole(page, offset, size);
	return nr;
}

static void check_leaves(struct __test_metadata *_metadata, struct vm_driver *vmd, u64 wanted,
			 const char *when)
{
	u64 leaves[NR_LEVELS], got;

	vm_driver_leaves(vmd, leaves);
	got = leaves[LEVEL_4K] + leaves[LEVEL_2M] + leaves[LEVEL_1G];
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %llu leaves at gpa 0x%llx (%s), got %llu",
		       (unsigned long long)wanted, (unsigned long long)BASE, when,
		       (unsigned long long)got);
	}
}

/* All pages are there, those in the hole empty, the others as they were written. */
static void check_contents(struct __test_metadata *_metadata, struct vm_driver *vmd,
			   struct guest_access *result, u64 offset, u64 size, const char *when)
{
	u64 page;

	touch_all(vmd, ACCESS_READ, result);
	for (page = 0; page < NR_PAGES; page++) {
		u64 wanted = in_hole(page, offset, size) ? 0 : TAG + page;

		vm_expect_end(_metadata, ACCESS_DONE, result[page].end, BASE + page * SZ_4K, when);
		vm_expect_content(_metadata, wanted, result[page].value, BASE + page * SZ_4K, when);
	}
}

static void check_hole(struct __test_metadata *_metadata, FIXTURE_DATA(binding) * self,
		       u64 offset, u64 size, const char *when)
{
	ASSERT_EQ(0, punch_hole(self->vm.gmem_fd, offset, size));
	check_leaves(_metadata, self->vm.vmd, NR_PAGES - pages_in_hole(offset, size), when);
	check_contents(_metadata, self->vm.vmd, self->result, offset, size, when);
	check_leaves(_metadata, self->vm.vmd, NR_PAGES, when);
	vm_expect_no_warning(_metadata, BASE, when);
}

TEST_F(binding, every_page_has_its_own)
{
	check_leaves(_metadata, self->vm.vmd, NR_PAGES, "no hole");
	check_contents(_metadata, self->vm.vmd, self->result, 0, 0, "no hole");
	vm_expect_no_warning(_metadata, BASE, "no hole");
}

TEST_F(binding, hole_inside_one_memslot)
{
	check_hole(_metadata, self, OFFSET_1 + SZ_4K, 2 * SZ_4K, "hole in memslot 1");
}

TEST_F(binding, hole_in_the_other_memslot)
{
	check_hole(_metadata, self, OFFSET_2 + 3 * SZ_4K, SZ_4K, "hole in memslot 2");
}

TEST_F(binding, hole_from_one_memslot_into_the_next)
{
	check_hole(_metadata, self, OFFSET_1 - 2 * SZ_4K, 5 * SZ_4K, "hole in both memslots");
}

TEST_F(binding, hole_from_unbound_into_memslot)
{
	check_hole(_metadata, self, 0, OFFSET_2 + SZ_4K, "hole that begins unbound");
}

TEST_F(binding, hole_from_memslot_into_unbound)
{
	check_hole(_metadata, self, OFFSET_1 + SLOT_SIZE - SZ_4K, SZ_64K,
		   "hole that ends unbound");
}

TEST_F(binding, hole_where_nothing_is_bound)
{
	check_hole(_metadata, self, 0, OFFSET_2, "hole that is unbound");
}

TEST_F(binding, hole_in_unbound_guest_memfd)
{
	int fd = vm_driver_create_gmem(self->vm.vmd, SLOT_SIZE);

	ASSERT_EQ(0, punch_hole(fd, 0, SLOT_SIZE));
	ASSERT_EQ(0, punch_hole(self->vm.gmem_fd, OFFSET_1, SZ_4K));
	check_contents(_metadata, self->vm.vmd, self->result, OFFSET_1, SZ_4K, "other hole");
	vm_expect_no_warning(_metadata, BASE, "other hole");
	close(fd);
}

static u64 slot_gpa(u32 slot)
{
	return BASE + (slot - 1) * SLOT_SIZE;
}

/* Pages of memslot @slot hold what the guest has written, or nothing from page @empty on. */
static void check_slot(struct __test_metadata *_metadata, FIXTURE_DATA(binding) * self, u32 slot,
		       u64 gpa, u64 empty, const char *when)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = ACCESS_READ, .gpa = gpa, .npages = SLOT_PAGES,
	};
	u64 page, wanted;

	vm_driver_guest(self->vm.vmd, 0, &request, self->result);
	for (page = 0; page < SLOT_PAGES; page++) {
		wanted = page < empty ? TAG + (slot - 1) * SLOT_PAGES + page : 0;
		vm_expect_end(_metadata, ACCESS_DONE, self->result[page].end, gpa + page * SZ_4K,
			      when);
		vm_expect_content(_metadata, wanted, self->result[page].value, gpa + page * SZ_4K,
				  when);
	}
}

/* Both memslots lie side by side in the file: what goes with one of them is none of the other's. */
static void delete_one(struct __test_metadata *_metadata, FIXTURE_DATA(binding) * self, u32 gone,
		       const char *when)
{
	const u32 other = 3 - gone;
	const u64 offset[] = { 0, OFFSET_1, OFFSET_2 }, free_gpa = BASE + SZ_1M;
	struct vm_driver *vmd = self->vm.vmd;

	ASSERT_EQ(0, vm_driver_set_memslot(vmd, gone, slot_gpa(gone), 0, NULL, -1, false));
	check_leaves(_metadata, vmd, SLOT_PAGES, when);

	/* Faults, which look the binding up. */
	ASSERT_EQ(0, vm_driver_convert(vmd, slot_gpa(other), SLOT_SIZE, false));
	ASSERT_EQ(0, vm_driver_convert(vmd, slot_gpa(other), SLOT_SIZE, true));
	check_leaves(_metadata, vmd, 0, when);
	check_slot(_metadata, self, other, slot_gpa(other), SLOT_PAGES, when);

	/* A hole that ends in the one and begins in what is not bound any more. */
	ASSERT_EQ(0, punch_hole(self->vm.gmem_fd, offset[gone], SLOT_SIZE));
	check_slot(_metadata, self, other, slot_gpa(other), SLOT_PAGES, when);
	ASSERT_EQ(0, punch_hole(self->vm.gmem_fd, offset[other] + SZ_4K, SLOT_SIZE - SZ_4K));
	check_leaves(_metadata, vmd, 1, when);
	check_slot(_metadata, self, other, slot_gpa(other), 1, when);

	/* The range is free again, and empty by now. */
	ASSERT_EQ(0, vm_driver_bind_memslot(vmd, gone, free_gpa, SLOT_SIZE, self->vm.view.base,
					    self->vm.gmem_fd, offset[gone]));
	ASSERT_EQ(0, vm_driver_convert(vmd, free_gpa, SLOT_SIZE, true));
	check_slot(_metadata, self, gone, free_gpa, 0, when);
	check_slot(_metadata, self, other, slot_gpa(other), 1, when);
	vm_expect_no_warning(_metadata, BASE, when);
}

TEST_F(binding, deletion_leaves_the_one_behind_alone)
{
	delete_one(_metadata, self, 2, "memslot before it in the file is deleted");
}

TEST_F(binding, deletion_leaves_the_one_before_alone)
{
	delete_one(_metadata, self, 1, "memslot behind it in the file is deleted");
}

/* Wherever the range of a new memslot meets one that is bound, it is refused. */
TEST_F(binding, no_page_is_bound_twice)
{
	static const struct {
		const char *name;
		u64 offset, size;
	} row[] = {
		{ "the first page that is bound", OFFSET_2 - SZ_4K, SZ_8K },
		{ "from an unbound range into a bound one", 0, OFFSET_2 + SZ_8K },
		{ "around all that is bound", 0, GMEM_SIZE },
		{ "from one bound range into the next", OFFSET_1 - SZ_4K, SZ_8K },
		{ "inside a bound range", OFFSET_1 + SZ_4K, SZ_4K },
		{ "the last page that is bound", OFFSET_1 + SLOT_SIZE - SZ_4K, SZ_8K },
		{ "from a bound range to the end", OFFSET_1 + SZ_4K, GMEM_SIZE - OFFSET_1 - SZ_4K },
	};
	const u64 free_gpa = BASE + SZ_1M;
	struct vm_driver *vmd = self->vm.vmd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		int r = vm_driver_bind_memslot(vmd, 3, free_gpa, row[i].size, self->vm.view.base,
					       self->vm.gmem_fd, row[i].offset);

		EXPECT_TRUE(vm_driver_is_bound_already(r)) {
			TH_LOG("Wanted EEXIST at gpa 0x%llx (%s), got %s",
			       (unsigned long long)free_gpa, row[i].name, strerror(r));
		}
	}
	/* What lies between is free up to the last page. */
	ASSERT_EQ(0, vm_driver_bind_memslot(vmd, 3, free_gpa, OFFSET_2, self->vm.view.base,
					    self->vm.gmem_fd, 0));
	ASSERT_EQ(0, vm_driver_bind_memslot(vmd, 4, free_gpa + OFFSET_2, SLOT_SIZE,
					    self->vm.view.base, self->vm.gmem_fd,
					    OFFSET_1 + SLOT_SIZE));
	check_leaves(_metadata, vmd, NR_PAGES, "more is bound");
	check_contents(_metadata, vmd, self->result, 0, 0, "more is bound");
	vm_expect_no_warning(_metadata, BASE, "more is bound");
}

/* Give memory back that is full of @tag, for whoever is given it next. */
static void leave_dirty_pages(struct __test_metadata *_metadata, u64 tag)
{
	u64 *map = mmap(NULL, DIRTY_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	size_t i;

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, madvise(map, DIRTY_SIZE, MADV_NOHUGEPAGE));
	for (i = 0; i < DIRTY_SIZE / sizeof(*map); i++)
		map[i] = tag;
	ASSERT_EQ(0, munmap(map, DIRTY_SIZE));
}

/* Allocated ahead of all faults, by fallocate(): nobody sees what was there before. */
TEST_F(binding, pages_allocated_are_empty)
{
	const u64 hole = 2 * SLOT_SIZE;
	cpu_set_t before;

	ASSERT_EQ(0, punch_hole(self->vm.gmem_fd, OFFSET_2, hole));
	before = one_cpu_stay();
	leave_dirty_pages(_metadata, TAG);
	ASSERT_EQ(0, fallocate(self->vm.gmem_fd, FALLOC_FL_KEEP_SIZE, OFFSET_2, hole));
	one_cpu_leave(&before);
	check_contents(_metadata, self->vm.vmd, self->result, OFFSET_2, hole, "allocated");
}

#define NR_SHARED	3

/* The first pages are shared and hold their tags, the others are private and out of reach. */
static void check_out_of_reach(struct __test_metadata *_metadata, struct vm_driver *vmd,
			       struct guest_access *result, const char *when)
{
	u64 page, gpa;

	touch_all(vmd, ACCESS_READ, result);
	for (page = 0; page < NR_PAGES; page++) {
		gpa = BASE + page * SZ_4K;
		if (page < NR_SHARED) {
			vm_expect_end(_metadata, ACCESS_DONE, result[page].end, gpa, when);
			vm_expect_content(_metadata, TAG + page, result[page].value, gpa, when);
			continue;
		}
		vm_expect_end(_metadata, ACCESS_MEMORY_FAULT, result[page].end, gpa, when);
		EXPECT_EQ(KVM_MEMORY_EXIT_FLAG_PRIVATE, result[page].flags);
		EXPECT_EQ(gpa, result[page].gpa);
		EXPECT_EQ(SZ_4K, result[page].size);
	}
}

/*
 * kvm_gmem_release(): the memslots keep no reference to the file.  As for a hole, KVM goes by gfn:
 * leaves of shared pages are zapped with the private ones.
 */
TEST_F(binding, closed_guest_memfd_is_unmapped)
{
	struct vm_driver *vmd = self->vm.vmd;

	ASSERT_EQ(0, vm_driver_convert(vmd, BASE, NR_SHARED * SZ_4K, false));
	touch_all(vmd, ACCESS_WRITE, self->result);
	check_leaves(_metadata, vmd, NR_PAGES, "before it is closed");

	ASSERT_EQ(0, close(self->vm.gmem_fd));
	self->vm.gmem_fd = -1;
	check_leaves(_metadata, vmd, 0, "closed");
	check_out_of_reach(_metadata, vmd, self->result, "closed");
	check_leaves(_metadata, vmd, NR_SHARED, "closed and touched");

	ASSERT_EQ(0, vm_driver_convert(vmd, BASE, 2 * SLOT_SIZE, false));
	touch_all(vmd, ACCESS_WRITE, self->result);
	check_contents(_metadata, vmd, self->result, 0, 0, "all shared");
	check_leaves(_metadata, vmd, NR_PAGES, "all shared");

	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE, 0, NULL, -1, false));
	check_leaves(_metadata, vmd, NR_PAGES / 2, "closed, then deleted");
	vm_expect_no_warning(_metadata, BASE, "closed, then deleted");
}

/* Here the file is bound from its first page to its last. */
TEST(closed_guest_memfd_is_unmapped_to_its_last_page)
{
	const struct guest_request write_all = {
		.op = GUEST_ACCESS, .access = ACCESS_WRITE, .gpa = BASE, .npages = SLOT_PAGES,
		.tag = TAG,
	};
	const u64 last = BASE + SLOT_SIZE - SZ_4K;
	struct guest_access got[SLOT_PAGES];
	struct plain_vm vm;

	plain_vm_create(&vm, BACKING_ANONYMOUS, SLOT_SIZE, SLOT_SIZE);
	ASSERT_EQ(0, plain_vm_add_memslot(&vm, BASE, SLOT_SIZE));
	ASSERT_EQ(0, vm_driver_convert(vm.vmd, BASE, SLOT_SIZE, true));
	vm_driver_guest(vm.vmd, 0, &write_all, got);
	vm_expect_leaves_of(_metadata, vm.vmd, LEVEL_4K, SLOT_PAGES, BASE, "before it is closed");
	ASSERT_EQ(0, close(vm.gmem_fd));
	vm.gmem_fd = -1;
	vm_expect_leaves_of(_metadata, vm.vmd, LEVEL_4K, 0, BASE, "closed");
	got[0] = vm_driver_touch(vm.vmd, 0, ACCESS_READ, last, 0);
	vm_expect_end(_metadata, ACCESS_MEMORY_FAULT, got[0].end, last, "closed");
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* Page numbers of a file may take more than 32 bits (struct gmem_file's bindings have pgoff_t). */
#define FAR_OFFSET	BIT_ULL(32 + 12)

TEST(offsets_16T_apart_are_different_pages)
{
	const u64 offset[] = { 0, FAR_OFFSET }, size = SZ_4K;
	struct guest_access got;
	struct plain_vm vm;
	unsigned int i;
	u64 gpa;

	plain_vm_create(&vm, BACKING_HUGETLB_2MB, 2 * SLOT_SIZE, FAR_OFFSET + size);
	ASSERT_EQ(0, vm_driver_convert(vm.vmd, BASE, 2 * SLOT_SIZE, true));
	for (i = 0; i < 2; i++) {
		gpa = BASE + i * SLOT_SIZE;
		EXPECT_EQ(0, vm_driver_bind_memslot(vm.vmd, 1 + i, gpa, size,
						    vm.view.base + i * SLOT_SIZE, vm.gmem_fd,
						    offset[i]));
		vm_driver_touch(vm.vmd, 0, ACCESS_WRITE, gpa, TAG + i);
	}
	for (i = 0; i < 2; i++) {
		gpa = BASE + i * SLOT_SIZE;
		got = vm_driver_touch(vm.vmd, 0, ACCESS_READ, gpa, 0);
		vm_expect_content(_metadata, TAG + i, got.value, gpa, "both written");
	}
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
