// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a VM begins and ends whole.  A vCPU whose first entry fails can be run again; whoever
 * waits for a page of the host goes at the first signal; memslots, guest_memfd and VM go in any
 * order, whoever still holds one of them, also when the process is killed; and after the last close
 * all page tables are gone, and all hugepages free.  A guest_memfd has the pages it was asked for.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/sizes.h>

#include <fcntl.h>
#include <limits.h>

#include "suite/suite_harness.h"

#include "host/background.h"
#include "host/backing.h"
#include "host/pressure.h"
#include "host/setting.h"
#include "host/stalled_memory.h"
#include "kvm/kernel_log.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "kvm/vm_memory.h"
#include "scenario/scenario.h"
#include "suite/suite.h"
#include "suite/vm_deadline.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define TAG		0x11fe11fe00000001ull

/* The beginning. */

/* More allocations than a first entry makes. */
#define MAX_TRIES	200

/* A page of libkvm's own memslot. */
#define OWN_GPA		0ull

static int enter(struct vm_driver *vmd)
{
	return vm_driver_try_run(vmd, 0);
}

static int prefault_own(struct vm_driver *vmd)
{
	u64 gpa = OWN_GPA, size = SZ_4K;

	return vm_driver_try_prefault(vmd, 0, &gpa, &size, 0);
}

FIXTURE(beginning)
{
	u64 nr_refused;
};

FIXTURE_VARIANT(beginning)
{
	const char *name;
	int (*first_call)(struct vm_driver *vmd);
	u32 times;		/* as many allocations fail; 0: all */
};

#define BEGIN(_name, _call, _times)						\
	FIXTURE_VARIANT_ADD(beginning, _name) {					\
		.name = #_name, .first_call = _call, .times = _times		\
	}

BEGIN(entry_when_one_allocation_fails, enter, 1);
BEGIN(entry_when_allocations_fail, enter, 0);
BEGIN(prefault_when_one_allocation_fails, prefault_own, 1);
BEGIN(prefault_when_allocations_fail, prefault_own, 0);

FIXTURE_SETUP(beginning)
{
	if (pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());
	if (variant->first_call == prefault_own && !vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");
	kernel_log_start();
}

FIXTURE_TEARDOWN(beginning)
{
	pressure_release();
}

/* The VM works: its guest runs, and memory is mapped for it. */
static void expect_alive(struct __test_metadata *_metadata, struct vm_driver *vmd, const char *when)
{
	struct backing_view view;
	struct guest_access got;

	vm_driver_start(vmd);
	backing_map(&view, BACKING_ANONYMOUS, 0, SZ_4K);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE, SZ_4K, view.base, -1, false));
	got = vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, BASE, when);
	vm_expect_content(_metadata, TAG, *(u64 *)view.base, BASE, when);
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 1, BASE, when);
	backing_unmap(&view);
}

/* The first call, with allocation @first failing. Returns false if none failed. */
static bool try_first(struct __test_metadata *_metadata, FIXTURE_DATA(beginning) * self,
		      const FIXTURE_VARIANT(beginning) * variant, struct vm_driver *vmd, u32 first)
{
	int r;

	pressure_ask(&(struct pressure) { .first = first, .times = variant->times });
	r = variant->first_call(vmd);
	pressure_release();
	self->nr_refused += r == ENOMEM;
	EXPECT_TRUE(!r || r == ENOMEM) {
		TH_LOG("Wanted success or ENOMEM at gpa 0x%llx (%s, allocation %u), got %s",
		       OWN_GPA, variant->name, first, strerror(r));
	}
	return pressure_was_felt() && __test_passed(_metadata);
}

/* The call again, with all memory there is. */
static void repeat(struct __test_metadata *_metadata, const FIXTURE_VARIANT(beginning) * variant,
		   struct vm_driver *vmd, u32 first)
{
	int r = variant->first_call(vmd);

	EXPECT_EQ(0, r) {
		TH_LOG("Wanted success at gpa 0x%llx (%s, after allocation %u), got %s", OWN_GPA,
		       variant->name, first, strerror(r));
	}
	vm_expect_no_warning(_metadata, OWN_GPA, variant->name);
}

/* In one VM the first allocation fails, then the second ... */
TEST_F(beginning, can_be_repeated)
{
	struct vm_driver *vmd = vm_driver_create_unstarted(1);
	u32 first = 1;

	while (try_first(_metadata, self, variant, vmd, first) && first < MAX_TRIES)
		first++;
	EXPECT_GT(MAX_TRIES, first);
	EXPECT_LT(0, self->nr_refused) {
		TH_LOG("Wanted ENOMEM at gpa 0x%llx (%s, any allocation), got none", OWN_GPA,
		       variant->name);
	}
	repeat(_metadata, variant, vmd, first);
	if (__test_passed(_metadata))
		expect_alive(_metadata, vmd, variant->name);
	vm_driver_free(vmd);
}

/* ... and in others just one of them, so that nothing was done before: each time farther off. */
TEST_F(beginning, can_be_repeated_at_once)
{
	bool felt = true;
	u32 first;

	for (first = 1; felt && first < MAX_TRIES; first *= 3) {
		struct vm_driver *vmd = vm_driver_create_unstarted(1);

		felt = try_first(_metadata, self, variant, vmd, first);
		repeat(_metadata, variant, vmd, first);
		vm_driver_free(vmd);
	}
}

