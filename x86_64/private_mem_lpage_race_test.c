// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a fault that meets a conversion, or a hole in guest_memfd, never installs what is
 * only true before it, neither a hugepage that is becoming mixed nor a page of the old kind.
 *
 * KVM unmaps, then stores the new attribute page by page, then updates what may be huge.  The
 * conversions here go on over many pages outside of any memslot, so that there is time
 * between the first and the last for a vCPU that touches its page all the time; or the vCPU
 * is held in its fault by userfaultfd while the conversion passes.  No sleeping, no chance.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/background.h"
#include "host/stalled_memory.h"
#include "kvm/kernel_log.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)

/* Pages without a memslot that a conversion takes on its way. */
#define DETOUR		(128ull * SZ_1M)

/* What the host puts into shared pages. */
#define SHARED_TAG	0x5ead5ead5ead5eadull

struct spinner {
	struct vm_driver *vmd;
	struct guest_request request;
	struct guest_access result;
	pthread_t thread;
	u64 faults;		/* that its vCPU had taken at some time */
};

static void *run_spinner(void *arg)
{
	struct spinner *spinner = arg;

	vm_driver_guest(spinner->vmd, 0, &spinner->request, &spinner->result);
	return NULL;
}

/* Returns when the vCPU has its page mapped and touches it again and again. */
static bool start_spinner(struct spinner *spinner, u64 gpa)
{
	spinner->request = (struct guest_request) {
		.op = GUEST_SPIN,
		.access = ACCESS_READ,
		.gpa = gpa,
		.npages = 1,
	};
	if (pthread_create(&spinner->thread, NULL, run_spinner, spinner))
		return false;

	while (vm_driver_spins(spinner->vmd, 0) < 2)
		;
	return true;
}

static void stop_spinner(struct spinner *spinner)
{
	vm_driver_stop_spin(spinner->vmd, 0);
	pthread_join(spinner->thread, NULL);
}

/* Where there is one CPU only, the vCPU may never get it while the window is open. */
#define MAX_WINDOWS	100
#define NO_CPU		"CPU for the vCPU besides the one that changes memory"

static void open_window(struct spinner *spinner)
{
	spinner->faults = vm_driver_faults(spinner->vmd, 0);
}

/* True if the vCPU has met what has gone on since open_window(). */
static bool met_window(const struct spinner *spinner)
{
	return vm_driver_faults(spinner->vmd, 0) != spinner->faults;
}

static u64 read_page(struct vm_driver *vmd, u64 gpa)
{
	return vm_driver_touch(vmd, 0, ACCESS_READ, gpa, 0).value;
}

FIXTURE(window)
{
	struct plain_vm vm;
};

FIXTURE_VARIANT(window)
{
	enum backing_kind backing;
	u64 size;		/* of the memslot */
	u64 victim;		/* the vCPU touches this page; offsets from BASE */
	s64 start, end;		/* what is made private */
	u64 dropped;		/* the host drops this 2M again and again meanwhile; 0 if not */
	u64 leaves[NR_LEVELS];	/* afterwards, with only the victim touched */
	u64 content;		/* that the guest then reads from the victim */
};

/* The victim shares its 2M with the first pages that become private. */
FIXTURE_VARIANT_ADD(window, head_of_2M) {
	.backing = BACKING_HUGETLB_2MB, .size = SZ_2M, .victim = 0,
	.start = SZ_1M, .end = SZ_1M + DETOUR,
	.leaves = { [LEVEL_4K] = 1 }, .content = SHARED_TAG,
};

/* The same at the last of them, in the second of two 2M. */
FIXTURE_VARIANT_ADD(window, tail_of_2M) {
	.backing = BACKING_HUGETLB_2MB, .size = SZ_4M, .victim = SZ_2M + 2 * SZ_4K,
	.start = -(s64)DETOUR, .end = SZ_2M + SZ_4K,
	.leaves = { [LEVEL_4K] = 1 }, .content = SHARED_TAG,
};

/* The 2M of the victim stays uniform, but not its 1G. */
FIXTURE_VARIANT_ADD(window, head_of_1G) {
	.backing = BACKING_HUGETLB_1GB, .size = SZ_1G, .victim = SZ_512M,
	.start = -(s64)DETOUR, .end = 6 * SZ_1M + SZ_4K,
	.leaves = { [LEVEL_2M] = 1 }, .content = SHARED_TAG,
};

