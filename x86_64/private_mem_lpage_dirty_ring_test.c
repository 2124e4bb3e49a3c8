// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: the ring of a vCPU has just the pages that this vCPU wrote, in that order, each once until
 * it is protected again; that is done for exactly the pages that were taken out, in whatever
 * order they are, also if a signal ends it; a vCPU whose ring is full leaves, and nothing of what
 * it writes is lost.
 *
 * KVM protects what was taken in groups of up to 64 pages, which lie in one memslot and may run up
 * as well as down (kvm_dirty_ring_reset()): where a group ends is what the orders below try.  What
 * levels have to do with logging is a claim of private_mem_lpage_dirty_log_test.
 */
#include <signal.h>
#include <time.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/monotonic.h"
#include "host/must_hold.h"
#include "host/setting.h"
#include "kvm/kernel_log.h"
#include "kvm/known_bug.h"
#include "kvm/kvm_parameter.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define NR_VCPUS	2

/* Room for 1,024 entries of 16 bytes, struct kvm_dirty_gfn. */
#define NR_ENTRIES	1024
#define RING_BYTES	(NR_ENTRIES * 16)

#define BASE_GPA	(16ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_4M)
#define NR_SLOTS	2
#define LAST		(SLOT_SIZE / SZ_4K - 1)
#define HALF		(SLOT_SIZE / SZ_4K / 2)

/* Where each memslot begins; the third is only there where the first one is half as large. */
static const u64 slot_offset[] = { 0, 0, SLOT_SIZE, SLOT_SIZE / 2 };

#define TAG		0xd127000000000001ull
#define MAX_WRITES	1024

/* What a vCPU writes, and what its ring should have then. */
struct writes {
	struct vm_driver_dirty_page page[MAX_WRITES];
	size_t nr;
};

static void add(struct writes *writes, u32 slot, u64 page)
{
	writes->page[writes->nr++] = (struct vm_driver_dirty_page) { slot, page };
}

static u64 gpa_of(const struct vm_driver_dirty_page *page)
{
	return BASE_GPA + slot_offset[page->slot] + page->page * SZ_4K;
}

FIXTURE(ring)
{
	struct vm_driver *vmd;
	struct backing_view view;
};

/* Logged; without a size it is deleted, which leaves what the rings have of it. */
static int set_memslot(FIXTURE_DATA(ring) * self, u32 id, u64 size)
{
	return vm_driver_set_memslot(self->vmd, id, BASE_GPA + slot_offset[id], size,
				     self->view.base + slot_offset[id], -1, true);
}

/* A new VM with rings of @bytes. */
static void use_rings(struct __test_metadata *_metadata, FIXTURE_DATA(ring) * self, u32 bytes)
{
	u32 id;

	vm_driver_use_rings(self->vmd, bytes);
	for (id = 1; id <= NR_SLOTS; id++)
		ASSERT_EQ(0, set_memslot(self, id, SLOT_SIZE));
}

FIXTURE_SETUP(ring)
{
	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	kernel_log_start();
	self->vmd = vm_driver_create(NR_VCPUS);
	backing_map(&self->view, BACKING_HUGETLB_2MB, 0, NR_SLOTS * SLOT_SIZE);
	use_rings(_metadata, self, RING_BYTES);
}

FIXTURE_TEARDOWN(ring)
{
	vm_driver_free(self->vmd);
	backing_unmap(&self->view);
	setting_restore();
	vm_expect_no_warning(_metadata, BASE_GPA, "after the VM");
}

static void write_all(struct vm_driver *vmd, unsigned int vcpu, const struct writes *writes)
{
	size_t i;

	for (i = 0; i < writes->nr; i++)
		vm_driver_touch(vmd, vcpu, ACCESS_WRITE, gpa_of(&writes->page[i]), TAG + i);
}

/* The first @npages pages of memslot 1, by one request. */
static void write_first(struct vm_driver *vmd, unsigned int vcpu, u64 npages)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = ACCESS_WRITE, .gpa = BASE_GPA,
		.npages = npages, .tag = TAG,
	};
	static struct guest_access result[LAST + 1];

	vm_driver_guest(vmd, vcpu, &request, result);
}