/*
 * A signal that is pending when the ioctl begins, neither before it nor after: the child's system
 * call is stopped at its entry, and gets the signal there.
 */
static void do_nothing(int signal)
{
}

/* Status of the child: the errno of the second KVM_RUN, or of the first if that is no EINTR. */
static void run_twice(void)
{
	const struct sigaction action = { .sa_handler = do_nothing, .sa_flags = SA_RESTART };
	struct vm_driver *vmd = vm_driver_create_unstarted(1);
	int r;

	sigaction(SIGUSR1, &action, NULL);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	r = vm_driver_try_run(vmd, 0);
	if (!r || r == EINTR)
		r = vm_driver_try_run(vmd, 0);
	_exit(r);
}

static bool enters_kvm_run(pid_t child)
{
	struct user_regs_struct regs;

	return !ptrace(PTRACE_GETREGS, child, NULL, &regs) && regs.orig_rax == SYS_ioctl &&
	       (u32)regs.rsi == (u32)KVM_RUN;
}

/* Let the stopped child go to its first KVM_RUN. False if it ended before. */
static bool go_to_kvm_run(pid_t child)
{
	int status;

	do {
		if (ptrace(PTRACE_SYSCALL, child, NULL, NULL) ||
		    waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
			return false;
	} while (!enters_kvm_run(child));
	return true;
}

/* Let it go on, with the signals that it stops at, to its end. Returns its status. */
static int go_to_end(pid_t child)
{
	int status, signal = 0;

	for (;;) {
		if (ptrace(PTRACE_CONT, child, NULL, (void *)(long)signal) ||
		    waitpid(child, &status, 0) != child)
			return -1;
		if (!WIFSTOPPED(status))
			return status;
		signal = WSTOPSIG(status);
	}
}

TEST(first_entry_meets_signal)
{
	const char *when = "after an entry that met a signal";
	pid_t child;
	int status;

	kernel_log_start();
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		run_twice();
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFSTOPPED(status));
	ASSERT_TRUE(go_to_kvm_run(child));
	ASSERT_EQ(0, kill(child, SIGUSR1));
	status = go_to_end(child);
	EXPECT_TRUE(WIFEXITED(status) && !WEXITSTATUS(status)) {
		TH_LOG("Wanted success at gpa 0x%llx (%s), got %s", OWN_GPA, when,
		       WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "no end");
	}
	vm_expect_no_warning(_metadata, OWN_GPA, when);
}

/* In between: who is held in a fault by userfaultfd. */

#define HELD_OFFSET	(5ull * SZ_4K)
#define HELD_GPA	(BASE + HELD_OFFSET)
#define HELD_SIZE	((size_t)SZ_64K)

FIXTURE(held)
{
	struct vm_driver *vmd;
	struct stalled_memory memory;
	u64 gpa, size;		/* of the pre-fault */
};

static const struct guest_request read_held = {
	.op = GUEST_ACCESS, .access = ACCESS_READ, .gpa = HELD_GPA, .npages = 1,
};

static void create_held(struct __test_metadata *_metadata, FIXTURE_DATA(held) * self)
{
	self->vmd = vm_driver_create(1);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, HELD_SIZE, self->memory.hva, -1,
					   false));
}

FIXTURE_SETUP(held)
{
	const char *missing = stalled_memory_map(&self->memory, HELD_SIZE);

	if (missing)
		SKIP(return, "%s", missing);
	kernel_log_start();
	create_held(_metadata, self);
}

FIXTURE_TEARDOWN(held)
{
	if (!self->vmd)
		return;

	vm_driver_free(self->vmd);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
	stalled_memory_unmap(&self->memory);
}

static int run_once(void *arg)
{
	FIXTURE_DATA(held) * self = arg;

	return vm_driver_try_run(self->vmd, 0);
}

static int prefault_once(void *arg)
{
	FIXTURE_DATA(held) * self = arg;

	return vm_driver_try_prefault(self->vmd, 0, &self->gpa, &self->size, 0);
}

/* Start @call, see it held, and interrupt it. Returns what it says. */
static int interrupt(struct __test_metadata *_metadata, FIXTURE_DATA(held) * self,
		     int (*call)(void *arg), const char *what)
{
	struct background background;

	background_start(&background, call, self);
	ASSERT_TRUE(stalled_memory_holds(&self->memory, HELD_OFFSET,
					 slow_machine_seconds(10) * 1000));
	background_interrupt(&background);
	return vm_expect_end_in_time(_metadata, &background, what, HELD_GPA, "interrupted");
}

static void expect_errno(struct __test_metadata *_metadata, int wanted, int got, const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", strerror(wanted), HELD_GPA, when,
		       strerror(got));
	}
}

/* It asks for its page again, gets it, and ends. */
static void finish(struct __test_metadata *_metadata, FIXTURE_DATA(held) * self,
		   int (*call)(void *arg), const char *what)
{
	struct background background;

	background_start(&background, call, self);
	ASSERT_TRUE(stalled_memory_holds(&self->memory, HELD_OFFSET,
					 slow_machine_seconds(10) * 1000));
	ASSERT_EQ(0, stalled_memory_provide(&self->memory, HELD_OFFSET, TAG));
	expect_errno(_metadata, 0, vm_expect_end_in_time(_metadata, &background, what, HELD_GPA,
							 "page provided"), "page provided");
}

