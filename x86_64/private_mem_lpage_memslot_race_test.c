// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: whoever changes memslots waits for the faults that are under way, and nobody is
 * served from a memslot that is being deleted, nor changes attributes meanwhile; who waits for
 * the host's own changes is woken when they are over.
 *
 * One vCPU is held in its fault by userfaultfd.  It is inside of kvm->srcu then, so that
 * KVM cannot finish the deletion of a memslot (kvm_swap_active_memslots()), which holds
 * kvm->slots_lock.  What others do in that time does not depend on speed.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/background.h"
#include "host/monotonic.h"
#include "host/stalled_memory.h"
#include "kvm/kernel_log.h"
#include "kvm/known_bug.h"
#include "kvm/stalled_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_deadline.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SIZE		((size_t)SZ_2M)

/* The page that the first vCPU wants, and one that others do. */
#define HELD_OFFSET	(5ull * SZ_4K)
#define OTHER_OFFSET	(7ull * SZ_4K)

#define TAG		0x5ead5ead5ead5eadull

/* So long nothing happens that must not happen; a correct kernel passes, however slow. */
#define WATCH_MS	100

#define HANG_SECONDS	3
#define UPDATE_SECONDS	3
#define RETRY_SECONDS	3

#define NO_CPU		"CPU for two threads at once"

struct reader {
	struct vm_driver *vmd;
	unsigned int vcpu;
	u64 gpa;
	struct guest_access result;
};

FIXTURE(deletion)
{
	struct stalled_vm vm;
	struct reader held;
	struct reader other;
	struct background holding;
	struct background deleting;
};

static int read_page(void *arg)
{
	struct reader *reader = arg;

	reader->result = vm_driver_touch(reader->vmd, reader->vcpu, ACCESS_READ, reader->gpa, 0);
	return 0;
}

static int delete_memslot(void *arg)
{
	return vm_driver_set_memslot(arg, 1, BASE, 0, NULL, -1, false);
}

static int convert(void *arg)
{
	return vm_driver_convert(arg, BASE + SZ_1M, SZ_4K, true);
}

static int prefault(void *arg)
{
	u64 stopped;

	return vm_driver_prefault_by(arg, 1, BASE + OTHER_OFFSET, SZ_4K, &stopped);
}

FIXTURE_SETUP(deletion)
{
	const char *missing = stalled_vm_create(&self->vm, 2, BASE, SIZE);

	if (missing)
		SKIP(return, "%s", missing);

	vm_driver_parallel(self->vm.vmd, true);

	self->held = (struct reader) { self->vm.vmd, 0, BASE + HELD_OFFSET };
	self->other = (struct reader) { self->vm.vmd, 1, BASE + OTHER_OFFSET };
	background_start(&self->holding, read_page, &self->held);
	ASSERT_TRUE(stalled_memory_holds(&self->vm.memory, HELD_OFFSET,
					 slow_machine_seconds(10) * 1000));
	background_start(&self->deleting, delete_memslot, self->vm.vmd);
}