/* Take all that the ring has. */
static void take(struct vm_driver *vmd, unsigned int vcpu, struct writes *got)
{
	got->nr = vm_driver_harvest(vmd, vcpu, got->page, MAX_WRITES);
}

static bool is_page(const struct vm_driver_dirty_page *one,
		    const struct vm_driver_dirty_page *other)
{
	return one->slot == other->slot && one->page == other->page;
}

/* @got is exactly @wanted. In messages a page is PAGE.MEMSLOT. */
static void expect_same(struct __test_metadata *_metadata, unsigned int vcpu,
			const struct writes *wanted, const struct writes *got, const char *when)
{
	const size_t nr = min(wanted->nr, got->nr);
	size_t i;

	EXPECT_EQ(wanted->nr, got->nr) {
		TH_LOG("Wanted %zu entries at gpa 0x%llx (%s, ring of vCPU %u), got %zu",
		       wanted->nr, (unsigned long long)BASE_GPA, when, vcpu, got->nr);
	}
	for (i = 0; i < nr && is_page(&wanted->page[i], &got->page[i]); i++)
		;
	EXPECT_EQ(nr, i) {
		TH_LOG("Wanted page %llu.%u at gpa 0x%llx (%s, entry %zu), got %llu.%u",
		       (unsigned long long)wanted->page[i].page, wanted->page[i].slot,
		       (unsigned long long)gpa_of(&wanted->page[i]), when, i,
		       (unsigned long long)got->page[i].page, got->page[i].slot);
	}
}

/* Take what the ring has: exactly @wanted. */
static void expect_entries(struct __test_metadata *_metadata, struct vm_driver *vmd,
			   unsigned int vcpu, const struct writes *wanted, const char *when)
{
	struct writes got;

	take(vmd, vcpu, &got);
	expect_same(_metadata, vcpu, wanted, &got, when);
}

/* The entries that are not like the one before. */
static void drop_repeated(struct writes *writes)
{
	size_t i, nr = 0;

	for (i = 0; i < writes->nr; i++) {
		if (!nr || !is_page(&writes->page[i], &writes->page[nr - 1]))
			writes->page[nr++] = writes->page[i];
	}
	writes->nr = nr;
}

/* Have what was taken protected again: @nr entries. */
static void expect_reset(struct __test_metadata *_metadata, struct vm_driver *vmd, size_t nr,
			 const char *when)
{
	int got = vm_driver_reset_rings(vmd);

	EXPECT_EQ((int)nr, got) {
		TH_LOG("Wanted %zu entries to be reset at gpa 0x%llx (%s), got %d", nr,
		       (unsigned long long)BASE_GPA, when, got);
	}
}

/* The orders: @nr pages from @first on, each @stride pages from the one before; or as listed. */
static const struct order {
	const char *name;
	u64 first;
	s64 stride;
	size_t nr;
	size_t nr_listed;
	u64 page[8];
	bool both_slots;	/* each page in memslot 1, then in memslot 2 */
} orders[] = {
	{ "one page, the last before and the first afterwards", .first = 5, .nr = 1 },
	{ "upwards", .first = 0, .stride = 1, .nr = 130 },
	{ "downwards", .first = 200, .stride = -1, .nr = 130 },
	{ "63 pages upwards", .first = 0, .stride = 63, .nr = 16 },
	{ "64 pages upwards", .first = 1, .stride = 64, .nr = 16 },
	{ "65 pages upwards", .first = 2, .stride = 65, .nr = 15 },
	{ "63 pages downwards", .first = LAST, .stride = -63, .nr = 16 },
	{ "64 pages downwards", .first = LAST, .stride = -64, .nr = 16 },
	{ "65 pages downwards", .first = LAST, .stride = -65, .nr = 15 },
	{ "every 33rd page downwards", .first = 990, .stride = -33, .nr = 30 },
	{ "63 pages up, then below", .nr_listed = 8,
	  .page = { 100, 163, 99, 162, 98, 36, 37, 200 } },
	{ "31 pages up, then 33 and 32 down", .nr_listed = 6,
	  .page = { 300, 331, 298, 299, 267, 266 } },
	{ "the ends of the memslot", .nr_listed = 6,
	  .page = { LAST, 0, LAST - 1, 1, LAST - 63, 63 } },
	{ "across a hugepage", .first = 500, .stride = 3, .nr = 10 },
	{ "two memslots in turn", .first = 7, .stride = 1, .nr = 40, .both_slots = true },
};

