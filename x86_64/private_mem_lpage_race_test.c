// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a fault that meets a conversion, or a hole in guest_memfd, never installs what is
 * only true before it, neither a hugepage that is becoming mixed nor a page of the old kind.
 * Faults outside of the range are served meanwhile, not tried again until it is over; and two
 * vCPUs that populate or split a hugepage together leave what one of them alone would.
 *
 * KVM unmaps, then stores the new attribute page by page, then updates what may be huge.  The
 * conversions here go on over many pages outside of any memslot, so that there is time
 * between the first and the last for a vCPU that touches its page all the time; or the vCPU
 * is held in its fault by userfaultfd while the conversion passes.  Nothing sleeps and hopes.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/background.h"
#include "host/one_cpu.h"
#include "host/reclaim.h"
#include "host/setting.h"
#include "host/stalled_memory.h"
#include "kvm/kernel_log.h"
#include "kvm/kvm_parameter.h"
#include "kvm/plain_vm.h"
#include "kvm/stalled_vm.h"
#include "kvm/vm_driver.h"
#include "scenario/scenario.h"
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
#define POLL_US		200
#define NO_CPU		"CPU for the vCPU besides the one that changes memory"

/* The vCPU has its page mapped, so that its next fault comes of what happens from here on. */
static void open_window(struct spinner *spinner)
{
	const u64 spins = vm_driver_spins(spinner->vmd, 0);

	while (vm_driver_spins(spinner->vmd, 0) < spins + 2)
		;
	spinner->faults = vm_driver_faults(spinner->vmd, 0);
}

/* True if the vCPU has a fault between open_window() and the end of @call. */
static bool met_window(const struct spinner *spinner, struct background *call)
{
	bool met;

	do {
		usleep(POLL_US);
		met = vm_driver_faults(spinner->vmd, 0) != spinner->faults;
		if (background_ends_within(call, 0))
			return false;
	} while (!met);
	return true;
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
	u64 mixed;		/* this page is private before all else; 0: none */
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

/* The victim is as far from them as it can be. */
FIXTURE_VARIANT_ADD(window, last_page_of_2M) {
	.backing = BACKING_HUGETLB_2MB, .size = SZ_2M, .victim = SZ_2M - SZ_4K,
	.start = -(s64)DETOUR, .end = SZ_1M,
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

/* The same where the 2M is mixed before: KVM watches over just the pages that are converted. */
FIXTURE_VARIANT_ADD(window, page_itself_in_mixed_2M) {
	.backing = BACKING_HUGETLB_2MB, .size = SZ_2M, .victim = 5 * SZ_4K, .mixed = SZ_1M,
	.start = -(s64)DETOUR, .end = 6 * SZ_4K,
	.leaves = { [LEVEL_4K] = 1 }, .content = 0,
};

/*
 * KVM watches over the range and the 2M at its beginning together, which end at different places.
 *
 *	[    |##### 2M ###][##### 2M ###] ... [##### 2M ###v p]
 *
 * # becomes private, v, the victim, as the last page; p is private already.
 */
FIXTURE_VARIANT_ADD(window, page_itself_far_behind_head) {
	.backing = BACKING_HUGETLB_1GB, .size = SZ_1G, .victim = SZ_256M - 3 * SZ_4K,
	.mixed = SZ_256M - SZ_4K, .start = SZ_1M, .end = SZ_256M - 2 * SZ_4K,
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
	if (variant->mixed)
		ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE + variant->mixed, SZ_4K, true));
}

FIXTURE_TEARDOWN(window)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

struct dropper {
	void *hva;
	unsigned int drops;	/* so far */
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
		__atomic_add_fetch(&dropper->drops, 1, __ATOMIC_SEQ_CST);
	}
	return 0;
}

static unsigned int nr_drops(struct dropper *dropper)
{
	return __atomic_load_n(&dropper->drops, __ATOMIC_SEQ_CST);
}

struct conversion {
	struct vm_driver *vmd;
	u64 gpa;
	u64 size;
};

