// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: what KVM itself writes to the guest, its clock (kvmclock) and its steal time, goes to the
 * shared memory that is there at that time, wherever the guest, the host or a new memslot has put
 * it, and never to private memory; it is logged as the guest's own writes are, and maps nothing.
 * What the guest says there is done: a flush of the TLB.
 *
 * KVM keeps the address of the host's page (virt/kvm/pfncache.c, struct gfn_to_hva_cache): who
 * forgets to look it up again writes to a page that is somebody else's by now.
 *
 *	page	[clock 0 |clock 1 |      ]		one page, a clock for each vCPU
 */
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/sizes.h>

#include <asm/kvm_para.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/one_cpu.h"
#include "kvm/kernel_log.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_2M)
#define NR_PAGES	(SLOT_SIZE / SZ_4K)
#define TAG		0xc10c000000000001ull

#define NR_VCPUS	2

/* The page with the clocks, and one that vCPUs touch when they only have to run. */
#define CLOCKS		3
#define ELSEWHERE	200
#define CLOCK_STRIDE	64

/* Times that the clock is set to are so far apart that what has passed since does not count. */
#define EPOCH_SHIFT	40
#define NS_PER_S	1000000000u

/* What a guest finds; struct pvclock_wall_clock is not for user space. */
struct wall_clock {
	u32 version;		/* odd while it is being written */
	u32 sec;
	u32 nsec;
};

/* The same of struct pvclock_vcpu_time_info. */
struct clock {
	u32 version;		/* odd while it is being written */
	u32 pad;
	u64 tsc;
	u64 ns;
	u32 scale;
	s8 shift;
	u8 flags;		/* STOPPED */
};

/* PVCLOCK_GUEST_STOPPED, which the guest takes back. */
#define STOPPED		BIT(1)

FIXTURE(clock)
{
	struct vm_driver *vmd;
	struct backing_view view;	/* twice as large as the memslot */
	u64 epoch;
};

static int set_memslot(FIXTURE_DATA(clock) * self, void *hva, bool logged)
{
	return vm_driver_set_memslot(self->vmd, 1, BASE, SLOT_SIZE, hva, -1, logged);
}

static int delete_memslot(FIXTURE_DATA(clock) * self)
{
	return vm_driver_set_memslot(self->vmd, 1, BASE, 0, NULL, -1, false);
}

FIXTURE_SETUP(clock)
{
	kernel_log_start();
	self->vmd = vm_driver_create(NR_VCPUS);
	backing_map(&self->view, BACKING_ANONYMOUS, 0, 2 * SLOT_SIZE);
}

FIXTURE_TEARDOWN(clock)
{
	vm_driver_free(self->vmd);
	backing_unmap(&self->view);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static u64 gpa_of_clock(unsigned int vcpu)
{
	return BASE + CLOCKS * SZ_4K + vcpu * CLOCK_STRIDE;
}

/* Of vCPU @vcpu, where @hva is the memslot's memory. */
static struct clock *clock_at(void *hva, unsigned int vcpu)
{
	return hva + (gpa_of_clock(vcpu) - BASE);
}

/* vCPU @vcpu does nothing to the pages that KVM writes to. */
static void run(FIXTURE_DATA(clock) * self, unsigned int vcpu)
{
	vm_driver_touch(self->vmd, vcpu, ACCESS_READ, BASE + ELSEWHERE * SZ_4K, 0);
}

/* Set the time and let vCPUs run. */
static void let_kvm_write(FIXTURE_DATA(clock) * self)
{
	unsigned int vcpu;

	vm_driver_set_clock(self->vmd, ++self->epoch << EPOCH_SHIFT);
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		run(self, vcpu);
}

static void keep_clocks(FIXTURE_DATA(clock) * self)
{
	unsigned int vcpu;

	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		vm_driver_keep_clock(self->vmd, vcpu, gpa_of_clock(vcpu));
	let_kvm_write(self);
}

/* The memory at @hva has the clocks of the time that was set last or, if not @written, none. */
static void expect_clocks(struct __test_metadata *_metadata, FIXTURE_DATA(clock) * self, void *hva,
			  bool written, const char *when)
{
	unsigned int vcpu;

	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		const u64 gpa = gpa_of_clock(vcpu);
		const struct clock *clock = clock_at(hva, vcpu);
		const u64 wanted = written ? self->epoch : 0;

		EXPECT_TRUE(clock->ns >> EPOCH_SHIFT == wanted && clock->version % 2 == 0 &&
			    written == !!clock->version) {
			TH_LOG("Wanted epoch %llu at gpa 0x%llx (%s, %u), got %llu, version %u",
			       (unsigned long long)wanted, (unsigned long long)gpa, when, vcpu,
			       (unsigned long long)clock->ns >> EPOCH_SHIFT, clock->version);
		}
	}
}

