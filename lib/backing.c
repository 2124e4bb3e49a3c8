// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <asm-generic/hugetlb_encode.h>
#include <linux/kernel.h>

#include "test_util.h"

#include "backing.h"

/* The hugepages of each kind that all memslots of all VMs of this process share. */
static int hugetlb_fd[NR_BACKING_KINDS] = {
	[0 ... NR_BACKING_KINDS - 1] = -1,
};

static const char *too_few(enum backing_kind kind)
{
	return kind == BACKING_HUGETLB_1GB ? "1G hugetlb page" : "2M hugetlb pages";
}

/*
 * A file for @kind.  Whoever sets up the machine may have one with its 1G page already
 * cleared, and names it in KVM_LPAGE_1G_FILE.
 */
static int open_hugetlb(enum backing_kind kind)
{
	const char *file = getenv("KVM_LPAGE_1G_FILE");

	if (kind == BACKING_HUGETLB_2MB)
		return memfd_create("lpage", MFD_HUGETLB | HUGETLB_FLAG_ENCODE_2MB);
	if (file && *file)
		return open(file, O_RDWR);

	return memfd_create("lpage", MFD_HUGETLB | HUGETLB_FLAG_ENCODE_1GB);
}

const char *backing_prepare(enum backing_kind kind)
{
	u64 size = backing_kind_pages(kind) << GFN_SHIFT;
	int fd;

	if (!size || hugetlb_fd[kind] >= 0)
		return NULL;

	fd = open_hugetlb(kind);
	if (fd < 0)
		return too_few(kind);
	if (fallocate(fd, 0, 0, size)) {
		close(fd);
		return too_few(kind);
	}
	hugetlb_fd[kind] = fd;
	return NULL;
}

void backing_leave(void)
{
	enum backing_kind kind;

	for (kind = 0; kind < NR_BACKING_KINDS; kind++) {
		if (hugetlb_fd[kind] >= 0)
			close(hugetlb_fd[kind]);
		hugetlb_fd[kind] = -1;
	}
	unsetenv("KVM_LPAGE_1G_FILE");
}

/* Address space of @size bytes on a 1G boundary, with nothing in it. */
static void reserve(struct backing_view *view, size_t size)
{
	size_t align = level_bytes(LEVEL_1G);

	view->size = size;
	view->reserved_size = size + align;
	view->reserved = mmap(NULL, view->reserved_size, PROT_NONE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	TEST_ASSERT(view->reserved != MAP_FAILED, "No address space of 0x%zx bytes", size);
	view->base = (void *)(((uintptr_t)view->reserved + align - 1) & ~(align - 1));
}

static void map_at(void *at, size_t size, int flags, int fd)
{
	void *got = mmap(at, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0);

	/* An assertion that finds EACCES in errno would skip the test. */
	errno = 0;
	TEST_ASSERT(got == at, "Cannot map 0x%zx bytes of backing memory", size);
}

static void populate(void *at, size_t size)
{
	int r = madvise(at, size, MADV_POPULATE_WRITE);

	errno = 0;
	TEST_ASSERT(!r, "No memory for 0x%zx bytes of backing", size);
}

/* The same hugepages again and again, from the 1G boundary to the end of the view. */
static void map_hugetlb(struct backing_view *view)
{
	size_t real = backing_kind_pages(view->kind) << GFN_SHIFT;
	size_t done;

	for (done = 0; done < view->size; done += real) {
		map_at(view->base + done, min(real, view->size - done), MAP_SHARED,
		       hugetlb_fd[view->kind]);
	}
}

void backing_map(struct backing_view *view, enum backing_kind kind, u64 offset, u64 size)
{
	size_t page = level_bytes(backing_kind_level(kind));
	size_t end = (offset + size + page - 1) & ~(page - 1);

	view->kind = kind;
	view->fd = hugetlb_fd[kind];
	reserve(view, end);

	switch (kind) {
	case BACKING_ANONYMOUS:
		map_at(view->base + offset, size, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		/* Fails only where there are no transparent hugepages to refuse. */
		madvise(view->base + offset, size, MADV_NOHUGEPAGE);
		break;
	case BACKING_SHMEM:
		view->fd = memfd_create("lpage", 0);
		TEST_ASSERT(view->fd >= 0 && !ftruncate(view->fd, end), "No shmem file");
		map_at(view->base, end, MAP_SHARED, view->fd);
		break;
	default:
		TEST_ASSERT(view->fd >= 0, "%s is not prepared", backing_kind_name(kind));
		map_hugetlb(view);
	}
	populate(view->base + offset, size);
}

void backing_unmap(struct backing_view *view)
{
	munmap(view->reserved, view->reserved_size);
	if (view->kind == BACKING_SHMEM)
		close(view->fd);
	*view = (struct backing_view) { .fd = -1 };
}