static void fill(struct writes *writes, const struct order *order)
{
	size_t i, nr = order->nr_listed ? order->nr_listed : order->nr;

	writes->nr = 0;
	for (i = 0; i < nr; i++) {
		u64 page = order->nr_listed ? order->page[i] : order->first + i * order->stride;

		add(writes, 1, page);
		if (order->both_slots)
			add(writes, 2, page);
	}
}

TEST_F(ring, pages_taken_are_protected_again)
{
	static const struct writes none;
	struct vm_driver *vmd = self->vmd;
	struct writes writes;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(orders) && __test_passed(_metadata); i++) {
		const char *name = orders[i].name;

		fill(&writes, &orders[i]);
		write_all(vmd, 0, &writes);
		write_all(vmd, 0, &writes);
		expect_entries(_metadata, vmd, 0, &writes, name);
		write_all(vmd, 0, &writes);
		expect_entries(_metadata, vmd, 0, &none, "taken, but not protected yet");
		expect_reset(_metadata, vmd, writes.nr, name);
		write_all(vmd, 0, &writes);
		expect_entries(_metadata, vmd, 0, &writes, name);
		expect_entries(_metadata, vmd, 1, &none, name);
		expect_reset(_metadata, vmd, writes.nr, name);
	}
}

/*
 * A hugepage that was mapped before there was a log, and that nothing has split when it was
 * begun, is not made writable as a whole (fast_page_fault()): the ring would have one page for all.
 */
TEST_F(ring, hugepage_is_split_by_the_first_write)
{
	static const struct step change_eager_split = { .op = STEP_EAGER_SPLIT };
	struct vm_driver *vmd = self->vmd;
	struct writes writes, got;

	if (suite_missing_mode(&change_eager_split))
		SKIP(return, "%s", suite_missing_mode(&change_eager_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "N"));
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE_GPA, SLOT_SIZE, self->view.base, -1,
					   false));
	vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE_GPA, TAG);
	vm_expect_leaves_of(_metadata, vmd, LEVEL_2M, 1, BASE_GPA, "not logged");
	ASSERT_EQ(0, set_memslot(self, 1, SLOT_SIZE));
	vm_expect_leaves_of(_metadata, vmd, LEVEL_2M, 1, BASE_GPA, "logged");

	fill(&writes, &(struct order) { .first = 3, .stride = 7, .nr = 10 });
	write_all(vmd, 0, &writes);
	write_all(vmd, 0, &writes);
	take(vmd, 0, &got);
	/* fast_page_fault() leaves it to the CPU to make leaves dirty, which PML logs again. */
	drop_repeated(&got);
	expect_same(_metadata, 0, &writes, &got, "written");
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, SZ_2M / SZ_4K, BASE_GPA, "written");
}

/* All the rest has been written, and is in the ring, and must not be there a second time. */
TEST_F(ring, pages_not_taken_stay_writable)
{
	struct vm_driver *vmd = self->vmd;
	struct writes writes, half;

	fill(&writes, &(struct order) { .first = 3, .stride = 1, .nr = 100 });
	fill(&half, &(struct order) { .first = 3, .stride = 1, .nr = 50 });
	write_all(vmd, 0, &writes);
	half.nr = vm_driver_harvest(vmd, 0, half.page, half.nr);
	expect_reset(_metadata, vmd, 50, "half of the ring");
	write_all(vmd, 0, &writes);

	/* What was not taken, and the first half anew. */
	memmove(writes.page, writes.page + 50, 50 * sizeof(writes.page[0]));
	memcpy(writes.page + 50, half.page, 50 * sizeof(writes.page[0]));
	expect_entries(_metadata, vmd, 0, &writes, "half of the ring was reset");
	expect_reset(_metadata, vmd, 100, "all of it");
}