TEST_F(held, signal_ends_run)
{
	struct guest_access got;

	vm_driver_ask(self->vmd, 0, &read_held);
	expect_errno(_metadata, EINTR, interrupt(_metadata, self, run_once, "KVM_RUN"), "KVM_RUN");
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, 0, HELD_GPA, "interrupted");
	expect_errno(_metadata, EINTR, interrupt(_metadata, self, run_once, "KVM_RUN"),
		     "KVM_RUN once more");

	finish(_metadata, self, run_once, "KVM_RUN");
	got = vm_driver_touch(self->vmd, 0, ACCESS_READ, HELD_GPA, 0);
	vm_expect_content(_metadata, TAG, got.value, HELD_GPA, "page provided");
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, 1, HELD_GPA, "page provided");
}

static void expect_left(struct __test_metadata *_metadata, FIXTURE_DATA(held) * self, u64 gpa,
			u64 size, const char *when)
{
	EXPECT_TRUE(self->gpa == gpa && self->size == size) {
		TH_LOG("Wanted 0x%llx bytes left at gpa 0x%llx (%s), got 0x%llx at 0x%llx",
		       (unsigned long long)size, (unsigned long long)gpa, when,
		       (unsigned long long)self->size, (unsigned long long)self->gpa);
	}
}

TEST_F(held, signal_ends_prefault)
{
	const char *what = "KVM_PRE_FAULT_MEMORY";

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	self->gpa = HELD_GPA;
	self->size = SZ_4K;
	expect_errno(_metadata, EINTR, interrupt(_metadata, self, prefault_once, what), what);
	expect_left(_metadata, self, HELD_GPA, SZ_4K, "interrupted");
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, 0, HELD_GPA, "interrupted");

	/* What has been done before the signal counts. */
	ASSERT_EQ(0, stalled_memory_provide(&self->memory, HELD_OFFSET - SZ_4K, ~TAG));
	self->gpa = HELD_GPA - SZ_4K;
	self->size = SZ_8K;
	expect_errno(_metadata, 0, interrupt(_metadata, self, prefault_once, what),
		     "pre-fault of two pages");
	expect_left(_metadata, self, HELD_GPA, SZ_4K, "interrupted at the second page");
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, 1, HELD_GPA - SZ_4K,
			    "interrupted at the second page");

	finish(_metadata, self, prefault_once, what);
	expect_left(_metadata, self, BASE + HELD_OFFSET + SZ_4K, 0, "page provided");
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, 2, HELD_GPA, "page provided");
}

/* The end. */

#define GMEM_SIZE	((u64)SZ_2M)
#define NR_TOUCHED	16

/* What closes, in this order; the memslot may go with the VM. */
enum closed { MEMSLOT, FILE_, VM, NOTHING };

enum holder { NOBODY, HELD_GMEM, HELD_MAPPING, HELD_VM, HELD_VCPU, HELD_STATS, NR_HOLDERS };

static const char * const holder_name[NR_HOLDERS] = {
	[NOBODY] = "held by nobody",
	[HELD_GMEM] = "guest_memfd held",
	[HELD_MAPPING] = "mapping of guest_memfd held",
	[HELD_VM] = "VM held",
	[HELD_VCPU] = "vCPU held",
	[HELD_STATS] = "stats held",
};

static const struct order {
	const char *name;
	enum closed step[3];
} order[] = {
	{ "VM, file", { VM, FILE_, NOTHING } },
	{ "memslot, file, VM", { MEMSLOT, FILE_, VM } },
	{ "memslot, VM, file", { MEMSLOT, VM, FILE_ } },
	{ "file, memslot, VM", { FILE_, MEMSLOT, VM } },
	{ "file, VM", { FILE_, VM, NOTHING } },
};

/* The order that is tried with each holder; the others with nobody. */
#define HELD_ORDER	0

struct ending {
	struct vm_driver *vmd;
	struct backing_view view;
	int gmem_fd;
	int held_fd;
	void *held_mapping;
};

static const char *missing_for_ending(void)
{
	return vm_memory_missing() ? : suite_missing(BACKING_ANONYMOUS_HUGETLB_2MB);
}

/* A VM with page tables for memory of both kinds, and a hugepage. */
static void create_ending(struct __test_metadata *_metadata, struct ending *end, bool mapped)
{
	const struct guest_request write_some = {
		.op = GUEST_ACCESS, .access = ACCESS_WRITE, .gpa = BASE, .npages = NR_TOUCHED,
		.tag = TAG,
	};
	struct guest_access got[NR_TOUCHED];

	*end = (struct ending) { .held_fd = -1 };
	end->vmd = vm_driver_create(1);
	end->gmem_fd = mapped ? vm_driver_create_gmem_only(end->vmd, GMEM_SIZE) :
				vm_driver_create_gmem(end->vmd, GMEM_SIZE);
	backing_map(&end->view, BACKING_ANONYMOUS_HUGETLB_2MB, 0, GMEM_SIZE);
	ASSERT_EQ(0, vm_driver_set_memslot(end->vmd, 1, BASE, GMEM_SIZE, end->view.base,
					   end->gmem_fd, false));
	ASSERT_EQ(0, vm_driver_convert(end->vmd, BASE, NR_TOUCHED / 2 * SZ_4K, true));
	vm_driver_guest(end->vmd, 0, &write_some, got);
}