static int make_private(void *arg)
{
	const struct conversion *conversion = arg;

	return vm_driver_convert(conversion->vmd, conversion->gpa, conversion->size, true);
}

/* Convert while the vCPU touches its page. Returns 0 or the errno, and in *@met if they met. */
static int convert_in_window(struct spinner *spinner, struct conversion *conversion, bool *met)
{
	struct background converting;

	open_window(spinner);
	background_start(&converting, make_private, conversion);
	*met = met_window(spinner, &converting);
	return background_join(&converting);
}

/* The same while the host drops the 2M at @hva, which counts only if it has done so. */
static int convert_while_dropping(struct spinner *spinner, struct conversion *conversion,
				  void *hva, bool *met)
{
	struct dropper dropper = { .hva = hva };
	struct background dropping;
	unsigned int before;
	int r, dropped;

	background_start(&dropping, drop_memory, &dropper);
	while (!nr_drops(&dropper) && !background_ends_within(&dropping, 0))
		;
	before = nr_drops(&dropper);
	r = convert_in_window(spinner, conversion, met);
	*met &= nr_drops(&dropper) != before;
	__atomic_store_n(&dropper.stop, true, __ATOMIC_SEQ_CST);
	dropped = background_join(&dropping);
	return r ? : dropped;
}

TEST_F(window, fault_during_conversion)
{
	struct spinner spinner = { .vmd = self->vm.vmd };
	const u64 gpa = BASE + variant->victim;
	struct conversion conversion = {
		self->vm.vmd, BASE + variant->start, variant->end - variant->start,
	};
	unsigned int nr_windows = 0;
	bool met = false;
	int r = 0;

	ASSERT_TRUE(start_spinner(&spinner, gpa));
	while (!r && !met && nr_windows++ < MAX_WINDOWS) {
		if (nr_windows > 1)
			EXPECT_EQ(0, vm_driver_convert(self->vm.vmd, conversion.gpa,
						       conversion.size, false));
		if (variant->dropped)
			r = convert_while_dropping(&spinner, &conversion,
						   self->vm.view.base + variant->dropped, &met);
		else
			r = convert_in_window(&spinner, &conversion, &met);
	}
	stop_spinner(&spinner);
	EXPECT_EQ(0, r) {
		TH_LOG("Wanted success at gpa 0x%llx (conversion), got %s",
		       (unsigned long long)conversion.gpa, strerror(r));
	}
	if (!met && __test_passed(_metadata))
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

static int punch_hole(void *arg)
{
	return fallocate(*(int *)arg, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, HOLE_SIZE) ?
	       errno : 0;
}

TEST_F(hole, fault_during_hole)
{
	const u64 gpa = BASE + HOLE_SIZE - SZ_4K;
	struct spinner spinner = { .vmd = self->vm.vmd };
	struct background punching;
	unsigned int nr_windows = 0;
	bool met = false;

	while (!met && nr_windows++ < MAX_WINDOWS) {
		ASSERT_EQ(0, fallocate(self->vm.gmem_fd, FALLOC_FL_KEEP_SIZE, 0, HOLE_SIZE));
		vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, gpa, SHARED_TAG);
		ASSERT_TRUE(start_spinner(&spinner, gpa));
		open_window(&spinner);
		background_start(&punching, punch_hole, &self->vm.gmem_fd);
		met = met_window(&spinner, &punching);
		EXPECT_EQ(0, background_join(&punching));
		stop_spinner(&spinner);
	}
	if (!met && __test_passed(_metadata))
		SKIP(return, NO_CPU);

	vm_expect_content(_metadata, 0, read_page(self->vm.vmd, gpa), gpa, "after the hole");
	vm_expect_no_warning(_metadata, gpa, "after the hole");
}

/* A fault waits for the host's page until the test provides it. */
FIXTURE(stalled)
{
	struct stalled_vm vm;
};

#define STALLED_SIZE	((size_t)SZ_2M)
#define STALLED_OFFSET	(5 * SZ_4K)
#define STALLED_GPA	(BASE + STALLED_OFFSET)

