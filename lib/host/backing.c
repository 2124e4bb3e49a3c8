// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asm-generic/hugetlb_encode.h>
#include <linux/kernel.h>

#include "test_util.h"

#include "host/backing.h"
#include "host/full_run.h"
#include "host/host_huge.h"
#include "host/must_hold.h"
#include "model/scenario_check.h"

/* The file of each kind that all memslots of all VMs of this process share. */
static int shared_fd[NR_BACKING_KINDS] = {
	[0 ... NR_BACKING_KINDS - 1] = -1,
};

static const char *too_few(enum backing_kind kind)
{
	switch (backing_kind_level(kind)) {
	case LEVEL_1G:
		return "1G hugetlb page";
	case LEVEL_2M:
		return "2M hugetlb pages";
	default:
		return "memory for a memfd";
	}
}

/* What says in the flags of mmap() and memfd_create() how large hugepages are. */
static unsigned int hugetlb_size(enum backing_kind kind)
{
	return backing_kind_level(kind) == LEVEL_1G ? HUGETLB_FLAG_ENCODE_1GB :
						      HUGETLB_FLAG_ENCODE_2MB;
}

/* A file for @kind that has @size bytes, or -1. */
static int create_shared(enum backing_kind kind, u64 size)
{
	int fd = memfd_create("lpage",
			      kind == BACKING_MEMFD ? 0 : MFD_HUGETLB | hugetlb_size(kind));

	if (fd >= 0 && fallocate(fd, 0, 0, size)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The file at @path if it has @size bytes, or -1; allocating them would wait for their clearing. */
static int open_kept(const char *path, u64 size)
{
	struct stat stat;
	int fd = open(path, O_RDWR);

	if (fd >= 0 && (fstat(fd, &stat) || (u64)stat.st_size < size)) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * Whoever sets up the machine may have a file with a 1G page that is cleared already, or is just
 * being cleared, and names it in KVM_LPAGE_1G_FILE.
 */
static int open_shared(enum backing_kind kind, u64 size)
{
	const char *kept = getenv("KVM_LPAGE_1G_FILE");

	if (kind == BACKING_HUGETLB_1GB && kept && *kept)
		return open_kept(kept, size);
	return create_shared(kind, size);
}

/* Whether a memslot could have @size bytes of its own in hugetlb pages: they are reserved. */
static const char *try_own_hugetlb(enum backing_kind kind, size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | hugetlb_size(kind), -1, 0);

	errno = 0;
	if (map == MAP_FAILED)
		return too_few(kind);

	munmap(map, size);
	return NULL;
}

static const char *prepare_shared(enum backing_kind kind)
{
	if (shared_fd[kind] < 0)
		shared_fd[kind] = open_shared(kind, backing_kind_pages(kind) << GFN_SHIFT);
	return shared_fd[kind] < 0 ? too_few(kind) : NULL;
}

const char *backing_prepare(enum backing_kind kind)
{
	switch (kind) {
	case BACKING_ANONYMOUS_THP:
		return host_huge_missing();
	case BACKING_ANONYMOUS_HUGETLB_2MB:
		return try_own_hugetlb(kind, SCENARIO_MAX_OWN_2M * level_bytes(LEVEL_2M));
	case BACKING_ANONYMOUS_HUGETLB_1GB:
		/* Its page has to be cleared for each memslot: seconds under emulation. */
		return full_run_missing() ? : try_own_hugetlb(kind, level_bytes(LEVEL_1G));
	default:
		return backing_kind_pages(kind) ? prepare_shared(kind) : NULL;
	}
}

void backing_leave(void)
{
	enum backing_kind kind;

	for (kind = 0; kind < NR_BACKING_KINDS; kind++) {
		if (shared_fd[kind] >= 0)
			close(shared_fd[kind]);
		shared_fd[kind] = -1;
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

	MUST_HOLD(got == at, "Cannot map 0x%zx bytes of backing memory", size);
}

static void populate(void *at, size_t size)
{
	int r = madvise(at, size, MADV_POPULATE_WRITE);

	MUST_HOLD(!r, "No memory for 0x%zx bytes of backing", size);
}

/* The same pages again and again, from the 1G boundary to the end of the view. */
static void map_shared(struct backing_view *view)
{
	size_t real = backing_kind_pages(view->kind) << GFN_SHIFT;
	size_t done;

	for (done = 0; done < view->size; done += real) {
		map_at(view->base + done, min(real, view->size - done), MAP_SHARED,
		       shared_fd[view->kind]);
	}
}

/* Map memory of @size bytes, whole pages of the host, at @offset of @view. */
static void map_memory(struct backing_view *view, u64 offset, u64 size)
{
	switch (view->kind) {
	case BACKING_ANONYMOUS:
		map_at(view->base + offset, size, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		/* Fails only where there are no transparent hugepages to refuse. */
		madvise(view->base + offset, size, MADV_NOHUGEPAGE);
		break;
	case BACKING_ANONYMOUS_THP:
		map_at(view->base + offset, size, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		break;
	case BACKING_ANONYMOUS_HUGETLB_2MB:
	case BACKING_ANONYMOUS_HUGETLB_1GB:
		map_at(view->base + offset, size,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | hugetlb_size(view->kind), -1);
		break;
	case BACKING_SHMEM:
		view->fd = memfd_create("lpage", 0);
		TEST_ASSERT(view->fd >= 0 && !ftruncate(view->fd, view->size), "No shmem file");
		map_at(view->base, view->size, MAP_SHARED, view->fd);
		break;
	default:
		TEST_ASSERT(view->fd >= 0, "%s is not prepared", backing_kind_name(view->kind));
		map_shared(view);
	}
}

/* A kind that splits may come to have hugepages at its edges, too: their memory is mapped. */
static enum level mapped_unit(enum backing_kind kind)
{
	return backing_kind_splits(kind) ? LEVEL_2M : backing_kind_unit(kind);
}

static void start_view(struct backing_view *view, enum backing_kind kind, u64 offset, u64 size)
{
	u64 page = level_bytes(mapped_unit(kind));
	u64 first = offset & ~(page - 1);
	u64 end = (offset + size + page - 1) & ~(page - 1);

	view->kind = kind;
	view->fd = shared_fd[kind];
	reserve(view, end);
	view->mapped = view->base + first;
	view->mapped_size = end - first;
}

void backing_map(struct backing_view *view, enum backing_kind kind, u64 offset, u64 size)
{
	bool huge = backing_kind_level(kind) > LEVEL_4K;

	start_view(view, kind, offset, size);
	map_memory(view, view->mapped - view->base, view->mapped_size);
	if (backing_kind_splits(kind))
		host_huge_begin(view->mapped, view->mapped_size, huge);
	populate(view->base + offset, size);
	if (backing_kind_splits(kind))
		host_huge_forbid();
}

void backing_map_gmem(struct backing_view *view, int fd, u64 offset, u64 size)
{
	start_view(view, BACKING_GUEST_MEMFD, offset, size);
	map_at(view->base + offset, size, MAP_SHARED, fd);
}

void backing_unmap(struct backing_view *view)
{
	munmap(view->reserved, view->reserved_size);
	if (view->kind == BACKING_SHMEM)
		close(view->fd);
	*view = (struct backing_view) { .fd = -1 };
}
