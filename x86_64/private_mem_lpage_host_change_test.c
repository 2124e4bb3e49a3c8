// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: whatever the host does to the memory behind memslots that the guest uses, the guest finds
 * what is there now, by each memslot: nothing (EFAULT) where memory was unmapped or moved away,
 * other memory where that was mapped in its place.  And what the guest only reads costs the host
 * nothing: a page that was never written, or that a child shares, stays what it is.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/host_pfn.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SECOND		(17ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_64K)
#define TAG		0x4057c4a90000001ull

/* The page that changes, and one beside it that does not. */
#define PAGE		3ull
#define GPA		(BASE + PAGE * SZ_4K)
#define OTHER_GPA	(GPA + SZ_4K)

FIXTURE(change)
{
	struct plain_vm vm;	/* memory for two memslots */
};

static int set_memslot(FIXTURE_DATA(change) * self, u32 id, u64 gpa, void *hva)
{
	return vm_driver_set_memslot(self->vm.vmd, id, gpa, SLOT_SIZE, hva, -1, false);
}

static u64 *host_page(FIXTURE_DATA(change) * self)
{
	return self->vm.view.base + PAGE * SZ_4K;
}

FIXTURE_SETUP(change)
{
	plain_vm_create(&self->vm, BACKING_ANONYMOUS, 2 * SLOT_SIZE, SLOT_SIZE);
	ASSERT_EQ(0, set_memslot(self, 1, BASE, self->vm.view.base));
}

FIXTURE_TEARDOWN(change)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* Both pages are mapped, for writing. */
static void write_both(FIXTURE_DATA(change) * self)
{
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, GPA, TAG);
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, OTHER_GPA, ~TAG);
}

static void expect_read(struct __test_metadata *_metadata, FIXTURE_DATA(change) * self, u64 gpa,
			u64 wanted, const char *when)
{
	struct guest_access got = vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, gpa, 0);

	vm_expect_end(_metadata, ACCESS_DONE, got.end, gpa, when);
	vm_expect_content(_metadata, wanted, got.value, gpa, when);
}

/* There is nothing behind the page, whoever asks, and its neighbour is as it was. */
static void expect_nothing_there(struct __test_metadata *_metadata, FIXTURE_DATA(change) * self,
				 const char *when)
{
	struct vm_driver *vmd = self->vm.vmd;
	u64 gpa = GPA, size = SZ_4K;
	struct guest_access got;

	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 1, GPA, when);
	got = vm_driver_touch(vmd, 0, ACCESS_READ, GPA, 0);
	vm_expect_end(_metadata, ACCESS_EFAULT, got.end, GPA, when);
	got = vm_driver_touch(vmd, 0, ACCESS_WRITE, GPA, TAG);
	vm_expect_end(_metadata, ACCESS_EFAULT, got.end, GPA, when);
	if (vm_driver_has_prefault()) {
		int r = vm_driver_try_prefault(vmd, 0, &gpa, &size, 0);

		vm_expect_errno(_metadata, EFAULT, r, GPA, when);
	}
	expect_read(_metadata, self, OTHER_GPA, ~TAG, when);
}

/* One call of the host's, and leaves of two memslots: kvm_handle_hva_range(). */
TEST_F(change, two_memslots_side_by_side_lose_their_leaves)
{
	u64 *second = self->vm.view.base + SLOT_SIZE;

	ASSERT_EQ(0, set_memslot(self, 2, SECOND, second));
	write_both(self);
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, SECOND, TAG);
	ASSERT_EQ(0, madvise(self->vm.view.base, 2 * SLOT_SIZE, MADV_DONTNEED));
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 0, BASE, "dropped");
	*host_page(self) = TAG + 1;
	*second = TAG + 2;
	expect_read(_metadata, self, GPA, TAG + 1, "written anew");
	expect_read(_metadata, self, SECOND, TAG + 2, "written anew");
}

/* KVM finds memslots by the host's address, also those that it has made anew meanwhile. */
TEST_F(change, memslot_that_was_changed_loses_its_leaves)
{
	const struct {
		const char *name;
		u64 gpa;
		bool logged;
	} row[] = {
		{ "log begins", BASE, true },
		{ "log ends", BASE, false },
		{ "moved", SECOND, false },
		{ "moved back, log begins", BASE, true },
	};
	struct vm_driver *vmd = self->vm.vmd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		const u64 gpa = row[i].gpa + PAGE * SZ_4K;

		ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, row[i].gpa, SLOT_SIZE,
						   self->vm.view.base, -1, row[i].logged));
		vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa, TAG);
		ASSERT_EQ(0, madvise(host_page(self), SZ_4K, MADV_DONTNEED));
		vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 0, gpa, row[i].name);
		*host_page(self) = TAG + 1 + i;
		expect_read(_metadata, self, gpa, TAG + 1 + i, row[i].name);
	}
}