/* The victim itself becomes private, as the last page of all. */
FIXTURE_VARIANT_ADD(window, page_itself) {
	.backing = BACKING_HUGETLB_2MB, .size = SZ_2M, .victim = 5 * SZ_4K,
	.start = -(s64)DETOUR, .end = 6 * SZ_4K,
	.leaves = { [LEVEL_4K] = 1 }, .content = 0,
};

/* What the host does to other memory has no end to do with that of the conversion. */
FIXTURE_VARIANT_ADD(window, head_of_2M_among_invalidations) {
	.backing = BACKING_HUGETLB_2MB, .size = SZ_4M, .victim = 0, .dropped = SZ_2M,
	.start = SZ_1M, .end = SZ_1M + DETOUR,
	.leaves = { [LEVEL_4K] = 1 }, .content = SHARED_TAG,
};

FIXTURE_SETUP(window)
{
	if (suite_missing(variant->backing))
		SKIP(return, "%s", suite_missing(variant->backing));

	plain_vm_create(&self->vm, variant->backing, variant->size, variant->size);
	*(u64 *)(self->vm.view.base + variant->victim) = SHARED_TAG;
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, variant->size));
}

FIXTURE_TEARDOWN(window)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

struct dropper {
	void *hva;
	bool stop;
};

/* Take away 2M of host memory again and again. Returns 0 or an errno. */
static int drop_memory(void *arg)
{
	struct dropper *dropper = arg;

	while (!__atomic_load_n(&dropper->stop, __ATOMIC_SEQ_CST)) {
		if (madvise(dropper->hva, SZ_2M, MADV_POPULATE_WRITE) ||
		    madvise(dropper->hva, SZ_2M, MADV_DONTNEED))
			return errno;
	}
	return 0;
}

static int convert_while_dropping(struct vm_driver *vmd, u64 gpa, u64 size, void *hva)
{
	struct dropper dropper = { .hva = hva };
	struct background background;
	int r, dropped;

	background_start(&background, drop_memory, &dropper);
	r = vm_driver_convert(vmd, gpa, size, true);
	__atomic_store_n(&dropper.stop, true, __ATOMIC_SEQ_CST);
	dropped = background_join(&background);
	return r ? : dropped;
}

TEST_F(window, fault_during_conversion)
{
	struct spinner spinner = { .vmd = self->vm.vmd };
	const u64 gpa = BASE + variant->victim, start = BASE + variant->start;
	const u64 size = variant->end - variant->start;
	unsigned int nr_windows = 0;
	bool met = false;
	int r = 0;

	open_window(&spinner);
	ASSERT_TRUE(start_spinner(&spinner, gpa));
	while (!r && !met && nr_windows++ < MAX_WINDOWS) {
		if (nr_windows > 1)
			EXPECT_EQ(0, vm_driver_convert(self->vm.vmd, start, size, false));
		open_window(&spinner);
		if (variant->dropped)
			r = convert_while_dropping(self->vm.vmd, start, size,
						   self->vm.view.base + variant->dropped);
		else
			r = vm_driver_convert(self->vm.vmd, start, size, true);
		met = met_window(&spinner);
	}
	stop_spinner(&spinner);
	EXPECT_EQ(0, r) {
		TH_LOG("Wanted success at gpa 0x%llx (conversion), got %s",
		       (unsigned long long)start, strerror(r));
	}
	if (!r && !met)
		SKIP(return, NO_CPU);

	/* A leaf from within the window is still there; without one the touch installs it. */
	vm_expect_content(_metadata, variant->content, read_page(self->vm.vmd, gpa), gpa,
			  "after the window");
	vm_expect_leaves(_metadata, self->vm.vmd, variant->leaves, gpa, "after the window");
	vm_expect_no_warning(_metadata, gpa, "after the window");
}

/* Private pages, of which the last is in use while a hole takes its time to reach it. */
FIXTURE(hole)
{
	struct plain_vm vm;
};

#define HOLE_SIZE	(64ull * SZ_1M)

FIXTURE_SETUP(hole)
{
	if (suite_missing(BACKING_ANONYMOUS))
		SKIP(return, "%s", suite_missing(BACKING_ANONYMOUS));

	plain_vm_create(&self->vm, BACKING_ANONYMOUS, HOLE_SIZE, HOLE_SIZE);
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, HOLE_SIZE));
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE, HOLE_SIZE, true));
}

