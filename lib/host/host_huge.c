// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mman.h>

#include "host/host_huge.h"

/* A collapse may be refused for a moment only, e.g. while another CPU looks at a page. */
#define COLLAPSE_TRIES	5

static void allow(bool allowed)
{
	prctl(PR_SET_THP_DISABLE, !allowed, 0, 0, 0);
}

void host_huge_forbid(void)
{
	allow(false);
}

/* Mark those of the @nr 2M at @start that overlap [@from, @to). */
static void mark(u64 start, size_t nr, u64 from, u64 to, bool *huge)
{
	u64 size = level_bytes(LEVEL_2M);
	size_t i;

	for (i = (from - start) / size; i < nr && start + i * size < to; i++)
		huge[i] = true;
}

/* One call sees a limited number of regions; what it has seen ends at arg->walk_end. */
static int scan(int fd, struct pm_scan_arg *arg, size_t nr, bool *huge)
{
	const u64 start = arg->start;
	struct page_region region[64];

	for (; arg->start < arg->end; arg->start = arg->walk_end) {
		int i, found;

		arg->vec = (unsigned long)region;
		arg->vec_len = ARRAY_SIZE(region);
		found = ioctl(fd, PAGEMAP_SCAN, arg);
		if (found < 0)
			return errno;
		for (i = 0; i < found; i++)
			mark(start, nr, region[i].start, region[i].end, huge);
	}
	return 0;
}

int host_huge_read(void *start, size_t nr, bool *huge)
{
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.start = (unsigned long)start,
		.end = (unsigned long)start + nr * level_bytes(LEVEL_2M),
		.category_mask = PAGE_IS_HUGE,
		.return_mask = PAGE_IS_HUGE,
	};
	/* Not kept open: a child would read its parent's. */
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return errno;

	memset(huge, 0, nr * sizeof(*huge));
	r = scan(fd, &arg, nr, huge);
	close(fd);
	return r;
}

bool host_huge_at(void *start)
{
	bool huge;

	return !host_huge_read(start, 1, &huge) && huge;
}

void host_huge_begin(void *start, size_t size, bool huge)
{
	/* Without transparent hugepages in the kernel there is nothing to allow. */
	madvise(start, size, MADV_HUGEPAGE);
	allow(huge);
}

static int change_and_undo(void *start, size_t size, enum split_way way)
{
	switch (way) {
	case SPLIT_MPROTECT:
		return mprotect(start, size, PROT_READ) ||
		       mprotect(start, size, PROT_READ | PROT_WRITE);
	default:
		return madvise(start, size, MADV_NOHUGEPAGE) ||
		       madvise(start, size, MADV_HUGEPAGE);
	}
}

int host_huge_split(void *start, size_t size, enum split_way way)
{
	return change_and_undo(start, size, way) ? errno : 0;
}

int host_huge_collapse(void *start, size_t size)
{
	int tries, r = 0;

	allow(true);
	for (tries = 0; tries < COLLAPSE_TRIES; tries++) {
		r = madvise(start, size, MADV_COLLAPSE) ? errno : 0;
		if (r != EAGAIN && r != EBUSY)
			break;
	}
	allow(false);
	return r;
}

int host_huge_announce(void *start, size_t size)
{
	return host_huge_split(start, size, SPLIT_MPROTECT);
}

/* Collapse one hugepage at @start and see it. */
static bool works_at(void *start)
{
	u64 size = level_bytes(LEVEL_2M);

	host_huge_begin(start, size, false);
	return !madvise(start, size, MADV_POPULATE_WRITE) && !host_huge_collapse(start, size) &&
	       host_huge_at(start);
}

const char *host_huge_missing(void)
{
	u64 size = level_bytes(LEVEL_2M);
	void *map = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);
	void *start = (void *)(((unsigned long)map + size - 1) & ~(size - 1));
	bool works;

	if (map == MAP_FAILED)
		return "memory for a transparent hugepage";

	works = works_at(start);
	munmap(map, 2 * size);
	errno = 0;
	return works ? NULL : "transparent hugepages, MADV_COLLAPSE and PAGEMAP_SCAN";
}
