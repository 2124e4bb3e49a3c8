// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a vCPU for which KVM fetches a page of the host in the background (an asynchronous page
 * fault: the guest has its interrupts on) is halted until the page is there, as often as it takes,
 * and then finds what attributes and memslots say by that time, not when it began to wait.
 *
 *	vCPU	touches ---halted--------------- reads
 *	host		  converts, deletes	^ the page comes
 *
 * A guest that has asked for it is told instead: that the page is not there, so that it can do
 * something else, and later, once, that it is.
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

/* Pages that KVM fetches for a vCPU at the same time (ASYNC_PF_PER_VCPU), and more. */
#define MAX_FETCHED	64
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

/* The vCPU, which touches @page in the background, is halted. */
static void expect_halted(struct __test_metadata *_metadata, struct stalled_vm *vm, u64 page)
{
	const u64 gpa = BASE + page * SZ_4K;

	ASSERT_TRUE(stalled_memory_holds(&vm->memory, page * SZ_4K,
					 slow_machine_seconds(10) * 1000)) {
		TH_LOG("Wanted a fault of the host at gpa 0x%llx, got none",
		       (unsigned long long)gpa);
	}
	ASSERT_TRUE(halts(vm->vmd)) {
		TH_LOG("Wanted a halted vCPU at gpa 0x%llx, got one that waits",
		       (unsigned long long)gpa);
	}
}

/* Provide @page: the vCPU goes on. */
static void provide(struct __test_metadata *_metadata, struct stalled_vm *vm,
		    struct background *background, u64 page, const char *when)
{
	ASSERT_EQ(0, stalled_memory_provide(&vm->memory, page * SZ_4K, TAG + page));
	ASSERT_TRUE(background_ends_within(background, slow_machine_seconds(10) * 1000)) {
		TH_LOG("Wanted a vCPU that goes on at gpa 0x%llx (%s), got a halted one",
		       (unsigned long long)BASE + page * SZ_4K, when);
	}
	background_join(background);
}

/* Let the vCPU touch @page, which the host does not have, until it is halted. */
static void begin(struct __test_metadata *_metadata, FIXTURE_DATA(async) * self,
		  enum access access, u64 page)
{
	self->request = (struct guest_request) {
		.op = GUEST_ACCESS, .access = access, .gpa = BASE + page * SZ_4K, .npages = 1,
		.tag = ~TAG, .interrupts = true,
	};
	background_start(&self->background, touch, self);
	expect_halted(_metadata, &self->vm, page);
}

/* Provide @page: the access ends as @wanted. */
static void end(struct __test_metadata *_metadata, FIXTURE_DATA(async) * self, u64 page,
		enum access_end wanted, const char *when)
{
	provide(_metadata, &self->vm, &self->background, page, when);
	vm_expect_end(_metadata, wanted, self->got.end, BASE + page * SZ_4K, when);
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

/* A guest that is told. */
FIXTURE(told)
{
	struct stalled_vm vm;
	u64 npages;
	struct guest_access got[MANY_PAGES];
	struct background background;
};

FIXTURE_SETUP(told)
{
	const char *missing = stalled_vm_create(&self->vm, 1, BASE, SIZE);

	if (missing)
		SKIP(return, "%s", missing);

	vm_driver_tell_of_missing_pages(self->vm.vmd, 0, TOLD_ALWAYS);
	vm_driver_is_halted(self->vm.vmd, 0);
}

FIXTURE_TEARDOWN(told)
{
	stalled_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static int touch_pages(struct vm_driver *vmd, unsigned int vcpu, u64 page, u64 npages,
		       struct guest_access *got)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = ACCESS_READ, .gpa = BASE + page * SZ_4K,
		.npages = npages, .interrupts = true,
	};

	return vm_driver_guest(vmd, vcpu, &request, got);
}

/* Touch the first pages, as many as @self says. */
static int touch_first(void *arg)
{
	FIXTURE_DATA(told) * self = arg;

	return touch_pages(self->vm.vmd, 0, 0, self->npages, self->got);
}

/* The guest has been told that @wanted pages are missing, and of nothing else. */
static void expect_missing(struct __test_metadata *_metadata,
			   const struct vm_driver_async_faults *seen, u32 wanted, const char *when)
{
	EXPECT_EQ(wanted, seen->nr_missing) {
		TH_LOG("Wanted %u missing pages at gpa 0x%llx (%s), got %u", wanted, BASE, when,
		       seen->nr_missing);
	}
	EXPECT_EQ(0, seen->nr_unexplained) {
		TH_LOG("Wanted no other page fault at gpa 0x%llx (%s), got %u", BASE, when,
		       seen->nr_unexplained);
	}
}