FIXTURE_TEARDOWN(hole)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

TEST_F(hole, fault_during_hole)
{
	const u64 gpa = BASE + HOLE_SIZE - SZ_4K;
	struct spinner spinner = { .vmd = self->vm.vmd };
	unsigned int nr_windows = 0;
	bool met = false;

	while (!met && nr_windows++ < MAX_WINDOWS) {
		ASSERT_EQ(0, fallocate(self->vm.gmem_fd, FALLOC_FL_KEEP_SIZE, 0, HOLE_SIZE));
		vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, gpa, SHARED_TAG);
		open_window(&spinner);
		ASSERT_TRUE(start_spinner(&spinner, gpa));
		open_window(&spinner);
		EXPECT_EQ(0, fallocate(self->vm.gmem_fd,
				       FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				       HOLE_SIZE));
		met = met_window(&spinner);
		stop_spinner(&spinner);
	}
	if (!met)
		SKIP(return, NO_CPU);

	vm_expect_content(_metadata, 0, read_page(self->vm.vmd, gpa), gpa, "after the hole");
	vm_expect_no_warning(_metadata, gpa, "after the hole");
}

/* A fault waits for the host's page until the test provides it. */
FIXTURE(stalled)
{
	struct vm_driver *vmd;
	struct stalled_memory memory;
	int gmem_fd;
};

#define STALLED_SIZE	((size_t)SZ_2M)
#define STALLED_OFFSET	(5 * SZ_4K)
#define STALLED_GPA	(BASE + STALLED_OFFSET)

FIXTURE_SETUP(stalled)
{
	const char *missing = stalled_memory_map(&self->memory, STALLED_SIZE);

	if (missing)
		SKIP(return, "%s", missing);

	kernel_log_start();
	self->vmd = vm_driver_create(1);
	self->gmem_fd = vm_driver_create_gmem(self->vmd, STALLED_SIZE);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, STALLED_SIZE, self->memory.hva,
					   self->gmem_fd, false));
}

FIXTURE_TEARDOWN(stalled)
{
	if (!self->vmd)
		return;

	vm_driver_free(self->vmd);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
	close(self->gmem_fd);
	stalled_memory_unmap(&self->memory);
}

static int touch(void *arg)
{
	read_page(arg, STALLED_GPA);
	return 0;
}

static int prefault(void *arg)
{
	u64 stopped;

	return vm_driver_prefault(arg, STALLED_GPA, SZ_4K, &stopped);
}

/* Convert the page while @call is held in its fault. Returns what @call does then. */
static int convert_during(struct __test_metadata *_metadata, struct vm_driver *vmd,
			  struct stalled_memory *memory, int (*call)(void *arg))
{
	struct background background;

	background_start(&background, call, vmd);
	EXPECT_TRUE(stalled_memory_holds(memory, STALLED_OFFSET,
					 slow_machine_seconds(10) * 1000));
	EXPECT_EQ(0, vm_driver_convert(vmd, STALLED_GPA, SZ_4K, true));
	EXPECT_EQ(0, stalled_memory_provide(memory, STALLED_OFFSET, SHARED_TAG));
	return background_join(&background);
}

/* The host's page came too late: what counts is the private one. */
static void check_private(struct __test_metadata *_metadata, struct vm_driver *vmd,
			  const char *when)
{
	vm_expect_content(_metadata, 0, read_page(vmd, STALLED_GPA), STALLED_GPA, when);
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 1, STALLED_GPA, when);
	vm_expect_no_warning(_metadata, STALLED_GPA, when);
}

TEST_F(stalled, fault_before_conversion)
{
	convert_during(_metadata, self->vmd, &self->memory, touch);
	check_private(_metadata, self->vmd, "stalled fault");
}

/* What kind of access a pre-fault stands for is settled before it begins. */
TEST_F(stalled, prefault_before_conversion)
{
	int r;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	r = convert_during(_metadata, self->vmd, &self->memory, prefault);
	EXPECT_EQ(EFAULT, r) {
		TH_LOG("Wanted EFAULT at gpa 0x%llx (stalled pre-fault), got %s", STALLED_GPA,
		       strerror(r));
	}
	check_private(_metadata, self->vmd, "stalled pre-fault");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return suite_harness_run(argc, argv);
}