/* The host puts another page there: KVM finds it, and only what vCPUs touch is mapped. */
TEST_F(clock, follows_page_of_host)
{
	void *page = self->view.base + CLOCKS * SZ_4K;

	ASSERT_EQ(0, set_memslot(self, self->view.base, false));
	keep_clocks(self);
	expect_clocks(_metadata, self, self->view.base, true, "first time");

	ASSERT_EQ(0, madvise(page, SZ_4K, MADV_DONTNEED));
	expect_clocks(_metadata, self, self->view.base, false, "given back");
	let_kvm_write(self);
	expect_clocks(_metadata, self, self->view.base, true, "given back, and needed again");

	ASSERT_EQ(page, mmap(page, SZ_4K, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	let_kvm_write(self);
	expect_clocks(_metadata, self, self->view.base, true, "mapped anew");
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, 1, BASE, "mapped anew");
}

/* Where there is no memory KVM writes nothing; later there is other memory. */
TEST_F(clock, follows_memslot)
{
	void *second = self->view.base + SLOT_SIZE;

	ASSERT_EQ(0, set_memslot(self, self->view.base, false));
	keep_clocks(self);
	expect_clocks(_metadata, self, self->view.base, true, "first time");

	ASSERT_EQ(0, delete_memslot(self));
	memset(self->view.base, 0, SLOT_SIZE);
	let_kvm_write(self);
	expect_clocks(_metadata, self, self->view.base, false, "memslot deleted");

	ASSERT_EQ(0, set_memslot(self, second, false));
	let_kvm_write(self);
	expect_clocks(_metadata, self, self->view.base, false, "another memslot");
	expect_clocks(_metadata, self, second, true, "another memslot");
}

/* KVM does not look in between: what it knows of the memory that is gone is still valid. */
TEST_F(clock, follows_memslot_put_in_its_place)
{
	void *second = self->view.base + SLOT_SIZE;

	ASSERT_EQ(0, set_memslot(self, self->view.base, false));
	keep_clocks(self);
	ASSERT_EQ(0, delete_memslot(self));
	ASSERT_EQ(0, set_memslot(self, second, false));
	memset(self->view.base, 0, SLOT_SIZE);
	let_kvm_write(self);
	expect_clocks(_metadata, self, self->view.base, false, "another memslot at once");
	expect_clocks(_metadata, self, second, true, "another memslot at once");
}

/* The guest's page is private by now: it is not the one that KVM writes to. */
TEST_F(clock, stays_out_of_private_memory)
{
	const u64 gpa = gpa_of_clock(0);
	int fd = vm_driver_create_gmem(self->vmd, SLOT_SIZE);
	struct guest_access got;

	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, SLOT_SIZE, self->view.base, fd,
					   false));
	keep_clocks(self);
	ASSERT_EQ(0, vm_driver_convert(self->vmd, gpa, SZ_4K, true));
	vm_driver_touch(self->vmd, 0, ACCESS_WRITE, gpa, TAG);
	let_kvm_write(self);
	got = vm_driver_touch(self->vmd, 0, ACCESS_READ, gpa, 0);
	vm_expect_content(_metadata, TAG, got.value, gpa, "private");
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, 2, BASE, "private");

	ASSERT_EQ(0, vm_driver_convert(self->vmd, gpa, SZ_4K, false));
	let_kvm_write(self);
	expect_clocks(_metadata, self, self->view.base, true, "shared again");
	close(fd);
}

