// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/compiler.h>
#include <linux/userfaultfd.h>

#include "host/stalled_memory.h"

#define PAGE_BYTES	4096

static int open_userfaultfd(void *hva, size_t size)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (unsigned long)hva, .len = size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range))) {
		close(fd);
		return -1;
	}
	return fd;
}

const char *stalled_memory_map(struct stalled_memory *memory, size_t size)
{
	void *hva = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (hva == MAP_FAILED)
		return "memory";

	*memory = (struct stalled_memory) {
		.hva = hva,
		.size = size,
		.uffd = open_userfaultfd(hva, size),
	};
	if (memory->uffd >= 0)
		return NULL;

	munmap(hva, size);
	memory->hva = NULL;
	return "no userfaultfd for kernel faults";
}

void stalled_memory_unmap(struct stalled_memory *memory)
{
	close(memory->uffd);
	munmap(memory->hva, memory->size);
}

bool stalled_memory_holds(struct stalled_memory *memory, size_t offset, unsigned int ms)
{
	struct pollfd wait = { .fd = memory->uffd, .events = POLLIN };
	struct uffd_msg msg;

	return poll(&wait, 1, ms) == 1 && read(memory->uffd, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT &&
	       (msg.arg.pagefault.address & ~(PAGE_BYTES - 1ull)) ==
	       (unsigned long)memory->hva + offset;
}

int stalled_memory_provide(struct stalled_memory *memory, size_t offset, u64 tag)
{
	u64 page[PAGE_BYTES / sizeof(tag)] __aligned(PAGE_BYTES) = { tag };
	struct uffdio_copy copy = {
		.dst = (unsigned long)memory->hva + offset,
		.src = (unsigned long)page,
		.len = PAGE_BYTES,
	};

	return ioctl(memory->uffd, UFFDIO_COPY, &copy) ? errno : 0;
}
