// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a vCPU for which KVM fetches a page of the host in the background (an asynchronous page
 * fault: the guest has its interrupts on) is halted until the page is there, as often as it takes,
 * and then finds what attributes and memslots say by that time, not when it began to wait.
 *
 *	vCPU	touches ---halted--------------- reads
 *	host		  converts, deletes	^ the page comes
 */
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/background.h"
#include "host/monotonic.h"
#include "host/slow_machine.h"
#include "kvm/stalled_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SIZE		((size_t)SZ_2M)
#define TAG		0xa5f7000000000001ull

/* The page that most tests wait for. */
#define PAGE		5

/* More than KVM remembers of those it fetches (ASYNC_PF_PER_VCPU). */
#define MANY_PAGES	70

FIXTURE(async)
{
	struct stalled_vm vm;
	struct guest_request request;
	struct guest_access got;
	struct background background;
};

FIXTURE_SETUP(async)
{
	const char *missing = stalled_vm_create(&self->vm, 1, BASE, SIZE);

	if (missing)
		SKIP(return, "%s", missing);

	/* Its stats are opened as long as nobody has to be waited for. */
	vm_driver_is_halted(self->vm.vmd, 0);
}

FIXTURE_TEARDOWN(async)
{
	stalled_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static int touch(void *arg)
{
	FIXTURE_DATA(async) * self = arg;

	return vm_driver_guest(self->vm.vmd, 0, &self->request, &self->got);
}

static bool halts(struct vm_driver *vmd)
{
	u64 end = monotonic_ms() + slow_machine_seconds(10) * 1000;

	while (!vm_driver_is_halted(vmd, 0)) {
		if (monotonic_ms() > end)
			return false;
		usleep(1000);
	}
	return true;
}

/* Let the vCPU touch @page, which the host does not have, until it is halted. */
static void begin(struct __test_metadata *_metadata, FIXTURE_DATA(async) * self,
		  enum access access, u64 page)
{
	const u64 gpa = BASE + page * SZ_4K;

	self->request = (struct guest_request) {
		.op = GUEST_ACCESS, .access = access, .gpa = gpa, .npages = 1, .tag = ~TAG,
		.interrupts = true,
	};
	background_start(&self->background, touch, self);
	ASSERT_TRUE(stalled_memory_holds(&self->vm.memory, page * SZ_4K,
					 slow_machine_seconds(10) * 1000)) {
		TH_LOG("Wanted a fault of the host at gpa 0x%llx, got none",
		       (unsigned long long)gpa);
	}
	ASSERT_TRUE(halts(self->vm.vmd)) {
		TH_LOG("Wanted a halted vCPU at gpa 0x%llx, got one that waits",
		       (unsigned long long)gpa);
	}
}

/* Provide @page; the vCPU goes on, and its access ends as @wanted. */
static void end(struct __test_metadata *_metadata, FIXTURE_DATA(async) * self, u64 page,
		enum access_end wanted, const char *when)
{
	const u64 gpa = BASE + page * SZ_4K;

	ASSERT_EQ(0, stalled_memory_provide(&self->vm.memory, page * SZ_4K, TAG + page));
	ASSERT_TRUE(background_ends_within(&self->background, slow_machine_seconds(10) * 1000)) {
		TH_LOG("Wanted a vCPU that goes on at gpa 0x%llx (%s), got a halted one",
		       (unsigned long long)gpa, when);
	}
	background_join(&self->background);
	vm_expect_end(_metadata, wanted, self->got.end, gpa, when);
}

/* The same, and the vCPU reads what the host has provided. */
static void end_reading(struct __test_metadata *_metadata, FIXTURE_DATA(async) * self, u64 page,
			const char *when)
{
	end(_metadata, self, page, ACCESS_DONE, when);
	vm_expect_content(_metadata, TAG + page, self->got.value, BASE + page * SZ_4K, when);
}

/* Nothing is left of a wait that would be in the way of the next one for the same page. */
TEST_F(async, same_page_again)
{
	int i;

	for (i = 0; i < 3; i++) {
		begin(_metadata, self, ACCESS_READ, PAGE);
		end_reading(_metadata, self, PAGE, "provided");
		vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 1, BASE, "provided");
		ASSERT_EQ(0, madvise(self->vm.memory.hva + PAGE * SZ_4K, SZ_4K, MADV_DONTNEED));
		vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 0, BASE, "given back");
	}
}

TEST_F(async, many_pages)
{
	u64 page;

	for (page = 0; page < MANY_PAGES; page++) {
		begin(_metadata, self, page % 2 ? ACCESS_WRITE : ACCESS_READ, page);
		end(_metadata, self, page, ACCESS_DONE, "one of many");
	}
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, MANY_PAGES, BASE, "all of them");
}

/* The page that comes is not the guest's any more: it has a private one. */
TEST_F(async, page_is_private_by_then)
{
	const u64 gpa = BASE + PAGE * SZ_4K;
	struct vm_driver *vmd = self->vm.vmd;
	struct guest_access got;

	begin(_metadata, self, ACCESS_READ, PAGE);
	ASSERT_EQ(0, vm_driver_convert(vmd, gpa, SZ_4K, true));
	end(_metadata, self, PAGE, ACCESS_DONE, "private by then");
	vm_expect_content(_metadata, 0, self->got.value, gpa, "private by then");
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 1, gpa, "private by then");

	ASSERT_EQ(0, vm_driver_convert(vmd, gpa, SZ_4K, false));
	got = vm_driver_touch(vmd, 0, ACCESS_READ, gpa, 0);
	vm_expect_content(_metadata, TAG + PAGE, got.value, gpa, "shared again");
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 1, gpa, "shared again");
}

/* Only another page of the hugepage is: nothing changes for the one that comes. */
TEST_F(async, hugepage_is_mixed_by_then)
{
	begin(_metadata, self, ACCESS_WRITE, PAGE);
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE + (PAGE + 1) * SZ_4K, SZ_4K, true));
	end(_metadata, self, PAGE, ACCESS_DONE, "mixed by then");
	vm_expect_content(_metadata, ~TAG, *(u64 *)(self->vm.memory.hva + PAGE * SZ_4K),
			  BASE + PAGE * SZ_4K, "mixed by then");
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 1, BASE, "mixed by then");
}

/* There is no memory any more, but a device. */
TEST_F(async, memslot_is_gone_by_then)
{
	begin(_metadata, self, ACCESS_READ, PAGE);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 1, BASE, 0, NULL, -1, false));
	end(_metadata, self, PAGE, ACCESS_MMIO, "no memslot by then");
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 0, BASE, "no memslot by then");
}

int main(int argc, char **argv)
{
	suite_start(0);
	return suite_harness_run(argc, argv);
}