/* Nor does KVM write where the guest may not. */
TEST_F(clock, leaves_read_only_memory_alone)
{
	ASSERT_EQ(0, vm_driver_set_read_only_memslot(self->vmd, 1, BASE, SLOT_SIZE,
						     self->view.base));
	keep_clocks(self);
	expect_clocks(_metadata, self, self->view.base, false, "read-only");
}

/*
 * The page that KVM knows is still the right one, its offset is not (__kvm_gpc_refresh()); where
 * the clocks were is the guest's own memory again.
 */
#define MOVED_BY	(SZ_4K / 2)

TEST_F(clock, moves_within_its_page_and_ends)
{
	void *old = self->view.base, *new = old + MOVED_BY;
	unsigned int vcpu;

	ASSERT_EQ(0, set_memslot(self, old, false));
	keep_clocks(self);
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		vm_driver_keep_clock(self->vmd, vcpu, gpa_of_clock(vcpu) + MOVED_BY);
	memset(old, 0, SLOT_SIZE);
	let_kvm_write(self);
	expect_clocks(_metadata, self, old, false, "moved away");
	expect_clocks(_metadata, self, new, true, "moved here");

	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		vm_driver_end_clock(self->vmd, vcpu);
	memset(old, 0, SLOT_SIZE);
	let_kvm_write(self);
	expect_clocks(_metadata, self, new, false, "ended");
}

/* KVM maps one page for it (kvm_gpc_is_valid_len()). */
TEST_F(clock, that_reaches_beyond_its_page_is_written_nowhere)
{
	const u64 end = CLOCKS * SZ_4K;
	unsigned char untouched[CLOCK_STRIDE];
	void *hva = self->view.base + end - CLOCK_STRIDE / 2;

	memset(untouched, 0xff, sizeof(untouched));
	memcpy(hva, untouched, sizeof(untouched));
	ASSERT_EQ(0, set_memslot(self, self->view.base, false));
	vm_driver_keep_clock(self->vmd, 0, BASE + end - sizeof(struct clock) / 2);
	let_kvm_write(self);
	EXPECT_EQ(0, memcmp(hva, untouched, sizeof(untouched))) {
		TH_LOG("Wanted no clock at gpa 0x%llx (across pages), got one", BASE + end);
	}
}

static void expect_stopped(struct __test_metadata *_metadata, FIXTURE_DATA(clock) * self,
			   bool wanted, const char *when)
{
	const struct clock *clock = clock_at(self->view.base, 0);

	EXPECT_EQ(wanted, !!(clock->flags & STOPPED)) {
		TH_LOG("Wanted a clock that %s at gpa 0x%llx (%s), got flags 0x%x",
		       wanted ? "was stopped" : "was not", (unsigned long long)gpa_of_clock(0),
		       when, clock->flags);
	}
}

/* The flag is the guest's once it is there (kvm_setup_guest_pvclock()). */
TEST_F(clock, stop_is_told_until_the_guest_takes_it_back)
{
	struct clock *clock = clock_at(self->view.base, 0);

	ASSERT_EQ(0, set_memslot(self, self->view.base, false));
	keep_clocks(self);
	expect_stopped(_metadata, self, false, "first time");
	vm_driver_tell_stop(self->vmd, 0);
	let_kvm_write(self);
	expect_stopped(_metadata, self, true, "stopped");
	let_kvm_write(self);
	expect_stopped(_metadata, self, true, "written again");
	clock->flags &= ~STOPPED;
	let_kvm_write(self);
	expect_stopped(_metadata, self, false, "taken back");
}