FIXTURE_SETUP(stalled)
{
	const char *missing = stalled_vm_create(&self->vm, 1, BASE, STALLED_SIZE);

	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(stalled)
{
	stalled_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
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
	/* The page is on a list of the CPU's that has provided it until the same one drains it. */
	one_cpu_stay();
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

/*
 * Who came too late has let go of the host's page as well (kvm_mmu_finish_page_fault()): the host
 * can take it, as it can another one that KVM has never seen.
 */
static void check_page_goes(struct __test_metadata *_metadata, struct stalled_memory *memory,
			    const char *when)
{
	void *page = memory->hva + STALLED_OFFSET;

	ASSERT_EQ(0, stalled_memory_provide(memory, 2 * STALLED_OFFSET, SHARED_TAG));
	if (!reclaim_page(page + STALLED_OFFSET)) {
		TH_LOG("left out: whether the host can take the page, as it takes none");
		return;
	}
	EXPECT_TRUE(reclaim_page(page)) {
		TH_LOG("Wanted no page of the host at gpa 0x%llx (%s), got one that stays",
		       STALLED_GPA, when);
	}
}

TEST_F(stalled, fault_before_conversion)
{
	convert_during(_metadata, self->vm.vmd, &self->vm.memory, touch);
	check_private(_metadata, self->vm.vmd, "stalled fault");
	check_page_goes(_metadata, &self->vm.memory, "stalled fault");
}

/* What kind of access a pre-fault stands for is settled before it begins. */
TEST_F(stalled, prefault_before_conversion)
{
	int r;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	r = convert_during(_metadata, self->vm.vmd, &self->vm.memory, prefault);
	EXPECT_EQ(EFAULT, r) {
		TH_LOG("Wanted EFAULT at gpa 0x%llx (stalled pre-fault), got %s", STALLED_GPA,
		       strerror(r));
	}
	check_private(_metadata, self->vm.vmd, "stalled pre-fault");
	check_page_goes(_metadata, &self->vm.memory, "stalled pre-fault");
}

/* Faults beside a conversion. */

#define HUGEPAGE	((u64)SZ_2M)
#define TAG		0x9a2a11e100000001ull

/* So many pages are touched for the first time while the conversion goes on. */
#define BESIDE_PAGES	16
#define BESIDE_WINDOW	((u64)BESIDE_PAGES * SZ_4K)

/* They are in another memslot ... */
#define BESIDE_GPA	(BASE + SZ_1G)
#define BESIDE_SIZE	(MAX_WINDOWS * BESIDE_WINDOW)

/* A fault may meet the end of the conversion, or the beginning of it, and is tried again once. */
#define MAX_RETRIES	2

FIXTURE(beside)
{
	struct vm_driver *vmd;
	struct backing_view view;
	struct backing_view beside;
	struct backing_view around;
};

FIXTURE_VARIANT(beside)
{
	u64 gpa;		/* the pages of the first window */
	unsigned int windows;	/* at most */
	u64 start;		/* what is made private begins so far behind BASE */
	bool mixed;		/* the page before that is private all the time */
};

FIXTURE_VARIANT_ADD(beside, other_memslot) {
	.gpa = BESIDE_GPA, .windows = MAX_WINDOWS,
};

/* ... or in the hugepage where the conversion begins, which is mixed before and afterwards. */
FIXTURE_VARIANT_ADD(beside, mixed_hugepage) {
	.gpa = BASE, .windows = SZ_1M / BESIDE_WINDOW - 1, .start = SZ_1M, .mixed = true,
};

/*
 * What was invalidated before, on both sides of the pages touched later, must not count.  Without
 * a memslot there KVM would invalidate nothing.
 */
static void invalidate_around(struct __test_metadata *_metadata, struct vm_driver *vmd, void *hva)
{
	const u64 around[] = { BASE - SZ_4K, BESIDE_GPA + SZ_1G };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(around); i++) {
		ASSERT_EQ(0, vm_driver_set_memslot(vmd, 3 + i, around[i], SZ_4K, hva + i * SZ_4K,
						   -1, false));
		ASSERT_EQ(0, vm_driver_convert(vmd, around[i], SZ_4K, true));
		ASSERT_EQ(0, vm_driver_convert(vmd, around[i], SZ_4K, false));
	}
}

FIXTURE_SETUP(beside)
{
	kernel_log_start();
	self->vmd = vm_driver_create(1);
	backing_map(&self->view, BACKING_HUGETLB_2MB, 0, HUGEPAGE);
	backing_map(&self->beside, BACKING_ANONYMOUS, 0, BESIDE_SIZE);
	backing_map(&self->around, BACKING_ANONYMOUS, 0, SZ_8K);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, HUGEPAGE, self->view.base, -1,
					   false));
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 2, BESIDE_GPA, BESIDE_SIZE,
					   self->beside.base, -1, false));
	invalidate_around(_metadata, self->vmd, self->around.base);
	if (variant->mixed)
		ASSERT_EQ(0, vm_driver_convert(self->vmd, BASE + variant->start - SZ_4K, SZ_4K,
					       true));
}

