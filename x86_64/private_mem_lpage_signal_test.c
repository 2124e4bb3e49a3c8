// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a signal ends at once whatever waits, a vCPU that enters the guest for the first time or
 * waits for a page of the host, a pre-fault, an allocation of guest_memfd; what was done by then
 * counts, the rest can be asked for again, and a process that is killed meanwhile leaves nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/falloc.h>
#include <linux/kvm.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/background.h"
#include "host/stalled_memory.h"
#include "kvm/kernel_log.h"
#include "kvm/vm_driver.h"
#include "kvm/vm_memory.h"
#include "suite/suite.h"
#include "suite/vm_deadline.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define TAG		0x519a519a00000001ull

static unsigned int nr_signals;

/*
 * A signal that is pending when the ioctl begins, neither before it nor after: the child's system
 * call is stopped at its entry, and gets the signal there.
 */
static void count_signal(int signal)
{
	nr_signals++;
}

/*
 * Status of the child: the errno of the second KVM_RUN, or of the first unless that is EINTR.  The
 * first may succeed as well: where the signal keeps KVM from starting its thread, the kernel begins
 * the ioctl anew when the signal has been handled (ERESTARTNOINTR of copy_process()).
 */
static void run_twice(void)
{
	const struct sigaction action = { .sa_handler = count_signal, .sa_flags = SA_RESTART };
	struct vm_driver *vmd = vm_driver_create_unstarted(1);
	int r;

	sigaction(SIGUSR1, &action, NULL);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	r = vm_driver_try_run(vmd, 0);
	if (!nr_signals)
		_exit(ECANCELED);
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
		TH_LOG("Wanted success at gpa 0x%llx (%s), got %s", 0ull, when,
		       WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "no end");
	}
	vm_expect_no_warning(_metadata, 0ull, when);
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

/* Start @call, and see it held. */
static void begin(struct __test_metadata *_metadata, FIXTURE_DATA(held) * self,
		  struct background *background, int (*call)(void *arg))
{
	background_start(background, call, self);
	ASSERT_TRUE(stalled_memory_holds(&self->memory, HELD_OFFSET,
					 slow_machine_seconds(10) * 1000));
}

/* Start @call, see it held, and interrupt it. Returns what it says. */
static int interrupt(struct __test_metadata *_metadata, FIXTURE_DATA(held) * self,
		     int (*call)(void *arg), const char *what)
{
	struct background background;

	begin(_metadata, self, &background, call);
	background_interrupt(&background);
	return vm_expect_end_in_time(_metadata, &background, what, HELD_GPA, "interrupted");
}

static void expect_errno(struct __test_metadata *_metadata, int wanted, int got, const char *when)
{
	vm_expect_errno(_metadata, wanted, got, HELD_GPA, when);
}

/* It asks for its page again, gets it, and ends. */
static void finish(struct __test_metadata *_metadata, FIXTURE_DATA(held) * self,
		   int (*call)(void *arg), const char *what)
{
	struct background background;

	begin(_metadata, self, &background, call);
	ASSERT_EQ(0, stalled_memory_provide(&self->memory, HELD_OFFSET, TAG));
	expect_errno(_metadata, 0, vm_expect_end_in_time(_metadata, &background, what, HELD_GPA,
							 "page provided"), "page provided");
}

/* A signal ends KVM_RUN, which says so in both places (kvm_handle_signal_exit()). */
static void interrupt_run(struct __test_metadata *_metadata, FIXTURE_DATA(held) * self,
			  const char *when)
{
	expect_errno(_metadata, EINTR, interrupt(_metadata, self, run_once, "KVM_RUN"), when);
	EXPECT_TRUE(vm_driver_has_left_for_signal(self->vmd, 0)) {
		TH_LOG("Wanted KVM_EXIT_INTR at gpa 0x%llx (%s), got another exit", HELD_GPA, when);
	}
}

TEST_F(held, signal_ends_run)
{
	struct guest_access got;

	vm_driver_ask(self->vmd, 0, &read_held);
	interrupt_run(_metadata, self, "KVM_RUN");
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, 0, HELD_GPA, "interrupted");
	interrupt_run(_metadata, self, "KVM_RUN once more");

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
	ssize_t nr;
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe(pipe_fd));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		be_held(_metadata, pipe_fd[1], prefaults);
	close(pipe_fd[1]);
	nr = read(pipe_fd[0], &byte, 1);
	EXPECT_EQ(1, nr) {
		TH_LOG("Wanted a held call at gpa 0x%llx (%s), got an end before it", HELD_GPA,
		       when);
	}
	close(pipe_fd[0]);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status)) {
		TH_LOG("Wanted a held call at gpa 0x%llx (%s), got status 0x%x", HELD_GPA, when,
		       status);
	}
	vm_expect_memory_back(_metadata, &before, BASE, when);
}

static const char *missing_for_killing(void)
{
	struct stalled_memory memory;
	const char *missing = vm_memory_missing() ? :
			      stalled_memory_map(&memory, HELD_SIZE);

	if (!missing)
		stalled_memory_unmap(&memory);
	return missing;
}

TEST(killed_while_held_in_run)
{
	if (missing_for_killing())
		SKIP(return, "%s", missing_for_killing());

	kernel_log_start();
	kill_held(_metadata, false, "killed in KVM_RUN");
}

TEST(killed_while_held_in_prefault)
{
	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");
	if (missing_for_killing())
		SKIP(return, "%s", missing_for_killing());

	kernel_log_start();
	kill_held(_metadata, true, "killed in a pre-fault");
}

/* What allocates pages of a guest_memfd ahead ends at a signal, and says that it is not done. */
#define AHEAD_SIZE	(512ull * SZ_1M)

/* Some of it is there already, some is not, wherever the signal ended it. */
#define REPEATED_SIZE	(32ull * SZ_1M)

/* The signal may come too late, if this thread gets no CPU in time. */
#define AHEAD_TRIES	5

static int allocate_ahead(void *arg)
{
	return fallocate(*(int *)arg, FALLOC_FL_KEEP_SIZE, 0, AHEAD_SIZE) ? errno : 0;
}

TEST(signal_ends_allocation)
{
	unsigned int tries = AHEAD_TRIES;
	struct background background;
	struct vm_driver *vmd;
	int fd, r;

	kernel_log_start();
	vmd = vm_driver_create(1);
	fd = vm_driver_create_gmem(vmd, AHEAD_SIZE);
	do {
		ASSERT_EQ(0, fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				       AHEAD_SIZE));
		background_start(&background, allocate_ahead, &fd);
		while (!background_ends_within(&background, 2))
			background_interrupt(&background);
		r = background_join(&background);
	} while (!r && --tries);
	EXPECT_EQ(EINTR, r) {
		TH_LOG("Wanted EINTR at gpa 0x0 (fallocate), got errno %d", r);
	}
	r = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, REPEATED_SIZE) ? errno : 0;
	EXPECT_EQ(0, r) {
		TH_LOG("Wanted success at gpa 0x0 (fallocate, again), got errno %d", r);
	}
	close(fd);
	vm_driver_free(vmd);
	vm_expect_no_warning(_metadata, 0, "allocation ended by a signal");
}

int main(int argc, char **argv)
{
	suite_start(0);
	return suite_harness_run(argc, argv);
}