FIXTURE_TEARDOWN(deletion)
{
	stalled_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* Let the vCPU have its page: everything ends, and nothing is left of the memslot. */
static void finish(struct __test_metadata *_metadata, FIXTURE_DATA(deletion) * self,
		   const char *when)
{
	u64 left[NR_LEVELS];

	EXPECT_EQ(0, stalled_memory_provide(&self->vm.memory, HELD_OFFSET, TAG));
	EXPECT_EQ(0, background_join(&self->holding));
	EXPECT_EQ(0, background_join(&self->deleting));
	EXPECT_TRUE(self->held.result.end == ACCESS_MMIO ||
		    (self->held.result.end == ACCESS_DONE && self->held.result.value == TAG)) {
		TH_LOG("Wanted 0x%llx or MMIO at gpa 0x%llx (%s), got %s, 0x%llx", TAG,
		       BASE + HELD_OFFSET, when, access_end_name(self->held.result.end),
		       (unsigned long long)self->held.result.value);
	}

	vm_driver_parallel(self->vm.vmd, false);
	vm_driver_leaves(self->vm.vmd, left);
	EXPECT_EQ(0, left[LEVEL_4K] + left[LEVEL_2M] + left[LEVEL_1G]) {
		TH_LOG("Wanted no leaf at gpa 0x%llx (%s), got 4K x%llu, 2M x%llu", BASE, when,
		       (unsigned long long)left[LEVEL_4K], (unsigned long long)left[LEVEL_2M]);
	}
	vm_expect_no_warning(_metadata, BASE, when);
}

TEST_F(deletion, waits_for_fault)
{
	/* It has begun, and does not end soon. */
	EXPECT_TRUE(background_sleeps(&self->deleting) &&
		    !background_ends_within(&self->deleting, WATCH_MS)) {
		TH_LOG("Wanted a memslot to the end of the fault at gpa 0x%llx (%s), got none",
		       BASE + HELD_OFFSET, "deletion");
	}
	finish(_metadata, self, "deletion");
}

/*
 * Let KVM try the other vCPU's fault, which was begun after @before ones, a second time.  Where it
 * does not, because the fault is served, waiting longer tells nothing.  Returns whether it does.
 */
static bool wait_for_retry(FIXTURE_DATA(deletion) * self, struct background *reading, u64 before)
{
	u64 end = monotonic_ms() + slow_machine_seconds(RETRY_SECONDS) * 1000;

	while (vm_driver_faults(self->vm.vmd, 1) < before + 2 && monotonic_ms() < end &&
	       !background_ends_within(reading, 1))
		;
	return vm_driver_faults(self->vm.vmd, 1) >= before + 2;
}

/* The fault is tried again and again, until the memslot is gone. */
TEST_F(deletion, serves_no_fault)
{
	struct background reading;
	bool ended, served, retried;
	u64 before;

	ASSERT_TRUE(background_sleeps(&self->deleting));
	before = vm_driver_faults(self->vm.vmd, 1);
	background_start(&reading, read_page, &self->other);
	retried = wait_for_retry(self, &reading, before);
	served = stalled_memory_holds(&self->vm.memory, OTHER_OFFSET, WATCH_MS);
	ended = background_ends_within(&reading, 1);
	EXPECT_FALSE(served || ended) {
		TH_LOG("Wanted no page and no exit at gpa 0x%llx (%s), got %s",
		       BASE + OTHER_OFFSET, "fault during deletion",
		       served ? "the host asked for the page" : "an exit");
	}

	if (served)
		stalled_memory_provide(&self->vm.memory, OTHER_OFFSET, TAG);
	finish(_metadata, self, "fault during deletion");
	EXPECT_EQ(0, background_join(&reading));
	vm_expect_end(_metadata, ACCESS_MMIO, self->other.result.end, BASE + OTHER_OFFSET,
		      "fault during deletion");
	if (!retried && __test_passed(_metadata))
		SKIP(return, NO_CPU);
}

TEST_F(deletion, ends_prefault)
{
	struct background prefaulting;
	bool hangs;
	int r = 0;

	ASSERT_TRUE(background_sleeps(&self->deleting));
	if (!vm_driver_has_prefault()) {
		finish(_metadata, self, "deletion");
		SKIP(return, "KVM_PRE_FAULT_MEMORY");
	}

	background_start(&prefaulting, prefault, self->vm.vmd);
	hangs = !background_ends_within(&prefaulting, slow_machine_seconds(HANG_SECONDS) * 1000);
	if (!hangs)
		r = background_join(&prefaulting);
	EXPECT_EQ(0, stalled_memory_provide(&self->vm.memory, HELD_OFFSET, TAG));
	if (hangs) {
		background_interrupt(&prefaulting);
		r = background_join(&prefaulting);
	}
	EXPECT_EQ(0, background_join(&self->holding));
	EXPECT_EQ(0, background_join(&self->deleting));

	if (hangs && known_bug_expected(PREFAULT_HANGS))
		SUITE_XFAIL(return, known_bug(PREFAULT_HANGS)->reason);
	EXPECT_FALSE(hangs || r != EAGAIN) {
		TH_LOG("Wanted EAGAIN at gpa 0x%llx (pre-fault during deletion), got %s",
		       BASE + OTHER_OFFSET, hangs ? "no end" : strerror(r));
	}
}

/* What a new memslot may map huge is read off attributes that must not change meanwhile. */
TEST_F(deletion, holds_up_conversion)
{
	struct background converting;

	ASSERT_TRUE(background_sleeps(&self->deleting));
	background_start(&converting, convert, self->vm.vmd);
	/* It waits for kvm->slots_lock, kvm_vm_set_mem_attributes(). */
	EXPECT_TRUE(background_sleeps(&converting) &&
		    !background_ends_within(&converting, WATCH_MS)) {
		TH_LOG("Wanted no change of attributes yet at gpa 0x%llx (%s), got one",
		       BASE + SZ_1M, "conversion during deletion");
	}
	finish(_metadata, self, "conversion during deletion");
	EXPECT_EQ(0, background_join(&converting));
}

/*
 * While the host changes its own page tables no memslot may change: kvm_swap_active_memslots()
 * sleeps until nobody does, and is woken by kvm_mmu_notifier_invalidate_range_end().  It does not
 * matter that no memslot knows the memory.
 */
FIXTURE(update)
{
	struct vm_driver *vmd;
	void *map;
	unsigned int changes;	/* of the host's page tables, so far */
	bool stop;
};

/* So much takes the host milliseconds, and nothing else takes it as long. */
#define CHANGED_SIZE	((size_t)SZ_32M)
#define NR_UPDATES	50

FIXTURE_SETUP(update)
{
	kernel_log_start();
	self->vmd = vm_driver_create(1);
	self->map = mmap(NULL, CHANGED_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(0, madvise(self->map, CHANGED_SIZE, MADV_NOHUGEPAGE));
	ASSERT_EQ(0, madvise(self->map, CHANGED_SIZE, MADV_POPULATE_WRITE));
}

FIXTURE_TEARDOWN(update)
{
	vm_driver_free(self->vmd);
	munmap(self->map, CHANGED_SIZE);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* Returns 0 or an errno. */
static int change_protection(void *arg)
{
	FIXTURE_DATA(update) * self = arg;

	while (!__atomic_load_n(&self->stop, __ATOMIC_SEQ_CST)) {
		if (mprotect(self->map, CHANGED_SIZE, PROT_READ) ||
		    mprotect(self->map, CHANGED_SIZE, PROT_READ | PROT_WRITE))
			return errno;
		__atomic_add_fetch(&self->changes, 1, __ATOMIC_SEQ_CST);
	}
	return 0;
}

static unsigned int nr_changes(FIXTURE_DATA(update) * self)
{
	return __atomic_load_n(&self->changes, __ATOMIC_SEQ_CST);
}

static int update_memslots(void *arg)
{
	FIXTURE_DATA(update) * self = arg;
	int i, r = 0;

	for (i = 0; i < NR_UPDATES && !r && !__atomic_load_n(&self->stop, __ATOMIC_SEQ_CST); i++) {
		r = vm_driver_set_memslot(self->vmd, 1, BASE, SZ_4K, self->map, -1, false) ? :
		    vm_driver_set_memslot(self->vmd, 1, BASE, 0, NULL, -1, false);
	}
	return r;
}

TEST_F(update, is_woken_after_host_changes)
{
	struct background changing, updating;
	unsigned int before;

	background_start(&changing, change_protection, self);
	while (!nr_changes(self) && !background_ends_within(&changing, 1))
		;
	before = nr_changes(self);
	background_start(&updating, update_memslots, self);
	/* As many updates as there is time for: each may have to wait for many changes. */
	background_ends_within(&updating, slow_machine_seconds(UPDATE_SECONDS) * 1000);
	__atomic_store_n(&self->stop, true, __ATOMIC_SEQ_CST);
	EXPECT_EQ(0, vm_expect_end_in_time(_metadata, &updating, "an update of memslots", BASE,
					   "while the host changes"));
	EXPECT_EQ(0, background_join(&changing));
	if (nr_changes(self) == before && __test_passed(_metadata))
		SKIP(return, NO_CPU);
}

int main(int argc, char **argv)
{
	suite_start(0);
	return suite_harness_run(argc, argv);
}