/* The time of the boot is written once, in pieces if it lies across pages (kvm_write_guest()). */
TEST_F(clock, wall_clock_lies_across_pages)
{
	unsigned char *second = self->view.base + (CLOCKS + 1) * SZ_4K, untouched[SZ_4K];
	const u64 gpa = BASE + (CLOCKS + 1) * SZ_4K - offsetof(struct wall_clock, nsec);
	struct wall_clock got;

	memset(untouched, 0xff, sizeof(untouched));
	memcpy(second, untouched, SZ_4K);
	ASSERT_EQ(0, set_memslot(self, self->view.base, false));
	vm_driver_tell_wall_clock(self->vmd, 0, gpa);
	memcpy(&got, self->view.base + (gpa - BASE), sizeof(got));
	EXPECT_TRUE(got.version && got.sec && got.nsec < NS_PER_S) {
		TH_LOG("Wanted a time at gpa 0x%llx (wall clock), got %u.%09u, version %u",
		       (unsigned long long)gpa, got.sec, got.nsec, got.version);
	}
	EXPECT_EQ(0, memcmp(second + sizeof(got.nsec), untouched, SZ_4K - sizeof(got.nsec))) {
		TH_LOG("Wanted nothing behind it at gpa 0x%llx (wall clock), got something",
		       (unsigned long long)gpa + sizeof(got));
	}
}

/* KVM may write the clocks at other times, too, of its own accord, which does no harm. */
static void expect_logged(struct __test_metadata *_metadata, FIXTURE_DATA(clock) * self, u64 wanted,
			  const char *when)
{
	u64 log[NR_PAGES / 64] = { }, got;

	ASSERT_EQ(0, vm_driver_get_log(self->vmd, 1, log));
	got = log[0] & (wanted | ~BIT_ULL(CLOCKS));
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted pages 0x%llx dirty at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)wanted, (unsigned long long)BASE, when,
		       (unsigned long long)got);
	}
}

/*
 * Pages of 64 are protected together: that KVM has no leaf to protect for its own write does not
 * keep it from protecting those that the guest has written, before it and behind.
 */
TEST_F(clock, is_logged_among_pages_of_the_guest)
{
	const u64 guests = BIT_ULL(CLOCKS - 1) | BIT_ULL(CLOCKS + 1);
	int i;

	ASSERT_EQ(0, set_memslot(self, self->view.base, true));
	vm_driver_touch(self->vmd, 0, ACCESS_READ, gpa_of_clock(0), 0);
	keep_clocks(self);
	expect_logged(_metadata, self, BIT_ULL(CLOCKS), "first time");
	for (i = 0; i < 3; i++) {
		vm_driver_touch(self->vmd, 0, ACCESS_WRITE, gpa_of_clock(0) - SZ_4K, TAG);
		vm_driver_touch(self->vmd, 0, ACCESS_WRITE, gpa_of_clock(0) + SZ_4K, TAG);
		expect_logged(_metadata, self, guests, "the guest alone");
		let_kvm_write(self);
		expect_logged(_metadata, self, BIT_ULL(CLOCKS), "KVM alone");
		vm_driver_touch(self->vmd, 0, ACCESS_WRITE, gpa_of_clock(0) - SZ_4K, TAG);
		vm_driver_touch(self->vmd, 0, ACCESS_WRITE, gpa_of_clock(0) + SZ_4K, TAG);
		let_kvm_write(self);
		expect_logged(_metadata, self, guests | BIT_ULL(CLOCKS), "both");
	}
	expect_logged(_metadata, self, 0, "nobody");
}

/* The steal time, which KVM writes whenever the vCPU runs (record_steal_time()). */
#define STEAL_TIME	7
#define STEAL_TIME_GPA	(BASE + STEAL_TIME * SZ_4K)

/* The version is how often it was written, twice: odd while it is being written. */
static u32 steal_time_version(const void *hva)
{
	return ((const struct kvm_steal_time *)(hva + STEAL_TIME * SZ_4K))->version;
}

static void expect_steal_time(struct __test_metadata *_metadata, u32 before, u32 now, bool written,
			      const char *when)
{
	EXPECT_TRUE((now != before) == written && now % 2 == 0) {
		TH_LOG("Wanted %s of version %u at gpa 0x%llx (%s), got version %u",
		       written ? "a successor" : "nothing in place", before, STEAL_TIME_GPA, when,
		       now);
	}
}