static void hold(struct __test_metadata *_metadata, struct ending *end, enum holder holder)
{
	switch (holder) {
	case HELD_GMEM:
		end->held_fd = dup(end->gmem_fd);
		break;
	case HELD_MAPPING:
		end->held_mapping = mmap(NULL, SZ_4K, PROT_READ, MAP_SHARED, end->gmem_fd, 0);
		ASSERT_NE(MAP_FAILED, end->held_mapping);
		break;
	case HELD_VM:
		end->held_fd = vm_driver_dup(end->vmd, VM_DRIVER_VM);
		break;
	case HELD_VCPU:
		end->held_fd = vm_driver_dup(end->vmd, VM_DRIVER_VCPU);
		break;
	case HELD_STATS:
		end->held_fd = vm_driver_dup(end->vmd, VM_DRIVER_STATS);
		break;
	default:
		break;
	}
}

static void close_step(struct __test_metadata *_metadata, struct ending *end, enum closed step)
{
	switch (step) {
	case MEMSLOT:
		ASSERT_EQ(0, vm_driver_set_memslot(end->vmd, 1, BASE, 0, NULL, -1, false));
		break;
	case FILE_:
		close(end->gmem_fd);
		break;
	case VM:
		vm_driver_free(end->vmd);
		break;
	default:
		break;
	}
}

/* The guest_memfd works whatever has become of its VM. */
static void use_holder(struct __test_metadata *_metadata, struct ending *end, enum holder holder)
{
	const int punch = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE;

	if (holder != HELD_GMEM)
		return;
	ASSERT_EQ(0, fallocate(end->held_fd, punch, 0, SZ_64K));
	ASSERT_EQ(0, fallocate(end->held_fd, FALLOC_FL_KEEP_SIZE, 0, SZ_8K));
}

static void let_go(struct ending *end)
{
	if (end->held_fd >= 0)
		close(end->held_fd);
	if (end->held_mapping)
		munmap(end->held_mapping, SZ_4K);
	backing_unmap(&end->view);
}

static void expect_page_tables(struct __test_metadata *_metadata, u64 wanted, u64 got,
			       const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted 0x%llx bytes of page tables at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)wanted, BASE, when, (unsigned long long)got);
	}
}

static void expect_free_hugepages(struct __test_metadata *_metadata, u64 wanted, u64 got,
				  const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %llu free hugepages at gpa 0x%llx (%s), got %llu",
		       (unsigned long long)wanted, BASE, when, (unsigned long long)got);
	}
}

static void expect_memory_back(struct __test_metadata *_metadata, const struct vm_memory *before,
			       const char *when)
{
	struct vm_memory now = vm_memory_read();

	expect_page_tables(_metadata, before->page_tables, now.page_tables, when);
	expect_free_hugepages(_metadata, before->free_hugepages, now.free_hugepages, when);
	vm_expect_no_warning(_metadata, BASE, when);
}

/* What the VM takes can be told, or that it is back would tell nothing. */
static void expect_memory_taken(struct __test_metadata *_metadata, const struct vm_memory *before,
				const char *when)
{
	struct vm_memory now = vm_memory_read();

	EXPECT_TRUE(now.page_tables >= before->page_tables + 3 * SZ_4K &&
		    now.free_hugepages < before->free_hugepages) {
		TH_LOG("Wanted above 0x%llx bytes of page tables at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)before->page_tables, BASE, when,
		       (unsigned long long)now.page_tables);
	}
}

static void try_order(struct __test_metadata *_metadata, const struct order *order,
		      enum holder holder)
{
	const struct vm_memory before = vm_memory_read();
	struct ending end;
	char when[96];
	size_t i;

	snprintf(when, sizeof(when), "%s; %s", order->name, holder_name[holder]);
	create_ending(_metadata, &end, holder == HELD_MAPPING);
	hold(_metadata, &end, holder);
	expect_memory_taken(_metadata, &before, when);
	for (i = 0; i < ARRAY_SIZE(order->step); i++) {
		close_step(_metadata, &end, order->step[i]);
		vm_expect_no_warning(_metadata, BASE, when);
	}
	use_holder(_metadata, &end, holder);
	let_go(&end);
	expect_memory_back(_metadata, &before, when);
}

TEST(any_order_of_closing)
{
	enum holder holder;
	size_t i;

	if (missing_for_ending())
		SKIP(return, "%s", missing_for_ending());

	kernel_log_start();
	for (i = 0; i < ARRAY_SIZE(order); i++)
		try_order(_metadata, &order[i], NOBODY);
	for (holder = NOBODY + 1; holder < NR_HOLDERS; holder++) {
		if (holder == HELD_MAPPING && vm_driver_missing_gmem_only())
			continue;
		try_order(_metadata, &order[HELD_ORDER], holder);
	}
}

/*
 * Hugepages of a file that neither the host nor the guest has touched yet: KVM asks the host for
 * them, twice if the guest reads (hva_to_pfn_slow()), and keeps no reference.
 */
FIXTURE(asked_for)
{
	struct plain_vm vm;
	u64 free_before;
};

FIXTURE_SETUP(asked_for)
{
	const char *missing = vm_memory_missing() ? : suite_missing(BACKING_HUGETLB_2MB);

	if (missing)
		SKIP(return, "%s", missing);

	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, SZ_4M, SZ_4M);
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, SZ_4M));
	ASSERT_EQ(0, madvise(self->vm.view.base, SZ_4M, MADV_REMOVE));
	self->free_before = vm_memory_read().free_hugepages;
}