TEST_F(ring, of_each_vcpu_has_what_it_wrote)
{
	struct vm_driver *vmd = self->vmd;
	struct writes low, high, only_high;

	fill(&low, &(struct order) { .first = 0, .stride = 1, .nr = 10 });
	fill(&high, &(struct order) { .first = 5, .stride = 1, .nr = 10 });
	fill(&only_high, &(struct order) { .first = 10, .stride = 1, .nr = 5 });

	write_all(vmd, 0, &low);
	write_all(vmd, 1, &high);
	expect_entries(_metadata, vmd, 0, &low, "written first");
	expect_entries(_metadata, vmd, 1, &only_high, "half of it written before");
	expect_reset(_metadata, vmd, low.nr + only_high.nr, "both rings");

	write_all(vmd, 1, &high);
	expect_entries(_metadata, vmd, 1, &high, "only by the second vCPU");
	expect_reset(_metadata, vmd, high.nr, "the ring of the second vCPU");
	write_all(vmd, 0, &high);
	expect_entries(_metadata, vmd, 0, &high, "then by the first");
}

/* KVM keeps 64 entries or more of a ring for what the guest writes on its way out. */
#define KEPT_ENTRIES	64
#define FULL_PAGES	(NR_ENTRIES - KEPT_ENTRIES / 2)

/* More than there is room for: what KVM is told to forget on the way it must have handed out. */
TEST_F(ring, full_makes_the_guest_leave)
{
	u64 log[(LAST + 1) / 64] = { };
	u64 page;

	write_first(self->vmd, 1, FULL_PAGES);
	EXPECT_LE(1, vm_driver_ring_exits(self->vmd, 1)) {
		TH_LOG("Wanted KVM_EXIT_DIRTY_RING_FULL at gpa 0x%llx (%u pages), got none",
		       (unsigned long long)BASE_GPA, FULL_PAGES);
	}
	vm_driver_get_ring_log(self->vmd, 1, log, LAST + 1);
	for (page = 0; page <= LAST && __test_passed(_metadata); page++) {
		const u64 gpa = BASE_GPA + page * SZ_4K;

		EXPECT_EQ(page < FULL_PAGES, log[page / 64] >> page % 64 & 1) {
			TH_LOG("Wanted dirty %d at gpa 0x%llx (full ring), got %d",
			       page < FULL_PAGES, (unsigned long long)gpa, page >= FULL_PAGES);
		}
		if (page < FULL_PAGES)
			vm_expect_content(_metadata, TAG + page,
					  *(u64 *)(self->view.base + page * SZ_4K), gpa,
					  "written over a full ring");
	}
}

/*
 * A vCPU whose ring nobody empties gets no further, however often it is run.  Taking the entries
 * out makes no room, only KVM_RESET_DIRTY_RINGS does (kvm_dirty_ring_used()).
 */
TEST_F(ring, full_keeps_the_guest_out)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = ACCESS_WRITE, .gpa = BASE_GPA,
		.npages = FULL_PAGES, .tag = TAG,
	};
	static struct guest_access result[FULL_PAGES];
	struct vm_driver *vmd = self->vmd;
	struct writes got, more;
	unsigned int run;

	vm_driver_ask(vmd, 0, &request);
	for (run = 0; run < 2; run++)
		ASSERT_EQ(0, vm_driver_try_run(vmd, 0));
	take(vmd, 0, &got);
	EXPECT_TRUE(got.nr && got.nr < FULL_PAGES) {
		TH_LOG("Wanted 1 to %d entries at gpa 0x%llx (KVM_RUN twice), got %zu",
		       FULL_PAGES - 1, (unsigned long long)BASE_GPA, got.nr);
	}
	for (; run < 6; run++)
		ASSERT_EQ(0, vm_driver_try_run(vmd, 0));
	take(vmd, 0, &more);
	EXPECT_EQ(0, more.nr) {
		TH_LOG("Wanted no more entries at gpa 0x%llx (KVM_RUN 4 times more), got %zu",
		       (unsigned long long)BASE_GPA, more.nr);
	}
	vm_driver_reset_rings(vmd);
	vm_driver_finish(vmd, 0, &request, result);
}

