// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a fault that meets a conversion never installs what is only true before it, neither
 * a hugepage that is becoming mixed nor a page of the old kind.
 *
 * KVM unmaps, then stores the new attribute page by page, then updates what may be huge.  The
 * conversions here go on over many pages outside of any memslot, so that there is time
 * between the first and the last for a vCPU that touches its page all the time; or the vCPU
 * is held in its fault by userfaultfd while the conversion passes.  No sleeping, no chance.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/sizes.h>
#include <linux/userfaultfd.h>

#include "suite_harness.h"

#include "backing.h"
#include "kernel_log.h"
#include "suite.h"
#include "vm_driver.h"

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

static u64 read_page(struct vm_driver *vmd, u64 gpa)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS,
		.access = ACCESS_READ,
		.gpa = gpa,
		.npages = 1,
	};
	struct guest_access result;

	vm_driver_guest(vmd, 0, &request, &result);
	return result.value;
}

FIXTURE(window)
{
	struct vm_driver *vmd;
	struct backing_view view;
	int gmem_fd;
};

FIXTURE_VARIANT(window)
{
	enum backing_kind backing;
	u64 size;		/* of the memslot */
	u64 victim;		/* the vCPU touches this page; offsets from BASE */
	s64 start, end;		/* what is made private */
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

FIXTURE_SETUP(window)
{
	if (suite_missing(variant->backing))
		SKIP(return, "%s", suite_missing(variant->backing));

	kernel_log_start();
	self->vmd = vm_driver_create(1);
	backing_map(&self->view, variant->backing, 0, variant->size);
	*(u64 *)(self->view.base + variant->victim) = SHARED_TAG;
	self->gmem_fd = vm_driver_create_gmem(self->vmd, variant->size);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, variant->size, self->view.base,
					   self->gmem_fd, false));
}

FIXTURE_TEARDOWN(window)
{
	if (!self->vmd)
		return;

	vm_driver_free(self->vmd);
	close(self->gmem_fd);
	backing_unmap(&self->view);
}

static void print_leaves(const u64 leaves[NR_LEVELS], char *text, size_t size)
{
	snprintf(text, size, "4K x%llu, 2M x%llu, 1G x%llu", (unsigned long long)leaves[LEVEL_4K],
		 (unsigned long long)leaves[LEVEL_2M], (unsigned long long)leaves[LEVEL_1G]);
}

static void check_leaves(struct __test_metadata *_metadata, struct vm_driver *vmd,
			 const u64 wanted[NR_LEVELS], u64 gpa, const char *when)
{
	char wanted_text[64], got_text[64];
	u64 got[NR_LEVELS];

	vm_driver_leaves(vmd, got);
	print_leaves(wanted, wanted_text, sizeof(wanted_text));
	print_leaves(got, got_text, sizeof(got_text));
	EXPECT_STREQ(wanted_text, got_text) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", wanted_text,
		       (unsigned long long)gpa, when, got_text);
	}
}

static void check_content(struct __test_metadata *_metadata, u64 wanted, u64 got, u64 gpa,
			  const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted content 0x%llx at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)wanted, (unsigned long long)gpa, when,
		       (unsigned long long)got);
	}
}

static void check_kernel_log(struct __test_metadata *_metadata, u64 gpa, const char *when)
{
	char line[256];

	EXPECT_FALSE(kernel_log_complains(false, line, sizeof(line))) {
		TH_LOG("Wanted no warning at gpa 0x%llx (%s), got %s",
		       (unsigned long long)gpa, when, line);
	}
}

TEST_F(window, fault_during_conversion)
{
	struct spinner spinner = { .vmd = self->vmd };
	const u64 gpa = BASE + variant->victim;

	ASSERT_TRUE(start_spinner(&spinner, gpa));
	EXPECT_EQ(0, vm_driver_convert(self->vmd, BASE + variant->start,
				       variant->end - variant->start, true));
	stop_spinner(&spinner);

	/* A leaf from within the window is still there; without one the touch installs it. */
	check_content(_metadata, variant->content, read_page(self->vmd, gpa), gpa,
		      "after the window");
	check_leaves(_metadata, self->vmd, variant->leaves, gpa, "after the window");
	check_kernel_log(_metadata, gpa, "after the window");
}

/* A fault waits for the host's page until the test provides it. */
FIXTURE(stalled)
{
	struct vm_driver *vmd;
	void *hva;
	int gmem_fd;
	int uffd;
};

#define STALLED_SIZE	((size_t)SZ_2M)

static int open_userfaultfd(void *hva)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (unsigned long)hva, .len = STALLED_SIZE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range))) {
		close(fd);
		return -1;
	}
	return fd;
}

FIXTURE_SETUP(stalled)
{
	kernel_log_start();
	self->hva = mmap(NULL, STALLED_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->hva);
	self->uffd = open_userfaultfd(self->hva);
	if (self->uffd < 0)
		SKIP(return, "no userfaultfd for kernel faults");

	self->vmd = vm_driver_create(1);
	self->gmem_fd = vm_driver_create_gmem(self->vmd, STALLED_SIZE);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, STALLED_SIZE, self->hva,
					   self->gmem_fd, false));
}

FIXTURE_TEARDOWN(stalled)
{
	if (!self->vmd)
		return;

	vm_driver_free(self->vmd);
	close(self->gmem_fd);
	close(self->uffd);
	munmap(self->hva, STALLED_SIZE);
}

static void *read_in_thread(void *arg)
{
	struct spinner *reader = arg;

	reader->result.value = read_page(reader->vmd, reader->request.gpa);
	return NULL;
}

/* Wait for the vCPU to be held in a fault on @hva. */
static bool wait_for_fault(int uffd, void *hva)
{
	struct pollfd wait = { .fd = uffd, .events = POLLIN };
	struct uffd_msg msg;

	return poll(&wait, 1, slow_machine_seconds(10) * 1000) == 1 &&
	       read(uffd, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT &&
	       (msg.arg.pagefault.address & ~(SZ_4K - 1ull)) == (unsigned long)hva;
}

static int provide_page(int uffd, void *hva)
{
	u64 page[SZ_4K / sizeof(u64)] __aligned(SZ_4K) = { SHARED_TAG };
	struct uffdio_copy copy = {
		.dst = (unsigned long)hva,
		.src = (unsigned long)page,
		.len = SZ_4K,
	};

	return ioctl(uffd, UFFDIO_COPY, &copy);
}

TEST_F(stalled, fault_before_conversion)
{
	const u64 offset = 5 * SZ_4K, gpa = BASE + offset;
	struct spinner reader = { .vmd = self->vmd, .request = { .gpa = gpa } };
	const u64 leaves[NR_LEVELS] = { [LEVEL_4K] = 1 };

	ASSERT_EQ(0, pthread_create(&reader.thread, NULL, read_in_thread, &reader));
	ASSERT_TRUE(wait_for_fault(self->uffd, self->hva + offset));
	EXPECT_EQ(0, vm_driver_convert(self->vmd, gpa, SZ_4K, true));
	ASSERT_EQ(0, provide_page(self->uffd, self->hva + offset));
	pthread_join(reader.thread, NULL);

	/* The host's page came too late: what counts is the private one. */
	check_content(_metadata, 0, reader.result.value, gpa, "stalled fault");
	check_leaves(_metadata, self->vmd, leaves, gpa, "stalled fault");
	check_kernel_log(_metadata, gpa, "stalled fault");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return suite_harness_run(argc, argv);
}