FIXTURE_TEARDOWN(asked_for)
{
	plain_vm_free(&self->vm);
}

static void expect_back(struct __test_metadata *_metadata, FIXTURE_DATA(asked_for) * self)
{
	expect_free_hugepages(_metadata, self->free_before - 2, vm_memory_read().free_hugepages,
			      "asked for by the guest");
	ASSERT_EQ(0, madvise(self->vm.view.base, SZ_4M, MADV_REMOVE));
	expect_free_hugepages(_metadata, self->free_before, vm_memory_read().free_hugepages,
			      "removed by the host");
	vm_expect_no_warning(_metadata, BASE, "removed by the host");
}

TEST_F(asked_for, comes_back_when_read_first)
{
	vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, BASE, 0);
	vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, BASE + SZ_4M - SZ_4K, 0);
	expect_back(_metadata, self);
}

TEST_F(asked_for, comes_back_when_written_first)
{
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE + SZ_4M - SZ_4K, TAG);
	expect_back(_metadata, self);
}

TEST_F(asked_for, comes_back_when_prefaulted)
{
	u64 stopped;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_CAP_PRE_FAULT_MEMORY");

	ASSERT_EQ(0, vm_driver_prefault(self->vm.vmd, BASE, SZ_4M, &stopped));
	expect_back(_metadata, self);
}

/* Pages of a guest_memfd come and go one by one, so that one too few shows a thousand times. */
#define NR_ALLOCATED	1024

/* Pages that CPUs keep back before they count as unevictable (folio_batch). */
#define NR_KEPT_BACK	(8 * 31)

/* The pages from the first to the last, each by itself. */
static void fallocate_each(struct __test_metadata *_metadata, int fd, int mode)
{
	unsigned int i;

	for (i = 0; i < NR_ALLOCATED; i++)
		ASSERT_EQ(0, fallocate(fd, mode | FALLOC_FL_KEEP_SIZE, (off_t)i * SZ_4K, SZ_4K));
}

static void expect_pages(struct __test_metadata *_metadata, const struct vm_memory *before,
			 bool there, const char *when)
{
	const struct vm_memory now = vm_memory_read();
	const s64 pages = (s64)(now.unevictable - before->unevictable) / SZ_4K;

	EXPECT_TRUE(there ? pages >= NR_ALLOCATED - NR_KEPT_BACK : pages <= NR_KEPT_BACK) {
		TH_LOG("Wanted %u pages at gpa 0x%llx (%s), got %lld", there ? NR_ALLOCATED : 0,
		       BASE, when, (long long)pages);
	}
}

TEST(pages_of_guest_memfd_come_and_go)
{
	struct vm_memory before;
	struct vm_driver *vmd;
	int fd;

	if (vm_memory_missing())
		SKIP(return, "%s", vm_memory_missing());

	kernel_log_start();
	vmd = vm_driver_create(1);
	fd = vm_driver_create_gmem(vmd, (u64)NR_ALLOCATED * SZ_4K);
	before = vm_memory_read();
	fallocate_each(_metadata, fd, 0);
	expect_pages(_metadata, &before, true, "allocated one by one");
	fallocate_each(_metadata, fd, FALLOC_FL_PUNCH_HOLE);
	expect_pages(_metadata, &before, false, "holes of a page each");
	ASSERT_EQ(0, fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)NR_ALLOCATED * SZ_4K));
	expect_pages(_metadata, &before, true, "allocated at once");
	close(fd);
	expect_pages(_metadata, &before, false, "file closed");
	vm_driver_free(vmd);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* What memslots leave behind of the kernel's own memory. */
FIXTURE(left_behind)
{
	struct vm_driver *vmd;
	void *hva;
	int fd;
};

/* In the address space only: no page of it is ever there. */
#define LARGE_SIZE	(4ull * SZ_1G)

/*
 * Whoever else is at work allocates memory as well, and KASAN keeps some of what is freed, but
 * neither grows with what is done.
 */
#define NR_TRIES	4