/* The first page of memslot 1, of @npages, that is missing in @log; @npages if none is. */
static u64 first_not_logged(const u64 *log, u64 npages)
{
	u64 page = 0;

	while (page < npages && log[page / 64] >> page % 64 & 1)
		page++;
	return page;
}

/*
 * KVM may log what it pre-faults, as the guest can write there from then on.  However far it gets,
 * what the ring had no room for must not be written without being logged.
 */
TEST_F(ring, prefault_of_more_than_it_holds_loses_no_page)
{
	const bool overflows = known_bug_expected(PREFAULT_OVERFLOWS_RING);
	u64 log[(LAST + 1) / 64] = { }, page, stopped;
	struct vm_driver *vmd = self->vmd;
	char line[256];
	struct writes got;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	memset(self->view.base, 1, NR_SLOTS * SLOT_SIZE);
	vm_driver_prefault(vmd, BASE_GPA, NR_SLOTS * SLOT_SIZE, &stopped);
	EXPECT_LT(BASE_GPA, stopped) {
		TH_LOG("Wanted a page at gpa 0x%llx (pre-faulted), got none",
		       (unsigned long long)BASE_GPA);
	}
	take(vmd, 0, &got);
	vm_driver_reset_rings(vmd);
	write_first(vmd, 1, FULL_PAGES);
	vm_driver_get_ring_log(vmd, 1, log, LAST + 1);
	page = first_not_logged(log, FULL_PAGES);

	if (overflows && page < FULL_PAGES &&
	    (!kernel_log_is_readable() || kernel_log_complains(false, line, sizeof(line))))
		SUITE_XFAIL(return, known_bug(PREFAULT_OVERFLOWS_RING)->reason);
	EXPECT_EQ(FULL_PAGES, page) {
		TH_LOG("Wanted page %llu at gpa 0x%llx (pre-faulted, then written), got none",
		       (unsigned long long)page, (unsigned long long)BASE_GPA + page * SZ_4K);
	}
	if (overflows)
		SUITE_XPASS(return, known_bug(PREFAULT_OVERFLOWS_RING)->reason);
}

/*
 * Memslot 1 becomes smaller, and memslot 3 lies where its last pages were: what the ring has of
 * these is nobody's any more, and protects nothing.
 *
 *	[            memslot 1       w   w ]
 *	[    memslot 1   ][   memslot 3  w ]
 */
TEST_F(ring, entries_outlive_their_memslot)
{
	struct vm_driver *vmd = self->vmd;
	struct writes writes, other;
	size_t i;

	fill(&writes, &(struct order) { .first = LAST, .stride = -100, .nr = 4 });
	other = writes;
	for (i = 0; i < other.nr; i++)
		other.page[i] = (struct vm_driver_dirty_page) { 3, writes.page[i].page - HALF };

	write_all(vmd, 0, &writes);
	expect_entries(_metadata, vmd, 0, &writes, "the memslot is there");
	ASSERT_EQ(0, set_memslot(self, 1, 0));
	ASSERT_EQ(0, set_memslot(self, 1, SLOT_SIZE / 2));
	ASSERT_EQ(0, set_memslot(self, 3, SLOT_SIZE / 2));
	write_all(vmd, 0, &other);
	expect_reset(_metadata, vmd, writes.nr, "entries of a memslot that was larger");
	write_all(vmd, 0, &other);
	expect_entries(_metadata, vmd, 0, &other, "another memslot in its place");

	/* Nor do they harm when there is no such memslot at all. */
	ASSERT_EQ(0, set_memslot(self, 3, 0));
	expect_reset(_metadata, vmd, other.nr, "entries of a memslot that is gone");
	vm_expect_no_warning(_metadata, BASE_GPA, "entries of a memslot that is gone");
}