TEST_F(change, two_memslots_of_the_same_memory_lose_their_leaves)
{
	const u64 alias = SECOND + PAGE * SZ_4K;

	ASSERT_EQ(0, set_memslot(self, 2, SECOND, self->vm.view.base));
	write_both(self);
	expect_read(_metadata, self, alias, TAG, "by either");
	ASSERT_EQ(0, madvise(self->vm.view.base, SLOT_SIZE, MADV_DONTNEED));
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 0, BASE, "dropped");
	*host_page(self) = TAG + 1;
	expect_read(_metadata, self, GPA, TAG + 1, "written anew");
	expect_read(_metadata, self, alias, TAG + 1, "written anew");
}

TEST_F(change, unmapped_page_is_gone)
{
	write_both(self);
	ASSERT_EQ(0, munmap(host_page(self), SZ_4K));
	expect_nothing_there(_metadata, self, "unmapped");
	ASSERT_EQ((void *)host_page(self),
		  mmap(host_page(self), SZ_4K, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	*host_page(self) = TAG + 1;
	expect_read(_metadata, self, GPA, TAG + 1, "mapped anew");
}

TEST_F(change, page_moved_away_is_gone)
{
	u64 *moved;

	write_both(self);
	moved = mremap(host_page(self), SZ_4K, SZ_4K, MREMAP_MAYMOVE | MREMAP_FIXED,
		       self->vm.view.base + SLOT_SIZE);
	ASSERT_EQ(self->vm.view.base + SLOT_SIZE, (void *)moved);
	vm_expect_content(_metadata, TAG, *moved, GPA, "moved, host");
	expect_nothing_there(_metadata, self, "moved");
	vm_expect_content(_metadata, TAG, *moved, GPA, "moved, and written to, host");
}

TEST_F(change, page_put_in_its_place_is_found)
{
	write_both(self);
	ASSERT_EQ((void *)host_page(self),
		  mmap(host_page(self), SZ_4K, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 1, GPA, "another in its place");
	expect_read(_metadata, self, GPA, 0, "another in its place");
	expect_read(_metadata, self, OTHER_GPA, ~TAG, "another in its place");
}

TEST_F(change, memory_that_never_was_is_not_there)
{
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, OTHER_GPA, ~TAG);
	ASSERT_EQ(0, munmap(host_page(self), SZ_4K));
	expect_nothing_there(_metadata, self, "unmapped before");
}

static u64 pfn_of(struct __test_metadata *_metadata, void *hva)
{
	u64 pfn = 0;

	ASSERT_EQ(0, host_pfn_read(hva, &pfn));
	return pfn;
}

/* All pages that nobody has written are one, the zero page: hva_to_pfn_slow(). */
TEST_F(change, read_of_untouched_memory_takes_no_page)
{
	u64 *other = host_page(self) + SZ_4K / sizeof(*other), first, second;

	if (host_pfn_read(host_page(self), &first))
		SKIP(return, "/proc/self/pagemap with page numbers");

	ASSERT_EQ(0, madvise(self->vm.view.base, SLOT_SIZE, MADV_DONTNEED));
	expect_read(_metadata, self, GPA, 0, "untouched");
	expect_read(_metadata, self, OTHER_GPA, 0, "untouched");
	first = pfn_of(_metadata, host_page(self));
	second = pfn_of(_metadata, other);
	EXPECT_EQ(first, second) {
		TH_LOG("Wanted page 0x%llx at gpa 0x%llx (only read, as its neighbour), got 0x%llx",
		       (unsigned long long)first, OTHER_GPA, (unsigned long long)second);
	}
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, GPA, TAG);
	vm_expect_content(_metadata, TAG, *host_page(self), GPA, "written");
	expect_read(_metadata, self, OTHER_GPA, 0, "its neighbour is written");
}

/* A child with the same memory, which ends with this process at the latest. */
static pid_t share_with_child(void)
{
	pid_t child = fork();

	while (!child)
		pause();
	return child;
}

TEST_F(change, read_of_page_shared_with_a_child_copies_nothing)
{
	u64 before, now;
	pid_t child;

	if (host_pfn_read(host_page(self), &before))
		SKIP(return, "/proc/self/pagemap with page numbers");

	write_both(self);
	before = pfn_of(_metadata, host_page(self));
	child = share_with_child();
	ASSERT_LT(0, child);
	expect_read(_metadata, self, GPA, TAG, "shared with a child");
	now = pfn_of(_metadata, host_page(self));
	EXPECT_EQ(before, now) {
		TH_LOG("Wanted page 0x%llx at gpa 0x%llx (only read, shared), got 0x%llx",
		       (unsigned long long)before, GPA, (unsigned long long)now);
	}
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, GPA, TAG + 1);
	now = pfn_of(_metadata, host_page(self));
	EXPECT_NE(before, now) {
		TH_LOG("Wanted a copy at gpa 0x%llx (written, shared), got page 0x%llx", GPA,
		       (unsigned long long)now);
	}
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_ANONYMOUS));
	return suite_harness_run(argc, argv);
}