FIXTURE_TEARDOWN(beside)
{
	vm_driver_free(self->vmd);
	backing_unmap(&self->view);
	backing_unmap(&self->beside);
	backing_unmap(&self->around);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static u64 all_leaves(struct vm_driver *vmd)
{
	u64 leaves[NR_LEVELS];

	vm_driver_leaves(vmd, leaves);
	return leaves[LEVEL_4K] + leaves[LEVEL_2M] + leaves[LEVEL_1G];
}

/* The conversion has unmapped the only leaf in its way, so it goes on. False if it is over. */
static bool has_begun(struct vm_driver *vmd, u64 leaves, struct background *conversion)
{
	u64 left;

	do {
		left = all_leaves(vmd);
	} while (left == leaves && !background_ends_within(conversion, 0));
	return left < leaves;
}

/* True if all of it was beside the conversion, with as many faults as there are pages. */
static bool try_window(struct __test_metadata *_metadata, struct vm_driver *vmd, u64 start, u64 gpa)
{
	struct conversion range = { vmd, start, DETOUR };
	struct background conversion;
	u64 leaves, before, faults;
	bool inside;
	u64 page;

	vm_driver_touch(vmd, 0, ACCESS_WRITE, start, TAG);
	leaves = all_leaves(vmd);
	before = vm_driver_faults(vmd, 0);
	background_start(&conversion, make_private, &range);
	inside = has_begun(vmd, leaves, &conversion);
	for (page = 0; page < BESIDE_PAGES; page++)
		vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa + page * SZ_4K, TAG);
	inside &= !background_ends_within(&conversion, 0);
	faults = vm_driver_faults(vmd, 0) - before;
	EXPECT_EQ(0, background_join(&conversion));
	EXPECT_GE(BESIDE_PAGES + MAX_RETRIES, faults) {
		TH_LOG("Wanted %u faults at gpa 0x%llx (%s), got %llu", BESIDE_PAGES,
		       (unsigned long long)gpa, "pages beside a conversion",
		       (unsigned long long)faults);
	}
	EXPECT_EQ(0, vm_driver_convert(vmd, start, DETOUR, false));
	return inside;
}

TEST_F(beside, faults_are_served_at_once)
{
	unsigned int window = 0;
	bool inside = false;

	while (!inside && __test_passed(_metadata) && window < variant->windows)
		inside = try_window(_metadata, self->vmd, BASE + variant->start,
				    variant->gpa + window++ * BESIDE_WINDOW);
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, window * BESIDE_PAGES, variant->gpa,
			    "beside the conversion");
	vm_expect_no_warning(_metadata, variant->gpa, "beside the conversion");
	if (!inside && __test_passed(_metadata))
		SKIP(return, NO_CPU);
}

/* Two vCPUs at once. */
#define NR_VCPUS	2
#define NR_ROUNDS	10