/* Written by one request, into a ring that has room for them on any CPU. */
#define NR_INTERRUPTED	900
#define LARGE_RING_BYTES	SZ_64K
#define MAX_RESETS	200
#define NS_PER_S	1000000000ull

static void ignore_signal(int signal)
{
}

/* A signal in @ns nanoseconds; never for 0. */
static void set_timer(timer_t timer, u64 ns)
{
	const struct itimerspec when = {
		.it_value = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S },
	};

	MUST_HOLD(!timer_settime(timer, 0, &when, NULL), "Cannot set a timer to %llu ns",
		  (unsigned long long)ns);
}

/* Reset the rings, and after a signal the rest of them. True if there was one on the way. */
static bool reset_is_interrupted(struct __test_metadata *_metadata, struct vm_driver *vmd,
				 timer_t timer, u64 ns)
{
	int nr, rest;

	set_timer(timer, ns);
	nr = max(vm_driver_reset_rings(vmd), 0);
	set_timer(timer, 0);
	rest = vm_driver_reset_rings(vmd);
	EXPECT_EQ(NR_INTERRUPTED, nr + rest) {
		TH_LOG("Wanted %d entries at gpa 0x%llx (reset around a signal), got %d and %d",
		       NR_INTERRUPTED, BASE_GPA, nr, rest);
	}
	return nr > 0 && nr < NR_INTERRUPTED;
}

/* The first of the pages that is not among @got; all of them are if it is NR_INTERRUPTED. */
static u64 first_missing(const struct writes *got)
{
	bool there[LAST + 1] = { };
	u64 page = 0;
	size_t i;

	for (i = 0; i < got->nr; i++)
		there[got->page[i].page] = true;
	while (page < NR_INTERRUPTED && there[page])
		page++;
	return page;
}

/* kvm_dirty_ring_reset() looks for signals between two entries, and may have a group to protect. */
TEST_F(ring, reset_that_a_signal_ends_forgets_nothing)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct vm_driver *vmd = self->vmd;
	bool interrupted = false;
	unsigned int resets;
	struct writes got;
	timer_t timer;
	u64 ns, page;

	use_rings(_metadata, self, LARGE_RING_BYTES);
	signal(SIGUSR1, ignore_signal);
	ASSERT_EQ(0, timer_create(CLOCK_MONOTONIC, &event, &timer));
	write_first(vmd, 0, NR_INTERRUPTED);
	take(vmd, 0, &got);
	ns = monotonic_ns();
	expect_reset(_metadata, vmd, NR_INTERRUPTED, "no signal");
	ns = monotonic_ns() - ns;

	for (resets = 1; resets < MAX_RESETS && !interrupted; resets++) {
		write_first(vmd, 0, NR_INTERRUPTED);
		take(vmd, 0, &got);
		ASSERT_EQ(NR_INTERRUPTED, got.nr);
		interrupted = reset_is_interrupted(_metadata, vmd, timer,
						   ns * (resets % 10 + 1) / 10);
	}
	timer_delete(timer);
	ASSERT_TRUE(__test_passed(_metadata));
	if (!interrupted)
		SKIP(return, "KVM_RESET_DIRTY_RINGS that a signal ends");

	write_first(vmd, 0, NR_INTERRUPTED);
	take(vmd, 0, &got);
	page = first_missing(&got);
	if (page < NR_INTERRUPTED && known_bug_expected(RESET_FORGETS_PAGES))
		SUITE_XFAIL(return, known_bug(RESET_FORGETS_PAGES)->reason);
	EXPECT_EQ(NR_INTERRUPTED, page) {
		TH_LOG("Wanted page %llu at gpa 0x%llx (ring after a signal), got none",
		       (unsigned long long)page, (unsigned long long)BASE_GPA + page * SZ_4K);
	}
	if (known_bug_expected(RESET_FORGETS_PAGES))
		SUITE_XPASS(return, known_bug(RESET_FORGETS_PAGES)->reason);
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