FIXTURE_SETUP(left_behind)
{
	if (vm_memory_missing())
		SKIP(return, "%s", vm_memory_missing());

	kernel_log_start();
	self->hva = mmap(NULL, LARGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			 -1, 0);
	ASSERT_NE(MAP_FAILED, self->hva);
	self->vmd = vm_driver_create(1);
	self->fd = vm_driver_create_gmem(self->vmd, LARGE_SIZE);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(left_behind)
{
	if (!self->vmd)
		return;

	vm_driver_free(self->vmd);
	close(self->fd);
	munmap(self->hva, LARGE_SIZE);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static int set_large(FIXTURE_DATA(left_behind) * self, u64 gpa, u64 size)
{
	return vm_driver_set_memslot(self->vmd, 1, gpa, size, self->hva, -1, false);
}

/* What the kernel has allocated, in bytes. */
static u64 settled_bytes(void)
{
	struct vm_memory memory;

	vm_memory_settle();
	memory = vm_memory_read();
	return memory.slab + memory.vmalloc;
}

/* How much more that is after @act was called @times times, with 1, 2, ... */
static s64 growth(FIXTURE_DATA(left_behind) * self, unsigned int times,
		  bool (*act)(FIXTURE_DATA(left_behind) * self, unsigned int i))
{
	const u64 before = settled_bytes();
	unsigned int i;

	for (i = 1; i <= times; i++) {
		if (!act(self, i))
			return LLONG_MAX;
	}
	return settled_bytes() - before;
}

/*
 * That is less than half of what it is if each of @times leaves @bytes behind; if not, then when
 * @act is called twice as often, and so on.
 */
static void expect_nothing_left(struct __test_metadata *_metadata,
				FIXTURE_DATA(left_behind) * self, unsigned int times, u64 bytes,
				bool (*act)(FIXTURE_DATA(left_behind) * self, unsigned int i),
				const char *when)
{
	s64 limit = times * bytes / 2, grown = growth(self, times, act);
	int tries;

	for (tries = 1; tries < NR_TRIES && grown >= limit; tries++) {
		times *= 2;
		limit *= 2;
		grown = growth(self, times, act);
	}
	EXPECT_GT(limit, grown) {
		TH_LOG("Wanted below 0x%llx new bytes at gpa 0x%llx (%s, %u times), got 0x%llx",
		       (unsigned long long)limit, BASE, when, times, (unsigned long long)grown);
	}
}

/* Of each place where it was, KVM has an entry for each 2M at least (kvm_arch_free_memslot()). */
#define NR_MOVES	16
#define BYTES_OF_MOVE	(LARGE_SIZE / SZ_2M * sizeof(u32))

static bool move_memslot(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return !set_large(self, LARGE_SIZE * (1 + i % 2), LARGE_SIZE);
}

TEST_F(left_behind, by_moves)
{
	ASSERT_EQ(0, set_large(self, LARGE_SIZE, LARGE_SIZE));
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_MOVE, move_memslot, "moved");
}

/* The bitmap of a log, and a second one to copy from: kvm_dirty_bitmap_bytes(). */
#define BYTES_OF_LOG	(LARGE_SIZE / SZ_4K / 8 * 2)

static bool move_and_end_log(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return !vm_driver_set_memslot(self->vmd, 1, LARGE_SIZE * (2 - i % 2), LARGE_SIZE,
				      self->hva, -1, true) &&
	       !set_large(self, LARGE_SIZE * (1 + i % 2), LARGE_SIZE);
}

TEST_F(left_behind, by_moves_that_end_logs)
{
	ASSERT_EQ(0, set_large(self, LARGE_SIZE, LARGE_SIZE));
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_LOG, move_and_end_log,
			    "moved and not logged any more");
}

static bool bind_again(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return vm_driver_bind_memslot(self->vmd, 2, LARGE_SIZE * 8, LARGE_SIZE, self->hva,
				      self->fd, 0);
}

/* kvm_set_memslot() asks guest_memfd last, when all else of the memslot is there. */
TEST_F(left_behind, by_refused_bindings)
{
	ASSERT_EQ(0, vm_driver_bind_memslot(self->vmd, 1, BASE, SZ_4K, self->hva, self->fd, 0));
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_MOVE, bind_again, "bound already");
}

/*
 * A memslot that is being deleted has a double for a while (kvm_set_memslot()), of 280 bytes, which
 * take 512.  About 150 remain in any case, for a time: vmalloc's of the arrays that went.
 */
#define NR_DELETIONS	512
#define BYTES_OF_DOUBLE	512ull

static bool create_and_delete(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return !set_large(self, BASE, SZ_4K) && !set_large(self, BASE, 0);
}

TEST_F(left_behind, by_deletions)
{
	expect_nothing_left(_metadata, self, NR_DELETIONS, BYTES_OF_DOUBLE, create_and_delete,
			    "deleted");
}

/* So has one that is being moved, be it in vain. */
static bool move_small_memslot(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return !set_large(self, BASE * (1 + i % 2), SZ_4K);
}

TEST_F(left_behind, by_moves_of_a_page)
{
	ASSERT_EQ(0, set_large(self, BASE, SZ_4K));
	expect_nothing_left(_metadata, self, NR_DELETIONS, BYTES_OF_DOUBLE, move_small_memslot,
			    "moved");
}

/* Behind all that any guest can address: kvm_arch_prepare_memory_region(). */
#define NOWHERE		BIT_ULL(52)

static bool move_nowhere(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return set_large(self, NOWHERE, SZ_4K) == EINVAL;
}

TEST_F(left_behind, by_refused_moves)
{
	ASSERT_EQ(0, set_large(self, BASE, SZ_4K));
	expect_nothing_left(_metadata, self, NR_DELETIONS, BYTES_OF_DOUBLE, move_nowhere,
			    "move refused");
}

static bool log_nowhere(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return vm_driver_set_memslot(self->vmd, 1, NOWHERE, LARGE_SIZE, self->hva, -1,
				     true) == EINVAL;
}

TEST_F(left_behind, by_refused_logs)
{
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_LOG, log_nowhere,
			    "logged memslot refused");
}

/*
 * The TDP MMU finds its leaves by their gfn and keeps no list for each page: a memslot costs an
 * entry for each hugepage (kvm_memslots_have_rmaps()).
 */
