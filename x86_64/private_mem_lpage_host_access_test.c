// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: the host reaches no private page of a guest_memfd, whichever way it goes: by the file, by
 * a mapping of it, by another process, by whoever gets at a process's pages (get_user_pages()), KVM
 * itself among them.  What it tries fails with the right errno or SIGBUS, and the guest finds its
 * pages as it left them.
 *
 * The same ways lead to the pages of a guest_memfd that is shared, so that each is known to work.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/sigbus.h"
#include "host/slow_machine.h"
#include "kvm/kernel_log.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SIZE		((u64)SZ_64K)
#define NR_PAGES	(SIZE / SZ_4K)

/* What the guest, or the host where it may, has stored in page n: TAG + n. */
#define TAG		0x405745ee00000001ull

/* Stands for an errno where an access ends with SIGBUS. */
#define BUS_ERROR	(-SIGBUS)

static const char *error_name(int error)
{
	return error == BUS_ERROR ? "SIGBUS" : strerror(error);
}

/* What a way leads to, and what it needs. */
struct target {
	int file;		/* the guest_memfd */
	u64 *hva;		/* a mapping of its first page, NULL if there is none */
	int pipe[2];
	int scratch;		/* an ordinary file with a page in it */
	u64 buffer[SZ_4K / sizeof(u64)];
};

struct way {
	const char *name;
	int (*go)(struct target *target);	/* returns 0, an errno, or BUS_ERROR */
	int wanted;		/* of a private page */
	int wanted_shared;
	bool (*exists)(void);	/* NULL if it always does */
	bool unmaps;		/* takes the host's mapping of the first page, and KVM's with it */
};

static int result(ssize_t r)
{
	return r < 0 ? errno : 0;
}

/* Ways by the file. */

static int go_read(struct target *target)
{
	return result(read(target->file, target->buffer, SZ_4K));
}

static int go_pread(struct target *target)
{
	return result(pread(target->file, target->buffer, SZ_4K, 0));
}

static int go_preadv(struct target *target)
{
	struct iovec to = { target->buffer, SZ_4K };

	return result(preadv2(target->file, &to, 1, -1, 0));
}

static int go_write(struct target *target)
{
	return result(write(target->file, target->buffer, SZ_4K));
}

static int go_pwrite(struct target *target)
{
	return result(pwrite(target->file, target->buffer, SZ_4K, 0));
}

static int go_sendfile(struct target *target)
{
	return result(sendfile(target->scratch, target->file, NULL, SZ_4K));
}

static int go_sendfile_into(struct target *target)
{
	return result(sendfile(target->file, target->scratch, NULL, SZ_4K));
}

static int go_splice(struct target *target)
{
	return result(splice(target->file, NULL, target->pipe[1], NULL, SZ_4K, 0));
}

static int go_copy_file_range(struct target *target)
{
	return result(copy_file_range(target->file, NULL, target->scratch, NULL, SZ_4K, 0));
}

static int go_shrink(struct target *target)
{
	return result(ftruncate(target->file, 0));
}

static int go_grow(struct target *target)
{
	return result(ftruncate(target->file, 2 * SIZE));
}

static int go_open_again(struct target *target)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", target->file);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return result(fd);
}

static int map(struct target *target, int flags)
{
	void *hva = mmap(NULL, SZ_4K, PROT_READ | PROT_WRITE, flags, target->file, 0);

	if (hva == MAP_FAILED)
		return errno;
	munmap(hva, SZ_4K);
	return 0;
}

static int go_map_private(struct target *target)
{
	return map(target, MAP_PRIVATE);
}

static int go_map_shared(struct target *target)
{
	return map(target, MAP_SHARED);
}