/* The tokens are the same, each as often, in any order. */
static bool same_tokens(const struct vm_driver_async_faults *seen)
{
	u32 i, j;

	for (i = 0; i < seen->nr_missing; i++) {
		u32 missing = 0, ready = 0;

		for (j = 0; j < seen->nr_missing; j++) {
			missing += seen->missing[j] == seen->missing[i];
			ready += seen->ready[j] == seen->missing[i];
		}
		if (missing != 1 || ready != 1)
			return false;
	}
	return true;
}

/* Let the guest, which has nothing else to do, be told that @wanted pages are there by now. */
static struct vm_driver_async_faults wait_until_told(struct vm_driver *vmd, unsigned int vcpu,
						     u32 wanted)
{
	u64 end = monotonic_ms() + slow_machine_seconds(10) * 1000;
	struct vm_driver_async_faults seen;
	struct guest_access none;

	do {
		touch_pages(vmd, vcpu, 0, 0, &none);
		seen = vm_driver_async_faults(vmd, vcpu);
	} while (seen.nr_ready < wanted && monotonic_ms() < end);
	return seen;
}

static void expect_ready(struct __test_metadata *_metadata, FIXTURE_DATA(told) * self,
			 u32 wanted, const char *when)
{
	struct vm_driver_async_faults seen = wait_until_told(self->vm.vmd, 0, wanted);

	expect_missing(_metadata, &seen, wanted, when);
	EXPECT_TRUE(seen.nr_missing == wanted && seen.nr_ready == wanted && same_tokens(&seen)) {
		TH_LOG("Wanted each of %u missing pages to be ready at gpa 0x%llx (%s), got %u",
		       wanted, BASE, when, seen.nr_ready);
	}
	EXPECT_EQ(1, seen.nr_ready_for_all) {
		TH_LOG("Wanted all pages to be ready once at gpa 0x%llx (%s), got %u times", BASE,
		       when, seen.nr_ready_for_all);
	}
}

/* It waits for no page but the first that is too many: for that one KVM waits itself. */
TEST_F(told, of_as_many_pages_as_are_fetched)
{
	u64 end = monotonic_ms() + slow_machine_seconds(10) * 1000, page;
	struct vm_driver_async_faults seen;
	bool held;

	self->npages = MANY_PAGES;
	background_start(&self->background, touch_first, self);
	do
		held = stalled_memory_holds(&self->vm.memory, MAX_FETCHED * SZ_4K, 100);
	while (!held && monotonic_ms() < end);
	seen = vm_driver_async_faults(self->vm.vmd, 0);
	for (page = 0; page < MANY_PAGES; page++)
		ASSERT_EQ(0, stalled_memory_provide(&self->vm.memory, page * SZ_4K, TAG + page));
	background_join(&self->background);
	EXPECT_TRUE(held) {
		TH_LOG("Wanted a vCPU that waits at gpa 0x%llx (too many), got none",
		       BASE + MAX_FETCHED * SZ_4K);
	}
	expect_missing(_metadata, &seen, MAX_FETCHED, "as many as are fetched");

	expect_ready(_metadata, self, MAX_FETCHED, "all provided");
	self->npages = MANY_PAGES;
	touch_first(self);
	for (page = 0; page < MANY_PAGES; page++)
		vm_expect_content(_metadata, TAG + page, self->got[page].value,
				  BASE + page * SZ_4K, "all ready");
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, MANY_PAGES, BASE, "all ready");
}

/* KVM looks its place in the guest's memory up anew then (kvm_read_guest_offset_cached()). */
TEST_F(told, although_memslots_change_meanwhile)
{
	const u64 gpa = BASE + SZ_1G;
	int round;

	self->npages = 1;
	touch_first(self);
	for (round = 0; round < 2; round++)
		ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 2, gpa, round ? 0 : SZ_4K,
						   self->vm.memory.hva, -1, false));
	ASSERT_EQ(0, stalled_memory_provide(&self->vm.memory, 0, TAG));
	expect_ready(_metadata, self, 1, "memslot added and deleted");
}