TEST_F(left_behind, no_list_for_each_page)
{
	const u64 before = settled_bytes(), limit = LARGE_SIZE / SZ_4K * sizeof(void *) / 2;
	s64 grown;

	ASSERT_EQ(0, set_large(self, BASE, LARGE_SIZE));
	grown = settled_bytes() - before;
	EXPECT_GT((s64)limit, grown) {
		TH_LOG("Wanted below 0x%llx new bytes at gpa 0x%llx (memslot), got 0x%llx",
		       (unsigned long long)limit, BASE, (unsigned long long)grown);
	}
}

/* Each of the first allocations of a new memslot fails once, and what is there by then goes. */
#define NR_ALLOCATIONS	12

static bool create_without_memory(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	unsigned int first;
	int r;

	for (first = 1; first <= NR_ALLOCATIONS; first++) {
		pressure_ask(&(struct pressure) { .first = first, .times = 1 });
		r = set_large(self, BASE, LARGE_SIZE);
		pressure_release();
		if (r != ENOMEM && (r || set_large(self, BASE, 0)))
			return false;
	}
	return true;
}

TEST_F(left_behind, by_memslots_without_memory)
{
	if (pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());

	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_MOVE, create_without_memory,
			    "no memory for a memslot");
}

/* The attributes of a VM go with it: of 64 pages a node of an xarray. */
#define NR_VMS			4
#define CONVERTED_SIZE		(64ull * SZ_1M)
#define BYTES_OF_ATTRIBUTES	(CONVERTED_SIZE / SZ_4K / 64 * 576)

static bool convert_in_another_vm(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	struct vm_driver *other = vm_driver_create_unstarted(1);
	int r = vm_driver_convert(other, BASE, CONVERTED_SIZE, true);

	vm_driver_free(other);
	return !r;
}

TEST_F(left_behind, by_attributes)
{
	expect_nothing_left(_metadata, self, NR_VMS, BYTES_OF_ATTRIBUTES, convert_in_another_vm,
			    "VMs with private pages");
}

/* What allocates pages of a guest_memfd ahead ends at a signal, and says that it is not done. */
#define AHEAD_SIZE	(512ull * SZ_1M)

static int allocate_ahead(void *arg)
{
	return fallocate(*(int *)arg, FALLOC_FL_KEEP_SIZE, 0, AHEAD_SIZE) ? errno : 0;
}

TEST(signal_ends_allocation)
{
	struct vm_driver *vmd = vm_driver_create(1);
	int fd = vm_driver_create_gmem(vmd, AHEAD_SIZE), r;
	struct background background;

	background_start(&background, allocate_ahead, &fd);
	while (!background_ends_within(&background, 2))
		background_interrupt(&background);
	r = background_join(&background);
	EXPECT_EQ(EINTR, r) {
		TH_LOG("Wanted EINTR at gpa 0x0 (fallocate), got errno %d", r);
	}
	close(fd);
	vm_driver_free(vmd);
}

/*
 * A memslot that is refused when all else is done, for its place or for what is bound already,
 * keeps no file: with the last number of that, and the VM, its pages are back.
 */
#define PINNED_SIZE	(64ull * SZ_1M)

TEST(refused_memslot_keeps_no_file)
{
	const u64 before = vm_memory_read().unevictable;
	struct vm_driver *vmd = vm_driver_create(1);
	int fd = vm_driver_create_gmem(vmd, PINNED_SIZE);
	struct backing_view view;
	s64 more;

	backing_map(&view, BACKING_ANONYMOUS, 0, SZ_8K);
	ASSERT_EQ(0, fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PINNED_SIZE));
	EXPECT_EQ(EINVAL, vm_driver_bind_memslot(vmd, 1, NOWHERE, SZ_4K, view.base, fd, 0));
	ASSERT_EQ(0, vm_driver_bind_memslot(vmd, 1, BASE, SZ_4K, view.base, fd, 0));
	EXPECT_EQ(EEXIST, vm_driver_bind_memslot(vmd, 2, BASE + SZ_2M, SZ_4K, view.base, fd, 0));
	vm_driver_free(vmd);
	close(fd);
	backing_unmap(&view);
	more = vm_memory_read().unevictable - before;
	EXPECT_GT((s64)PINNED_SIZE / 2, more) {
		TH_LOG("Wanted below 0x%llx unevictable bytes at gpa 0x%llx (closed), got 0x%llx",
		       PINNED_SIZE / 2, BASE, (unsigned long long)more);
	}
}

/* A guest_memfd may have any number that a file may have. */
TEST(file_number_0)
{
	struct vm_driver *vmd = vm_driver_create(1);
	int fd, r;

	close(0);
	fd = vm_driver_try_create_gmem(vmd, SZ_4K, 0);
	EXPECT_EQ(0, fd) {
		TH_LOG("Wanted file 0 at gpa 0x0 (KVM_CREATE_GUEST_MEMFD), got %d", fd);
	}
	r = fallocate(0, FALLOC_FL_KEEP_SIZE, 0, SZ_4K) ? errno : 0;
	EXPECT_EQ(0, r) {
		TH_LOG("Wanted a guest_memfd at gpa 0x0 (file 0), got errno %d", r);
	}
	close(0);
	vm_driver_free(vmd);
}

/*
 * Page tables that a log needs are split off hugepages, by the change of the memslot or when the
 * log is cleared, and go with it: tdp_mmu_link_sp().
 */
FIXTURE(log_splits)
{
	struct plain_vm vm;
	u64 before;		/* bytes of page tables */
};