static const struct way by_file[] = {
	{ "read", go_read, EINVAL },
	{ "pread", go_pread, ESPIPE },
	{ "preadv2 at the file's position", go_preadv, EINVAL },
	{ "write", go_write, EINVAL },
	{ "pwrite", go_pwrite, ESPIPE },
	{ "sendfile from it", go_sendfile, EINVAL },
	{ "sendfile into it", go_sendfile_into, EINVAL },
	{ "splice", go_splice, EINVAL },
	{ "copy_file_range", go_copy_file_range, EXDEV },
	{ "ftruncate to nothing", go_shrink, EINVAL },
	{ "ftruncate to twice its size", go_grow, EINVAL },
	{ "open by /proc", go_open_again, ENXIO },
	{ "a private mapping", go_map_private, ENODEV },
	{ "a shared mapping", go_map_shared, ENODEV },
};

/* Ways by a mapping. */

static int load(struct target *target, const u64 *hva)
{
	return sigbus_load(hva, &target->buffer[0]) ? 0 : BUS_ERROR;
}

static int go_load(struct target *target)
{
	return load(target, target->hva);
}

static int go_store(struct target *target)
{
	return sigbus_store(target->hva, TAG) ? 0 : BUS_ERROR;
}

/* No access takes so many seconds: it would be tried again and again for ever. */
#define MAX_SECONDS	5

/* A child that shares the mapping: what it gets is its exit status, if there is an end. */
static int load_in_child(struct target *target, const u64 *hva)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return errno;
	if (!child) {
		alarm(slow_machine_seconds(MAX_SECONDS));
		_exit(load(target, hva) ? SIGBUS : 0);
	}
	if (waitpid(child, &status, 0) != child)
		return ECHILD;
	if (!WIFEXITED(status))
		return ETIMEDOUT;
	return WEXITSTATUS(status) ? BUS_ERROR : 0;
}

static int go_load_in_child(struct target *target)
{
	return load_in_child(target, target->hva);
}

/* A mapping may be longer than the file. */
static int go_load_behind_end(struct target *target)
{
	char *hva = mmap(NULL, SZ_8K, PROT_READ | PROT_WRITE, MAP_SHARED, target->file,
			 SIZE - SZ_4K);
	int r;

	if (hva == MAP_FAILED)
		return errno;
	r = load_in_child(target, (u64 *)(hva + SZ_4K));
	munmap(hva, SZ_8K);
	return r;
}

/* @hva is what a system call has mapped just now, or has not. */
static int go_load_and_unmap(struct target *target, void *hva)
{
	int r;

	if (hva == MAP_FAILED)
		return errno;
	r = load(target, hva);
	munmap(hva, SZ_4K);
	return r;
}

static int go_load_from_another_mapping(struct target *target)
{
	return go_load_and_unmap(target, mmap(NULL, SZ_4K, PROT_READ | PROT_WRITE, MAP_SHARED,
					      target->file, 0));
}

/* A shared mapping of no size is doubled by mremap(). */
static int go_load_from_copied_mapping(struct target *target)
{
	return go_load_and_unmap(target, mremap(target->hva, 0, SZ_4K, MREMAP_MAYMOVE));
}

static int go_load_after_dontneed(struct target *target)
{
	if (madvise(target->hva, SZ_4K, MADV_DONTNEED))
		return errno;
	return go_load(target);
}

static int go_pipe(struct target *target)
{
	return result(write(target->pipe[1], target->hva, sizeof(u64)));
}

static int go_pipe_into(struct target *target)
{
	u64 tag = TAG;

	if (write(target->pipe[1], &tag, sizeof(tag)) != sizeof(tag))
		return errno;
	return result(read(target->pipe[0], target->hva, sizeof(tag)));
}

static int go_vmsplice(struct target *target)
{
	struct iovec from = { target->hva, SZ_4K };

	return result(vmsplice(target->pipe[1], &from, 1, 0));
}

/* A kernel can be built without. */
static bool has_process_vm(void)
{
	return !process_vm_readv(getpid(), NULL, 0, NULL, 0, 0);
}