FIXTURE(same_hugepage)
{
	struct vm_driver *vmd;
	struct backing_view view;
	int gmem_fd;
};

struct racer {
	struct vm_driver *vmd;
	unsigned int vcpu;
	enum access access;
	u64 gpa;
	unsigned int *waiting;		/* for both */
};

/* Both go when both are there. */
static int touch_at_once(void *arg)
{
	struct racer *racer = arg;

	__atomic_sub_fetch(racer->waiting, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(racer->waiting, __ATOMIC_SEQ_CST))
		;
	return vm_driver_touch(racer->vmd, racer->vcpu, racer->access, racer->gpa,
			       TAG + racer->vcpu).end;
}

/*
 * Each vCPU accesses its page, as nearly at the same time as can be.  Returns whether both took a
 * fault.
 */
static bool touch_both(struct __test_metadata *_metadata, struct vm_driver *vmd,
		       enum access access, const u64 gpa[NR_VCPUS], const char *when)
{
	struct background background[NR_VCPUS];
	struct racer racer[NR_VCPUS];
	unsigned int i, waiting = NR_VCPUS;
	u64 faults[NR_VCPUS];
	bool both = true;

	for (i = 0; i < NR_VCPUS; i++) {
		faults[i] = vm_driver_faults(vmd, i);
		racer[i] = (struct racer) { vmd, i, access, gpa[i], &waiting };
		background_start(&background[i], touch_at_once, &racer[i]);
	}
	for (i = 0; i < NR_VCPUS; i++)
		vm_expect_end(_metadata, ACCESS_DONE, background_join(&background[i]), gpa[i],
			      when);
	for (i = 0; i < NR_VCPUS; i++)
		both &= vm_driver_faults(vmd, i) != faults[i];
	return both;
}

FIXTURE_SETUP(same_hugepage)
{
	kernel_log_start();
	self->vmd = vm_driver_create(NR_VCPUS);
	backing_map(&self->view, BACKING_HUGETLB_2MB, 0, HUGEPAGE);
	self->gmem_fd = vm_driver_create_gmem(self->vmd, HUGEPAGE);
}

FIXTURE_TEARDOWN(same_hugepage)
{
	vm_driver_free(self->vmd);
	close(self->gmem_fd);
	backing_unmap(&self->view);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
	setting_restore();
}

/* Where the vCPUs write: far apart, or side by side in one page table of 4K entries. */
static const u64 both_ends[NR_VCPUS] = { BASE, BASE + SZ_2M - SZ_4K };
static const u64 neighbours[NR_VCPUS] = { BASE + 7 * SZ_4K, BASE + 8 * SZ_4K };

/* Returns whether both took a fault; if it is for one leaf, one of them met the other. */
static bool populate(struct __test_metadata *_metadata, struct vm_driver *vmd,
		     const u64 gpa[NR_VCPUS], enum level level, const char *when)
{
	bool both = touch_both(_metadata, vmd, ACCESS_WRITE, gpa, when);
	struct guest_access got;
	unsigned int i;

	vm_expect_leaves_of(_metadata, vmd, level, level == LEVEL_4K ? NR_VCPUS : 1, gpa[0], when);
	for (i = 0; i < NR_VCPUS; i++) {
		got = vm_driver_touch(vmd, 1 - i, ACCESS_READ, gpa[i], 0);
		vm_expect_content(_metadata, TAG + i, got.value, gpa[i], when);
	}
	return both;
}

/* There and back, so that nothing is mapped. */
static void unmap(struct __test_metadata *_metadata, struct vm_driver *vmd)
{
	ASSERT_EQ(0, vm_driver_convert(vmd, BASE, HUGEPAGE, true));
	ASSERT_EQ(0, vm_driver_convert(vmd, BASE, HUGEPAGE, false));
}

/* Often in any case, and until the vCPUs have met. */
static bool needs_round(unsigned int round, unsigned int met)
{
	return round < NR_ROUNDS || (!met && round < MAX_WINDOWS);
}