static int set_log(FIXTURE_DATA(log_splits) * self, bool logged)
{
	return vm_driver_set_memslot(self->vm.vmd, 1, BASE, SZ_4M, self->vm.view.base, -1, logged);
}

/* Two hugepages are mapped. */
FIXTURE_SETUP(log_splits)
{
	static const struct step change_eager_split = { .op = STEP_EAGER_SPLIT };
	const char *missing = vm_memory_missing() ? : suite_missing(BACKING_HUGETLB_2MB) ? :
			      suite_missing_mode(&change_eager_split);

	if (missing)
		SKIP(return, "%s", missing);

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "Y"));
	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, SZ_4M, SZ_4M);
	ASSERT_EQ(0, set_log(self, false));
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE + SZ_2M, TAG);
	self->before = vm_memory_read().page_tables;
}

FIXTURE_TEARDOWN(log_splits)
{
	plain_vm_free(&self->vm);
	setting_restore();
}

/* There are @nr page tables more than before. */
static void expect_split(struct __test_metadata *_metadata, FIXTURE_DATA(log_splits) * self,
			 unsigned int nr, const char *when)
{
	expect_page_tables(_metadata, self->before + nr * SZ_4K, vm_memory_read().page_tables,
			   when);
}

TEST_F(log_splits, page_tables_are_counted)
{
	ASSERT_EQ(0, set_log(self, true));
	expect_split(_metadata, self, 2, "log on");
	ASSERT_EQ(0, set_log(self, false));
	expect_split(_metadata, self, 0, "log off");
}

TEST_F(log_splits, page_tables_are_counted_when_it_is_cleared)
{
	static const u64 all[SZ_4M / SZ_4K / 64] = { [0 ... SZ_4M / SZ_4K / 64 - 1] = ~0ull };

	if (vm_driver_missing_protect(PROTECT_INITIALLY_SET))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_INITIALLY_SET));

	ASSERT_EQ(0, vm_driver_manual_protect(self->vm.vmd, PROTECT_INITIALLY_SET));
	ASSERT_EQ(0, set_log(self, true));
	expect_split(_metadata, self, 0, "log on, nothing cleared");
	ASSERT_EQ(0, vm_driver_clear_log(self->vm.vmd, 1, 0, SZ_4M / SZ_4K, all));
	expect_split(_metadata, self, 2, "log cleared");
	ASSERT_EQ(0, set_log(self, false));
}

/* All page tables of a VM are dropped at once, twice, before it ends. */
TEST(end_after_page_tables_were_dropped)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	const char *missing = missing_for_ending() ? : suite_missing_mode(&change_nx);
	struct vm_memory before;
	struct ending end;

	if (missing)
		SKIP(return, "%s", missing);

	kernel_log_start();
	before = vm_memory_read();
	create_ending(_metadata, &end, false);
	EXPECT_EQ(0, setting_change_for_now(NX_SETTING, "force"));
	EXPECT_EQ(0, setting_change_for_now(NX_SETTING, "off"));
	vm_driver_touch(end.vmd, 0, ACCESS_WRITE, BASE, TAG);
	EXPECT_EQ(0, setting_change_for_now(NX_SETTING, "force"));
	vm_driver_free(end.vmd);
	close(end.gmem_fd);
	let_go(&end);
	setting_restore();
	expect_memory_back(_metadata, &before, "dropped before the end");
}

/* The whole process goes, with a vCPU in the middle of its fault. */
static void be_held(struct __test_metadata *_metadata, int told, bool prefaults)
{
	FIXTURE_DATA(held) child = { .gpa = HELD_GPA, .size = SZ_4K };
	struct background background;
	char byte = 0;

	if (stalled_memory_map(&child.memory, HELD_SIZE))
		_exit(KSFT_SKIP);
	create_held(_metadata, &child);
	vm_driver_ask(child.vmd, 0, &read_held);
	background_start(&background, prefaults ? prefault_once : run_once, &child);
	if (stalled_memory_holds(&child.memory, HELD_OFFSET, slow_machine_seconds(10) * 1000) &&
	    write(told, &byte, 1) == 1)
		pause();
	_exit(KSFT_FAIL);
}

static void kill_held(struct __test_metadata *_metadata, bool prefaults, const char *when)
{
	const struct vm_memory before = vm_memory_read();
	int pipe_fd[2], status;
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe(pipe_fd));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		be_held(_metadata, pipe_fd[1], prefaults);
	close(pipe_fd[1]);
	EXPECT_EQ(1, read(pipe_fd[0], &byte, 1));
	close(pipe_fd[0]);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status)) {
		TH_LOG("Wanted a held call at gpa 0x%llx (%s), got status 0x%x", HELD_GPA, when,
		       status);
	}
	expect_memory_back(_metadata, &before, when);
}

TEST(killed_while_held)
{
	struct stalled_memory memory;
	const char *missing = vm_memory_missing() ? :
			      stalled_memory_map(&memory, HELD_SIZE);

	if (missing)
		SKIP(return, "%s", missing);

	stalled_memory_unmap(&memory);
	kernel_log_start();
	kill_held(_metadata, false, "killed in KVM_RUN");
	if (vm_driver_has_prefault())
		kill_held(_metadata, true, "killed in a pre-fault");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_ANONYMOUS_HUGETLB_2MB) | BIT(BACKING_HUGETLB_2MB));
	pressure_prepare_slab();
	return suite_harness_run(argc, argv);
}