static int go_process_vm_readv(struct target *target)
{
	struct iovec to = { target->buffer, SZ_4K }, from = { target->hva, SZ_4K };

	return result(process_vm_readv(getpid(), &to, 1, &from, 1, 0));
}

static int go_process_vm_writev(struct target *target)
{
	u64 tag = TAG;
	struct iovec from = { &tag, sizeof(tag) }, to = { target->hva, sizeof(tag) };

	return result(process_vm_writev(getpid(), &from, 1, &to, 1, 0));
}

static int proc_mem(struct target *target, bool store)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	u64 tag = TAG;
	int r;

	if (fd < 0)
		return errno;
	if (store)
		r = result(pwrite(fd, &tag, sizeof(tag), (off_t)target->hva));
	else
		r = result(pread(fd, target->buffer, sizeof(tag), (off_t)target->hva));
	close(fd);
	return r;
}

static int go_proc_mem(struct target *target)
{
	return proc_mem(target, false);
}

static int go_proc_mem_into(struct target *target)
{
	return proc_mem(target, true);
}

static int go_direct_io(struct target *target)
{
	return result(pwrite(target->scratch, target->hva, SZ_4K, 0));
}

static int go_direct_io_into(struct target *target)
{
	/* Most file systems take whole blocks only, at their boundaries. */
	static u64 page[SZ_4K / sizeof(u64)] __aligned(SZ_4K) = { TAG };

	if (pwrite(target->scratch, page, SZ_4K, 0) != SZ_4K)
		return errno;
	return result(pread(target->scratch, target->hva, SZ_4K, 0));
}

static int go_populate(struct target *target)
{
	return result(madvise(target->hva, SZ_4K, MADV_POPULATE_READ));
}

static int go_populate_for_writing(struct target *target)
{
	return result(madvise(target->hva, SZ_4K, MADV_POPULATE_WRITE));
}

static int go_lock(struct target *target)
{
	int r = result(mlock(target->hva, SZ_4K));

	munlock(target->hva, SZ_4K);
	return r;
}

static const struct way by_mapping[] = {
	{ "load", go_load, BUS_ERROR },
	{ "store", go_store, BUS_ERROR },
	{ "load by a child", go_load_in_child, BUS_ERROR },
	{ "load behind the end", go_load_behind_end, BUS_ERROR, .wanted_shared = BUS_ERROR },
	{ "load from another mapping", go_load_from_another_mapping, BUS_ERROR },
	{ "load from a copy of the mapping", go_load_from_copied_mapping, BUS_ERROR },
	{ "load after MADV_DONTNEED", go_load_after_dontneed, BUS_ERROR, .unmaps = true },
	{ "write of it to a pipe", go_pipe, EFAULT },
	{ "read of a pipe into it", go_pipe_into, EFAULT },
	{ "vmsplice", go_vmsplice, EFAULT },
	{ "process_vm_readv", go_process_vm_readv, EFAULT, .exists = has_process_vm },
	{ "process_vm_writev", go_process_vm_writev, EFAULT, .exists = has_process_vm },
	{ "read of /proc/self/mem", go_proc_mem, EIO },
	{ "write to /proc/self/mem", go_proc_mem_into, EIO },
	{ "O_DIRECT from it", go_direct_io, EFAULT },
	{ "O_DIRECT into it", go_direct_io_into, EFAULT },
	{ "MADV_POPULATE_READ", go_populate, EFAULT },
	{ "MADV_POPULATE_WRITE", go_populate_for_writing, EFAULT },
	{ "mlock", go_lock, ENOMEM },
	{ "a private mapping", go_map_private, EINVAL, .wanted_shared = EINVAL },
};

/* A file without a name. Returns -1 where there can be none with these flags. */
static int open_scratch(int flags)
{
	char path[] = "/tmp/lpage_host_access.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC | flags);

	if (fd >= 0)
		unlink(path);
	return fd;
}