TEST_F(clock, steal_time_is_logged)
{
	u32 before;
	int i;

	ASSERT_EQ(0, set_memslot(self, self->view.base, true));
	vm_driver_keep_steal_time(self->vmd, 0, STEAL_TIME_GPA);
	for (i = 0; i < 3; i++) {
		before = steal_time_version(self->view.base);
		run(self, 0);
		expect_steal_time(_metadata, before, steal_time_version(self->view.base), true,
				  "the vCPU has run");
		expect_logged(_metadata, self, BIT_ULL(STEAL_TIME), "the vCPU has run");
	}
}

TEST_F(clock, steal_time_follows_memslot)
{
	void *first = self->view.base, *second = first + SLOT_SIZE;

	ASSERT_EQ(0, set_memslot(self, first, false));
	vm_driver_keep_steal_time(self->vmd, 0, STEAL_TIME_GPA);
	run(self, 0);
	expect_steal_time(_metadata, 0, steal_time_version(first), true, "first time");

	ASSERT_EQ(0, delete_memslot(self));
	memset(first, 0, SLOT_SIZE);
	run(self, 0);
	expect_steal_time(_metadata, 0, steal_time_version(first), false, "memslot deleted");

	ASSERT_EQ(0, set_memslot(self, second, false));
	run(self, 0);
	expect_steal_time(_metadata, 0, steal_time_version(first), false, "another memslot");
	expect_steal_time(_metadata, 0, steal_time_version(second), true, "another memslot");
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, 1, BASE, "another memslot");
}

/* Only the address has changed, not the memslots. */
TEST_F(clock, steal_time_follows_guest)
{
	void *old = self->view.base, *new = old + SZ_4K;

	ASSERT_EQ(0, set_memslot(self, old, false));
	vm_driver_keep_steal_time(self->vmd, 0, STEAL_TIME_GPA);
	run(self, 0);
	vm_driver_keep_steal_time(self->vmd, 0, STEAL_TIME_GPA + SZ_4K);
	memset(old, 0, SLOT_SIZE);
	run(self, 0);
	expect_steal_time(_metadata, 0, steal_time_version(old), false, "moved away");
	expect_steal_time(_metadata, 0, steal_time_version(new), true, "moved here");
}

/* How often the vCPU flushes its TLB when it runs once. */
static u64 flushes_of_a_run(FIXTURE_DATA(clock) * self)
{
	const u64 before = vm_driver_flushes_of(self->vmd, 0);

	run(self, 0);
	return vm_driver_flushes_of(self->vmd, 0) - before;
}

/*
 * Another vCPU of the guest, which need not interrupt one that does not run, asks here for a flush
 * before that runs again (record_steal_time()).
 */
TEST_F(clock, flush_asked_of_a_vcpu_that_does_not_run)
{
	struct kvm_steal_time *steal = self->view.base + STEAL_TIME * SZ_4K;
	cpu_set_t before;
	u64 usual, got;

	ASSERT_EQ(0, set_memslot(self, self->view.base, false));
	vm_driver_keep_steal_time(self->vmd, 0, STEAL_TIME_GPA);
	/* On another CPU it may have to flush by itself (vmx_vcpu_load_vmcs()). */
	before = one_cpu_stay();
	run(self, 0);
	usual = flushes_of_a_run(self);
	steal->preempted = KVM_VCPU_PREEMPTED | KVM_VCPU_FLUSH_TLB;
	got = flushes_of_a_run(self);
	EXPECT_EQ(0, steal->preempted & KVM_VCPU_FLUSH_TLB) {
		TH_LOG("Wanted nothing asked at gpa 0x%llx (steal time), got 0x%x",
		       STEAL_TIME_GPA, steal->preempted);
	}
	EXPECT_EQ(usual + 1, got) {
		TH_LOG("Wanted %llu flushes of the TLB at gpa 0x%llx (steal time), got %llu",
		       (unsigned long long)usual + 1, STEAL_TIME_GPA, (unsigned long long)got);
	}
	got = flushes_of_a_run(self);
	one_cpu_leave(&before);
	EXPECT_EQ(usual, got) {
		TH_LOG("Wanted no further flush of the TLB at gpa 0x%llx (steal time), got %llu",
		       STEAL_TIME_GPA, (unsigned long long)(got - usual));
	}
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_ANONYMOUS));
	return suite_harness_run(argc, argv);
}