/* Who skips an access asks again, and finds what there is by then. */
TEST_F(told, page_is_private_by_then)
{
	struct vm_driver_async_faults seen;
	struct guest_access got;

	self->npages = 1;
	touch_first(self);
	seen = vm_driver_async_faults(self->vm.vmd, 0);
	expect_missing(_metadata, &seen, 1, "not there yet");
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE, SZ_4K, true));
	ASSERT_EQ(0, stalled_memory_provide(&self->vm.memory, 0, TAG));
	expect_ready(_metadata, self, 1, "private by then");

	got = vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, BASE, 0);
	vm_expect_content(_metadata, 0, got.value, BASE, "private by then");
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 1, BASE, "private by then");
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE, SZ_4K, false));
	got = vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, BASE, 0);
	vm_expect_content(_metadata, TAG, got.value, BASE, "shared again");
}

/* The guest is halted until the first page comes, and told nothing. */
static void wait_for_first(struct __test_metadata *_metadata, FIXTURE_DATA(told) * self,
			   const char *when)
{
	struct vm_driver_async_faults seen;

	self->npages = 1;
	background_start(&self->background, touch_first, self);
	expect_halted(_metadata, &self->vm, 0);
	provide(_metadata, &self->vm, &self->background, 0, when);
	vm_expect_content(_metadata, TAG, self->got[0].value, BASE, when);
	seen = vm_driver_async_faults(self->vm.vmd, 0);
	expect_missing(_metadata, &seen, 0, when);
	EXPECT_EQ(0, seen.nr_ready) {
		TH_LOG("Wanted no page to be ready at gpa 0x%llx (%s), got %u", BASE, when,
		       seen.nr_ready);
	}
}

/* A kernel may not be able to do anything else: see kvm_can_deliver_async_pf(). */
TEST_F(told, nothing_in_kernel_mode_unless_it_wants_that)
{
	vm_driver_tell_of_missing_pages(self->vm.vmd, 0, TOLD_IN_USER_MODE);
	wait_for_first(_metadata, self, "kernel mode");
}

/* What was fetched for it by then is forgotten, and can be fetched again. */
TEST_F(told, nothing_once_it_wants_no_more)
{
	self->npages = 1;
	touch_first(self);
	ASSERT_EQ(0, stalled_memory_provide(&self->vm.memory, 0, TAG));
	vm_driver_tell_of_missing_pages(self->vm.vmd, 0, TOLD_NEVER);
	ASSERT_EQ(0, madvise(self->vm.memory.hva, SZ_4K, MADV_DONTNEED));
	wait_for_first(_metadata, self, "not told any more");
}

/* By its token a guest finds who waits for a page, on whatever vCPU (alloc_apf_token()). */
TEST(no_token_is_given_to_two_vcpus)
{
	struct vm_driver_async_faults seen[2];
	struct guest_access got;
	struct stalled_vm vm;
	const char *missing = stalled_vm_create(&vm, 2, BASE, SIZE);
	unsigned int vcpu;

	if (missing)
		SKIP(return, "%s", missing);

	for (vcpu = 0; vcpu < 2; vcpu++) {
		vm_driver_tell_of_missing_pages(vm.vmd, vcpu, TOLD_ALWAYS);
		touch_pages(vm.vmd, vcpu, vcpu, 1, &got);
		ASSERT_EQ(0, stalled_memory_provide(&vm.memory, vcpu * SZ_4K, TAG));
		seen[vcpu] = wait_until_told(vm.vmd, vcpu, 1);
		expect_missing(_metadata, &seen[vcpu], 1, vcpu ? "second vCPU" : "first vCPU");
		EXPECT_TRUE(same_tokens(&seen[vcpu])) {
			TH_LOG("Wanted token 0x%x at gpa 0x%llx (vCPU %u), got 0x%x",
			       seen[vcpu].missing[0], BASE + vcpu * SZ_4K, vcpu,
			       seen[vcpu].ready[0]);
		}
	}
	EXPECT_NE(seen[0].missing[0], seen[1].missing[0]) {
		TH_LOG("Wanted two tokens at gpa 0x%llx (two vCPUs), got 0x%x twice", BASE,
		       seen[0].missing[0]);
	}
	stalled_vm_free(&vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

int main(int argc, char **argv)
{
	suite_start(0);
	return suite_harness_run(argc, argv);
}