static void open_target(struct __test_metadata *_metadata, struct target *target, int file,
			void *hva)
{
	target->file = file;
	target->hva = hva;
	ASSERT_EQ(0, pipe2(target->pipe, O_CLOEXEC | O_NONBLOCK));
	/* Where the file system has no O_DIRECT, the page cache gets at the pages. */
	target->scratch = open_scratch(O_DIRECT);
	if (target->scratch < 0)
		target->scratch = open_scratch(0);
	ASSERT_LE(0, target->scratch);
	ASSERT_EQ(0, ftruncate(target->scratch, SZ_4K));
}

static void close_target(struct target *target)
{
	close(target->scratch);
	close(target->pipe[0]);
	close(target->pipe[1]);
}

/* What is left in the pipe belongs to the way that was gone last. */
static void empty_pipe(struct target *target)
{
	char bytes[SZ_4K];

	while (read(target->pipe[0], bytes, sizeof(bytes)) > 0)
		;
}

static void expect_end_of_way(struct __test_metadata *_metadata, const char *way, int wanted,
			      int got)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", error_name(wanted), BASE, way,
		       error_name(got));
	}
}

struct world {
	struct vm_driver *vmd;
	struct backing_view view;
	int gmem_fd;
	struct target target;
};

static void map_view(struct world *world, bool mapped)
{
	if (mapped) {
		world->gmem_fd = vm_driver_create_gmem_only(world->vmd, SIZE);
		backing_map_gmem(&world->view, world->gmem_fd, 0, SIZE);
	} else {
		world->gmem_fd = vm_driver_create_gmem(world->vmd, SIZE);
		backing_map(&world->view, BACKING_ANONYMOUS, 0, SIZE);
	}
}

/* Private pages that the guest has written; the guest_memfd is @mapped by the host as well. */
static void set_up(struct __test_metadata *_metadata, struct world *world, bool mapped)
{
	const struct guest_request write_all = {
		.op = GUEST_ACCESS, .access = ACCESS_WRITE, .gpa = BASE, .npages = NR_PAGES,
		.tag = TAG,
	};
	struct guest_access got[NR_PAGES];

	kernel_log_start();
	world->vmd = vm_driver_create(1);
	map_view(world, mapped);
	ASSERT_EQ(0, vm_driver_set_memslot(world->vmd, 1, BASE, SIZE, world->view.base,
					   world->gmem_fd, false));
	ASSERT_EQ(0, vm_driver_convert(world->vmd, BASE, SIZE, true));
	vm_driver_guest(world->vmd, 0, &write_all, got);
	open_target(_metadata, &world->target, world->gmem_fd, world->view.base);
}