TEST_F(same_hugepage, populated_by_both)
{
	struct vm_driver *vmd = self->vmd;
	unsigned int round, met = 0;

	if (suite_missing_huge_again())
		SKIP(return, "%s", suite_missing_huge_again());

	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE, HUGEPAGE, self->view.base, self->gmem_fd,
					   false));
	/* What a vCPU maps of its own it has then. */
	populate(_metadata, vmd, neighbours, LEVEL_2M, "for the first time");
	for (round = 0; __test_passed(_metadata) && needs_round(round, met); round++) {
		const u64 *gpa = round & 1 ? both_ends : neighbours;

		unmap(_metadata, vmd);
		met += populate(_metadata, vmd, gpa, LEVEL_2M, "shared hugepage, by both");
		ASSERT_EQ(0, vm_driver_convert(vmd, BASE, HUGEPAGE, true));
		populate(_metadata, vmd, gpa, suite_traits()->gmem_level, "private pages, by both");
		unmap(_metadata, vmd);
		ASSERT_EQ(0, vm_driver_convert(vmd, BASE + SZ_1M, SZ_4K, true));
		populate(_metadata, vmd, gpa, LEVEL_4K, "mixed hugepage, by both");
	}
	vm_expect_no_warning(_metadata, BASE, "populated by both");
	/* Up to the scheduler, and no reason to call the rounds nothing. */
	if (!met)
		TH_LOG("left out: two vCPUs in a fault at once, in %u rounds", round);
}

/* The first writes after logging has begun, of pages @gpa and no others. */
static void expect_dirty(struct __test_metadata *_metadata, struct vm_driver *vmd,
			 const u64 gpa[NR_VCPUS], const char *when)
{
	u64 log[SZ_2M / SZ_4K / 64] = { }, wanted;
	unsigned int i, word;

	ASSERT_EQ(0, vm_driver_get_log(vmd, 1, log));
	for (word = 0; word < SZ_2M / SZ_4K / 64; word++) {
		wanted = 0;
		for (i = 0; i < NR_VCPUS; i++) {
			u64 page = (gpa[i] - BASE) / SZ_4K;

			if (page / 64 == word)
				wanted |= BIT_ULL(page % 64);
		}
		EXPECT_EQ(wanted, log[word]) {
			TH_LOG("Wanted dirty pages 0x%llx at gpa 0x%llx (%s), got 0x%llx",
			       (unsigned long long)wanted,
			       (unsigned long long)BASE + word * 64 * SZ_4K, when,
			       (unsigned long long)log[word]);
		}
	}
}

static void set_logged(struct __test_metadata *_metadata, FIXTURE_DATA(same_hugepage) * self,
		       bool logged)
{
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, HUGEPAGE, self->view.base, -1,
					   logged));
}

TEST_F(same_hugepage, split_by_both_while_logged)
{
	static const struct step change_eager_split = { .op = STEP_EAGER_SPLIT };
	const char *when = "split by both, logged";
	struct vm_driver *vmd = self->vmd;
	unsigned int round;

	if (suite_missing_mode(&change_eager_split))
		SKIP(return, "%s", suite_missing_mode(&change_eager_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "N"));
	for (round = 0; round < NR_ROUNDS && __test_passed(_metadata); round++) {
		const u64 *gpa = round & 1 ? both_ends : neighbours;

		set_logged(_metadata, self, false);
		vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE, TAG);
		vm_expect_leaves_of(_metadata, vmd, LEVEL_2M, 1, BASE, "not logged");
		set_logged(_metadata, self, true);
		touch_both(_metadata, vmd, ACCESS_WRITE, gpa, when);
		expect_dirty(_metadata, vmd, gpa, when);
		touch_both(_metadata, vmd, ACCESS_WRITE, gpa, when);
		expect_dirty(_metadata, vmd, gpa, "written again");
	}
	vm_expect_no_warning(_metadata, BASE, when);
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return suite_harness_run(argc, argv);
}