static void tear_down(struct __test_metadata *_metadata, struct world *world)
{
	if (!world->vmd)
		return;

	close_target(&world->target);
	vm_driver_free(world->vmd);
	close(world->gmem_fd);
	backing_unmap(&world->view);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* All pages are mapped, and hold what the guest has written. */
static void expect_guest_pages(struct __test_metadata *_metadata, struct world *world,
			       const char *when)
{
	const struct guest_request read_all = {
		.op = GUEST_ACCESS, .access = ACCESS_READ, .gpa = BASE, .npages = NR_PAGES,
	};
	struct guest_access got[NR_PAGES];
	u64 page;

	vm_expect_leaves_of(_metadata, world->vmd, LEVEL_4K, NR_PAGES, BASE, when);
	vm_driver_guest(world->vmd, 0, &read_all, got);
	for (page = 0; page < NR_PAGES; page++)
		vm_expect_content(_metadata, TAG + page, got[page].value, BASE + page * SZ_4K,
				  when);
	vm_expect_no_warning(_metadata, BASE, when);
}

/* Nothing that could have been read is what the guest has stored. */
static void expect_nothing_read(struct __test_metadata *_metadata, struct target *target,
				const char *when)
{
	EXPECT_NE(TAG, target->buffer[0]) {
		TH_LOG("Wanted nothing of the guest's at gpa 0x%llx (%s), got 0x%llx", BASE, when,
		       (unsigned long long)target->buffer[0]);
	}
}

/* False, and told of, if this kernel has no such way. */
static bool way_exists(struct __test_metadata *_metadata, const struct way *way)
{
	if (!way->exists || way->exists())
		return true;

	TH_LOG("left out: %s, no such way", way->name);
	return false;
}

/* The guest's pages are as they were after @way was gone. */
static void try_way(struct __test_metadata *_metadata, struct world *world,
		    const struct way *way, int wanted)
{
	if (!way_exists(_metadata, way))
		return;

	memset(world->target.buffer, 0, SZ_4K);
	expect_end_of_way(_metadata, way->name, wanted, way->go(&world->target));
	expect_nothing_read(_metadata, &world->target, way->name);
	if (way->unmaps)
		vm_driver_touch(world->vmd, 0, ACCESS_READ, BASE, 0);
	expect_guest_pages(_metadata, world, way->name);
	empty_pipe(&world->target);
}

FIXTURE(file)
{
	struct world world;
};

/* The guest_memfd can be mapped, or it cannot. */
FIXTURE_VARIANT(file)
{
	bool mapped;
};

FIXTURE_VARIANT_ADD(file, not_mapped) { .mapped = false };
FIXTURE_VARIANT_ADD(file, mapped) { .mapped = true };

FIXTURE_SETUP(file)
{
	if (variant->mapped && vm_driver_missing_gmem_only())
		SKIP(return, "%s", vm_driver_missing_gmem_only());
	set_up(_metadata, &self->world, variant->mapped);
}

FIXTURE_TEARDOWN(file)
{
	tear_down(_metadata, &self->world);
}

TEST_F(file, leads_to_nothing_private)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(by_file) && __test_passed(_metadata); i++) {
		const struct way *way = &by_file[i];
		int wanted = way->wanted;

		if (variant->mapped && way->go == go_map_shared)
			wanted = 0;
		if (variant->mapped && way->go == go_map_private)
			wanted = EINVAL;
		try_way(_metadata, &self->world, way, wanted);
	}
}

FIXTURE(mapping)
{
	struct world world;
};

FIXTURE_SETUP(mapping)
{
	if (vm_driver_missing_gmem_only())
		SKIP(return, "%s", vm_driver_missing_gmem_only());
	set_up(_metadata, &self->world, true);
}

FIXTURE_TEARDOWN(mapping)
{
	tear_down(_metadata, &self->world);
}

TEST_F(mapping, leads_to_nothing_private)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(by_mapping) && __test_passed(_metadata); i++)
		try_way(_metadata, &self->world, &by_mapping[i], by_mapping[i].wanted);
}

/* Another VM has the mapping for its memory: KVM gets at pages as everybody does. */
TEST_F(mapping, lends_nothing_to_another_vm)
{
	struct world *world = &self->world;
	struct vm_driver *other;
	struct guest_access got;

	other = vm_driver_create(1);
	ASSERT_EQ(0, vm_driver_set_memslot(other, 1, BASE, SIZE, world->view.base, -1, false));
	got = vm_driver_touch(other, 0, ACCESS_READ, BASE, 0);
	vm_expect_end(_metadata, ACCESS_EFAULT, got.end, BASE, "read by another VM");
	expect_guest_pages(_metadata, world, "read by another VM");
	got = vm_driver_touch(other, 0, ACCESS_WRITE, BASE, ~TAG);
	vm_expect_end(_metadata, ACCESS_EFAULT, got.end, BASE, "write by another VM");
	expect_guest_pages(_metadata, world, "write by another VM");
	vm_driver_free(other);
}

/* Pages that become shared are those of the memslot's memory; where it has none, out of reach. */
TEST_F(file, leads_to_nothing_after_conversion)
{
	struct world *world = &self->world;
	struct guest_access got;

	ASSERT_EQ(0, vm_driver_convert(world->vmd, BASE, SZ_4K, false));
	if (variant->mapped) {
		expect_end_of_way(_metadata, "load after conversion", BUS_ERROR,
				  go_load(&world->target));
	} else {
		EXPECT_EQ(0, *(u64 *)world->view.base);
	}

	ASSERT_EQ(0, vm_driver_convert(world->vmd, BASE, SZ_4K, true));
	got = vm_driver_touch(world->vmd, 0, ACCESS_READ, BASE, 0);
	vm_expect_content(_metadata, TAG, got.value, BASE, "private again");
	expect_guest_pages(_metadata, world, "private again");
}

/* Removing pages by the mapping is a hole like any other. */
TEST_F(mapping, removes_pages)
{
	struct world *world = &self->world;
	struct guest_access got;

	ASSERT_EQ(0, madvise(world->view.base, SZ_4K, MADV_REMOVE));
	vm_expect_leaves_of(_metadata, world->vmd, LEVEL_4K, NR_PAGES - 1, BASE, "removed");
	got = vm_driver_touch(world->vmd, 0, ACCESS_READ, BASE, 0);
	vm_expect_content(_metadata, 0, got.value, BASE, "removed");
	got = vm_driver_touch(world->vmd, 0, ACCESS_READ, BASE + SZ_4K, 0);
	vm_expect_content(_metadata, TAG + 1, got.value, BASE + SZ_4K, "page behind the removed");
	vm_expect_no_warning(_metadata, BASE, "removed");
}

/* Without this, a way that leads nowhere would look as if KVM had barred it. */
TEST(every_way_leads_to_shared_pages)
{
	struct target target = { };
	size_t i;
	void *hva;
	int fd;

	if (vm_driver_missing_gmem_only())
		SKIP(return, "%s", vm_driver_missing_gmem_only());

	kernel_log_start();
	fd = vm_driver_create_gmem_of_host(SIZE);
	ASSERT_LE(0, fd);
	hva = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, hva);
	open_target(_metadata, &target, fd, hva);
	for (i = 0; i < ARRAY_SIZE(by_mapping); i++) {
		const struct way *way = &by_mapping[i];

		if (!way_exists(_metadata, way))
			continue;
		*(u64 *)hva = TAG;
		expect_end_of_way(_metadata, way->name, way->wanted_shared, way->go(&target));
		empty_pipe(&target);
	}
	expect_end_of_way(_metadata, "a shared mapping", 0, go_map_shared(&target));
	vm_expect_no_warning(_metadata, BASE, "shared pages");
	close_target(&target);
	munmap(hva, SIZE);
	close(fd);
}

/* A page is cleared when it is new, and never again, whoever meets it next. */
TEST(pages_keep_what_the_host_has_written)
{
	u64 page;
	void *hva;
	int fd, times;

	if (vm_driver_missing_gmem_only())
		SKIP(return, "%s", vm_driver_missing_gmem_only());

	kernel_log_start();
	fd = vm_driver_create_gmem_of_host(SIZE);
	ASSERT_LE(0, fd);
	for (times = 0; times < 2; times++) {
		hva = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		ASSERT_NE(MAP_FAILED, hva);
		for (page = 0; page < NR_PAGES; page++) {
			u64 *content = hva + page * SZ_4K;

			vm_expect_content(_metadata, times ? TAG + page : 0, *content,
					  page * SZ_4K, times ? "mapped again" : "new");
			*content = TAG + page;
		}
		munmap(hva, SIZE);
	}
	close(fd);
	vm_expect_no_warning(_metadata, BASE, "shared pages");
}

int main(int argc, char **argv)
{
	suite_start(0);
	return suite_harness_run(argc, argv);
}
