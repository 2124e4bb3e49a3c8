// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: whatever NUMA node the host's memory comes from or is moved to, while it is uniform,
 * mixed, mapped or not, what moves is unmapped and nothing else, leaves come back as large as
 * the host's own mappings and the attributes allow, and contents stay; guest_memfd takes its
 * pages from the nodes that its policy names.
 *
 * Where memory lies is asked of the kernel (move_pages()) before and after each move.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"
#include "test_util.h"

#include "host/full_run.h"
#include "host/host_node.h"
#include "kvm/kernel_log.h"
#include "kvm/vm_driver.h"
#include "suite/scenario_case.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

/*
 * Cases are scenarios in which %1$s stands for a kind of memory and %2$s for the way in which
 * somebody else moves it.
 */
struct numa_case {
	const char *name;
	const char *scenario;
	bool whole_process;		/* all memory of the process moves: that takes seconds */
};

/* The fixture @_fixture, whose variants are cases. */
#define NUMA_FIXTURE(_fixture)								\
	FIXTURE(_fixture) {								\
	};										\
	FIXTURE_VARIANT(_fixture) {							\
		struct numa_case what;							\
	};										\
	FIXTURE_SETUP(_fixture) {							\
	}										\
	FIXTURE_TEARDOWN(_fixture) {							\
	}										\
	struct numa_fixture_ends_##_fixture

#define NUMA_CASE(_fixture, _name, ...)							\
	FIXTURE_VARIANT_ADD(_fixture, _name) { .what.name = #_name, .what.scenario = __VA_ARGS__ }

/* Its cases with memory of one kind. */
#define NUMA_TEST(_fixture, _name, _kind)						\
	TEST_F(_fixture, _name)								\
	{										\
		run(_metadata, &variant->what, _kind, #_fixture);			\
	}										\
	struct numa_test_ends_##_fixture##_name

/* A constant reason why @what cannot be run with memory of @kind; NULL if it can. */
static const char *missing(const struct numa_case *what, enum backing_kind kind, const char *text)
{
	if (suite_missing(kind))
		return suite_missing(kind);
	if (host_node_missing())
		return host_node_missing();
	if (kind == BACKING_HUGETLB_1GB)
		return full_run_missing() ? : host_node_missing_1g();
	/* Small pages of one kind are enough for every day. */
	if ((kind == BACKING_ANONYMOUS || kind == BACKING_MEMFD || what->whole_process) &&
	    full_run_missing())
		return full_run_missing();
	if (kind == BACKING_HUGETLB_2MB || kind == BACKING_ANONYMOUS_HUGETLB_2MB)
		return host_node_missing_2m();
	return suite_missing_modes(text);
}

/* Memory of hugetlb's own cannot be moved by another process: see check_migrate(). */
static const char *way_of_others(enum backing_kind kind)
{
	return kind == BACKING_ANONYMOUS_HUGETLB_2MB ? "move_pages" : "other_process";
}

static void run(struct __test_metadata *_metadata, const struct numa_case *what,
		enum backing_kind kind, const char *fixture)
{
	char test[SUITE_NAME_MAX], text[2048];
	int len = snprintf(text, sizeof(text), what->scenario, backing_kind_name(kind),
			   way_of_others(kind));

	TEST_ASSERT(len < (int)sizeof(text), "No room for the scenario of %s", what->name);
	if (missing(what, kind, text))
		SKIP(return, "%s", missing(what, kind, text));

	suite_name(test, fixture, what->name, _metadata->name);
	scenario_case_run(_metadata, text, test, false);
}

/* Memory that lies on one node, on both, or where it was first touched. */

NUMA_FIXTURE(placement);

/* A pre-fault takes both sides of a boundary: with small pages every one costs. */
#define PLACED(_name)							\
	NUMA_CASE(placement, _name,					\
		"place " #_name "\n"					\
		"memslot 1 gpa 16G size 4M backing %1$s guest_memfd\n"	\
		"touch write 16G+2M-8K 16K\n"				\
		"prefault 16G+2M-64K 128K\n"					\
		"convert private 16G+2M 4K\n"				\
		"touch write 16G+2M-4K 8K\n"				\
		"convert shared 16G+2M 4K\n"				\
		"touch read 16G+2M-8K 16K\n"				\
		"expect exit none\n"					\
		"prefault 16G+2M-64K 128K\n")

PLACED(node_0);
PLACED(node_1);
PLACED(interleaved);
PLACED(touched_on_node_0);
PLACED(touched_on_node_1);

NUMA_TEST(placement, anonymous, BACKING_ANONYMOUS);
NUMA_TEST(placement, anonymous_thp, BACKING_ANONYMOUS_THP);
NUMA_TEST(placement, anonymous_hugetlb_2mb, BACKING_ANONYMOUS_HUGETLB_2MB);
NUMA_TEST(placement, shmem, BACKING_SHMEM);

/* Memory that is moved. */

NUMA_FIXTURE(migration);

#define MIGRATE(_name, ...)	NUMA_CASE(migration, _name, __VA_ARGS__)

#define SLOT_4M		"memslot 1 gpa 16G size 4M backing %1$s guest_memfd\n"
#define LOGGED_4M	"memslot 1 gpa 16G size 4M backing %1$s\n"

/* All of it on node 0. */
#define ON_NODE_0(_slot)						\
	"place node_0\n" _slot						\
	"migrate 16G 4M to node_0 by move_pages\n"			\
	"touch write 16G 8K\n"						\
	"touch write 16G+2M-8K 16K\n"					\
	"prefault 16G+2M-64K 128K\n"

#define READ_BACK							\
	"touch read 16G 8K\n"						\
	"touch read 16G+2M-8K 16K\n"

/* Neither do the others move, nor what lies there already. */
MIGRATE(uniform,
	ON_NODE_0(SLOT_4M)
	"migrate 16G+2M 2M to node_1 by move_pages\n"
	READ_BACK
	"prefault 16G+2M-64K 128K\n"
	"migrate 16G 4M to node_1 by mbind\n"
	READ_BACK
	"prefault 16G+2M-64K 128K\n"
	"migrate 16G 4M to node_1 by move_pages\n"
	"migrate 16G 4M to node_1 by mbind\n"
	"migrate 16G 4M to node_1 by %2$s\n"
	"migrate 16G 4M to node_0 by %2$s\n"
	"expect no leaf\n"
	READ_BACK
	"prefault 16G+2M-64K 128K\n");

MIGRATE(unmapped,
	"place node_0\n" SLOT_4M
	"migrate 16G 4M to node_0 by mbind\n"
	"touch write 16G 8K\n"
	"convert private 16G 4M\n"
	"convert shared 16G 4M\n"
	"migrate 16G 4M to node_1 by move_pages\n"
	"expect no leaf\n"
	"touch read 16G 8K\n"
	"prefault 16G+2M-64K 128K\n");

MIGRATE(mixed,
	ON_NODE_0(SLOT_4M)
	"convert private 16G+2M-4K 8K\n"
	"touch write 16G+2M-8K 16K\n"
	"prefault 16G 64K\n"
	"migrate 16G 4M to node_1 by move_pages\n"
	"expect no leaf\n"
	READ_BACK
	"migrate 16G 2M to node_0 by %2$s\n"
	READ_BACK
	"convert shared 16G+2M-4K 4K\n"
	"prefault 16G+2M-64K 64K\n"
	"migrate 16G 4M to node_0 by mbind\n"
	READ_BACK
	"convert shared 16G+2M 4K\n"
	"prefault 16G+2M-64K 128K\n"
	READ_BACK);

/* Private leaves go as well, but their pages stay. */
MIGRATE(behind_private_pages,
	ON_NODE_0(SLOT_4M)
	"convert private 16G 4M\n"
	"touch write 16G 8K\n"
	"touch write 16G+2M-8K 16K\n"
	"migrate 16G 4M to node_1 by move_pages\n"
	"expect no leaf\n"
	READ_BACK
	"migrate 16G+2M 2M to node_0 by %2$s\n"
	READ_BACK
	"convert shared 16G 4M\n"
	READ_BACK
	"prefault 16G+2M-64K 128K\n");

MIGRATE(evacuated,
	ON_NODE_0(SLOT_4M)
	"convert private 16G+2M 4K\n"
	"touch write 16G+2M-8K 16K\n"
	"evacuate node_0\n"
	"expect no leaf\n"
	READ_BACK
	"evacuate node_0\n"
	"convert shared 16G+2M 4K\n"
	"prefault 16G+2M-64K 128K\n"
	"evacuate node_1\n"
	READ_BACK
	"prefault 16G+2M-64K 128K\n",
	.what.whole_process = true);

MIGRATE(logged,
	ON_NODE_0(LOGGED_4M)
	"log 1 on\n"
	"touch write 16G 4K\n"
	"dirty 1\n"
	"touch write 16G+2M 4K\n"
	"migrate 16G 4M to node_1 by move_pages\n"
	"expect no leaf\n"
	"touch write 16G+4K 4K\n"
	"dirty 1\n"
	"migrate 16G 4M to node_0 by mbind\n"
	READ_BACK
	"log 1 off\n"
	READ_BACK
	"prefault 16G+2M-64K 128K\n");

MIGRATE(memslot_created_again,
	ON_NODE_0(SLOT_4M)
	"convert private 16G+2M 4K\n"
	"migrate 16G 4M to node_1 by move_pages\n"
	"expect no leaf\n"
	"prefault 16G 4K\n"
	"delete 1\n"
	"place node_1\n"
	SLOT_4M
	"migrate 16G+2M 2M to node_0 by move_pages\n"
	"touch write 16G+2M-8K 16K\n"
	"prefault 16G 4K\n"
	"convert shared 16G+2M 4K\n"
	"migrate 16G+2M 2M to node_1 by %2$s\n"
	"touch read 16G+2M-8K 8K\n"
	"prefault 16G+2M-64K 128K\n");

NUMA_TEST(migration, anonymous, BACKING_ANONYMOUS);
NUMA_TEST(migration, anonymous_thp, BACKING_ANONYMOUS_THP);
NUMA_TEST(migration, anonymous_hugetlb_2mb, BACKING_ANONYMOUS_HUGETLB_2MB);
NUMA_TEST(migration, shmem, BACKING_SHMEM);
NUMA_TEST(migration, memfd, BACKING_MEMFD);
NUMA_TEST(migration, hugetlb_2mb, BACKING_HUGETLB_2MB);

/* Pages that are seen in several places are unmapped in all of them. */

NUMA_FIXTURE(shared_file);

#define SHARING(_name, ...)	NUMA_CASE(shared_file, _name, __VA_ARGS__)

SHARING(two_memslots,
	ON_NODE_0(SLOT_4M)
	"memslot 2 gpa 17G+4M size 4M backing %1$s\n"
	"prefault 17G+6M-64K 128K\n"
	"migrate 17G+6M 2M to node_1 by move_pages\n"
	READ_BACK
	"prefault 16G+2M-64K 128K\n"
	"convert private 16G+2M 4K\n"
	"prefault 17G+6M-64K 128K\n"
	"touch write 16G+2M 8K\n"
	"migrate 16G 4M to node_1 by %2$s\n"
	READ_BACK
	"touch read 17G+6M 8K\n"
	"expect exit none\n"
	"prefault 17G+6M-64K 128K\n");

NUMA_TEST(shared_file, memfd, BACKING_MEMFD);
NUMA_TEST(shared_file, hugetlb_2mb, BACKING_HUGETLB_2MB);

/* Transparent hugepages stay what they are. */

NUMA_FIXTURE(thp);

#define HUGE_2M(_name, ...)	NUMA_CASE(thp, _name, __VA_ARGS__)

HUGE_2M(moved_whole,
	ON_NODE_0(SLOT_4M)
	"collapse 16G 4M\n"
	"prefault 16G+2M-64K 128K\n"
	"migrate 16G+2M 2M to node_1 by move_pages\n"
	READ_BACK
	"prefault 16G+2M-64K 128K\n"
	"expect 2M x2\n"
	"convert private 16G 4K\n"
	"prefault 16G+4K 4K\n"
	"migrate 16G 4M to node_1 by %2$s\n"
	READ_BACK
	"convert shared 16G 4K\n"
	"prefault 16G+2M-64K 128K\n");

HUGE_2M(split_before_it_moves,
	ON_NODE_0(SLOT_4M)
	"collapse 16G 4M\n"
	"prefault 16G+2M-64K 128K\n"
	"split 16G+4K 4K by mprotect\n"
	"prefault 16G 4K\n"
	"migrate 16G 4M to node_1 by move_pages\n"
	"expect no leaf\n"
	READ_BACK
	"prefault 16G+2M-64K 128K\n");

HUGE_2M(dropped_in_part_before_it_moves,
	ON_NODE_0(SLOT_4M)
	"collapse 16G 4M\n"
	"prefault 16G+2M-64K 128K\n"
	"dontneed 16G+4K 4K\n"
	"touch write 16G 12K\n"
	"migrate 16G 4M to node_1 by mbind\n"
	"expect no leaf\n"
	"touch read 16G 12K\n"
	"migrate 16G 4M to node_0 by %2$s\n"
	"touch read 16G 12K\n"
	"prefault 16G+2M-64K 128K\n");

NUMA_TEST(thp, anonymous, BACKING_ANONYMOUS_THP);
NUMA_TEST(thp, shmem, BACKING_SHMEM);

/* 1G pages; it takes seconds to copy one under emulation. */

NUMA_FIXTURE(gigantic);

#define HUGE_1G(_name, ...)	NUMA_CASE(gigantic, _name, __VA_ARGS__)

HUGE_1G(moved,
	"memslot 1 gpa 16G size 1G backing %1$s guest_memfd\n"
	"touch write 16G+512M 8K\n"
	"prefault 16G 1G\n"
	"migrate 16G 1G to node_0 by move_pages\n"
	"prefault 16G 1G\n"
	"touch read 16G+512M 8K\n"
	"migrate 16G 1G to node_1 by %2$s\n"
	"expect no leaf\n"
	"convert private 16G+512M 4K\n"
	"touch write 16G+512M-4K 12K\n"
	"prefault 16G 4K\n"
	"migrate 16G 1G to node_0 by mbind\n"
	"touch read 16G+512M-4K 12K\n"
	"convert shared 16G+512M 4K\n"
	"prefault 16G 1G\n"
	"touch read 16G+512M 8K\n");

NUMA_TEST(gigantic, hugetlb_1gb, BACKING_HUGETLB_1GB);

/*
 * The policy of a guest_memfd.  Pages that the host can reach are those of a VM without private
 * memory: of each it is known where it lies.
 */

#define NR_PAGES	64ul
#define FILE_SIZE	(NR_PAGES * SZ_4K)

FIXTURE(policy)
{
	int fd;
	void *map;		/* all of the file */
};

static int allocate(int fd, u64 offset, u64 size)
{
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, offset, size);
}

static int punch(int fd, u64 offset, u64 size)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size);
}

static const char *missing_policy(void)
{
	if (vm_driver_missing_gmem_only())
		return vm_driver_missing_gmem_only();
	if (vm_driver_missing_gmem_policy())
		return vm_driver_missing_gmem_policy();
	return host_node_missing();
}

FIXTURE_SETUP(policy)
{
	self->fd = -1;
	self->map = MAP_FAILED;
	if (missing_policy())
		SKIP(return, "%s", missing_policy());

	kernel_log_start();
	self->fd = vm_driver_create_gmem_of_host(FILE_SIZE);
	ASSERT_LE(0, self->fd);
	self->map = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, self->map);
}

FIXTURE_TEARDOWN(policy)
{
	if (self->map != MAP_FAILED)
		munmap(self->map, FILE_SIZE);
	if (self->fd >= 0)
		close(self->fd);
	vm_expect_no_warning(_metadata, 0, "guest_memfd without a VM");
}

/* Page @page lies on the wrong @node. */
static void report_node(unsigned long page, int wanted, int node)
{
	printf("# Wanted page %lu of the guest_memfd on node %d, got node %d\n", page, wanted,
	       node);
}

/* Pages [@page, @page + @nr) of the file lie on @node. The host maps them to be able to ask. */
static bool lies_on(void *map, unsigned long page, unsigned long nr, int wanted)
{
	int node[NR_PAGES];
	unsigned long i;

	if (madvise(map + page * SZ_4K, nr * SZ_4K, MADV_POPULATE_READ) ||
	    host_node_read(map + page * SZ_4K, SZ_4K, nr, node))
		return false;

	for (i = 0; i < nr; i++) {
		if (node[i] != wanted) {
			report_node(page + i, wanted, node[i]);
			return false;
		}
	}
	return true;
}

/* One after the other, on one node and on the other. */
static bool is_interleaved(void *map, unsigned long nr)
{
	int node[NR_PAGES];
	unsigned long i;

	if (madvise(map, nr * SZ_4K, MADV_POPULATE_READ) || host_node_read(map, SZ_4K, nr, node))
		return false;

	for (i = 1; i < nr; i++) {
		if (node[i] == node[i - 1]) {
			report_node(i, !node[i], node[i]);
			return false;
		}
	}
	return true;
}

TEST_F(policy, all_on_one_node)
{
	int node;

	for (node = 0; node < SCENARIO_NODES; node++) {
		ASSERT_EQ(0, punch(self->fd, 0, FILE_SIZE));
		ASSERT_EQ(0, host_node_bind(self->map, FILE_SIZE, PLACE_NODE_0 + node));
		ASSERT_EQ(0, allocate(self->fd, 0, FILE_SIZE));
		EXPECT_TRUE(lies_on(self->map, 0, NR_PAGES, node));
	}
}

/* The first page that the host touches is no matter of fallocate(). */
TEST_F(policy, touched_by_the_host)
{
	ASSERT_EQ(0, host_node_bind(self->map, FILE_SIZE, PLACE_NODE_1));
	EXPECT_TRUE(lies_on(self->map, 0, NR_PAGES / 2, 1));
	ASSERT_EQ(0, host_node_bind(self->map, FILE_SIZE, PLACE_NODE_0));
	EXPECT_TRUE(lies_on(self->map, NR_PAGES / 2, NR_PAGES / 2, 0));
	/* What is there already has not moved. */
	EXPECT_TRUE(lies_on(self->map, 0, NR_PAGES / 2, 1));
}

TEST_F(policy, interleaved)
{
	const long foreign = host_node_foreign_pages();

	ASSERT_EQ(0, host_node_bind(self->map, FILE_SIZE, PLACE_INTERLEAVED));
	ASSERT_EQ(0, allocate(self->fd, 0, FILE_SIZE));
	if (host_node_foreign_pages() != foreign)
		SKIP(return, MISSING_NODE_MEMORY);
	EXPECT_TRUE(is_interleaved(self->map, NR_PAGES));
}

/* Each page has the policy of its own place in the file. */
TEST_F(policy, of_each_page)
{
	unsigned long page;

	for (page = 0; page < NR_PAGES; page++)
		ASSERT_EQ(0, host_node_bind(self->map + page * SZ_4K, SZ_4K,
					    PLACE_NODE_0 + page % 3 % 2));
	ASSERT_EQ(0, allocate(self->fd, 0, FILE_SIZE));
	for (page = 0; page < NR_PAGES; page++)
		EXPECT_TRUE(lies_on(self->map, page, 1, page % 3 % 2));
}

/* A file that has room for a large folio, which lies on one node only. */
static void *map_hugepage(int *fd)
{
	void *map;

	*fd = vm_driver_create_gmem_of_host(SZ_2M);
	if (*fd < 0)
		return MAP_FAILED;
	map = mmap(NULL, SZ_2M, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (map == MAP_FAILED)
		close(*fd);
	return map;
}

static bool half_lies_on(void *map, int half, int node)
{
	return lies_on(map + half * SZ_1M, 0, NR_PAGES, node) &&
	       lies_on(map + (half + 1) * SZ_1M - FILE_SIZE, 0, NR_PAGES, node);
}

TEST_F(policy, of_a_hugepage)
{
	void *map;
	int node, fd;

	for (node = 0; node < SCENARIO_NODES; node++) {
		map = map_hugepage(&fd);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_EQ(0, host_node_bind(map, SZ_2M, PLACE_NODE_0 + node));
		EXPECT_EQ(0, allocate(fd, 0, SZ_2M));
		EXPECT_TRUE(half_lies_on(map, 0, node) && half_lies_on(map, 1, node));
		munmap(map, SZ_2M);
		close(fd);
	}
}

/* Reserved, or touched by the host: either way each half has a policy of its own. */
TEST_F(policy, of_each_half)
{
	int reserve, fd;
	void *map;

	for (reserve = 0; reserve < 2; reserve++) {
		map = map_hugepage(&fd);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_EQ(0, host_node_bind(map, SZ_1M, PLACE_NODE_0));
		EXPECT_EQ(0, host_node_bind(map + SZ_1M, SZ_1M, PLACE_NODE_1));
		EXPECT_EQ(0, reserve ? allocate(fd, 0, SZ_2M) : 0);
		EXPECT_TRUE(half_lies_on(map, 0, 0));
		EXPECT_TRUE(half_lies_on(map, 1, 1));
		munmap(map, SZ_2M);
		close(fd);
	}
}

/* It is the file's, not the mapping's: another mapping tells it, and survives it. */
TEST_F(policy, of_the_file)
{
	const u64 offset = FILE_SIZE / 4;
	void *other = mmap(NULL, FILE_SIZE - offset, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd,
			   offset);
	void *whole = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);

	/* mbind() splits the first two into pieces with a policy each, but not the third. */
	const struct {
		const char *name;
		void *at;
		enum node_placement wanted;
	} row[] = {
		{ "first page", self->map, PLACE_ANYWHERE },
		{ "end of the first quarter", self->map + offset - SZ_4K, PLACE_ANYWHERE },
		{ "second quarter", self->map + offset, PLACE_NODE_1 },
		{ "third quarter", self->map + 2 * offset, PLACE_INTERLEAVED },
		{ "second quarter, another mapping", other, PLACE_NODE_1 },
		{ "end of it, another mapping", other + offset - SZ_4K, PLACE_NODE_1 },
		{ "end of the third quarter, another mapping", other + 2 * offset - SZ_4K,
		  PLACE_INTERLEAVED },
		{ "last quarter, another mapping", other + 2 * offset, PLACE_ANYWHERE },
		{ "end of the first quarter, not split", whole + offset - SZ_4K, PLACE_ANYWHERE },
		{ "second quarter, not split", whole + offset, PLACE_NODE_1 },
		{ "third quarter, not split", whole + 2 * offset, PLACE_INTERLEAVED },
		{ "last quarter, not split", whole + 3 * offset, PLACE_ANYWHERE },
	};
	size_t i;

	ASSERT_NE(MAP_FAILED, other);
	ASSERT_NE(MAP_FAILED, whole);
	ASSERT_EQ(0, host_node_bind(self->map + offset, offset, PLACE_NODE_1));
	ASSERT_EQ(0, host_node_bind(other + offset, offset, PLACE_INTERLEAVED));
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		enum node_placement got = host_node_policy(row[i].at);

		EXPECT_EQ(row[i].wanted, got) {
			TH_LOG("Wanted policy %d of guest_memfd at gpa 0x0 (%s), got %d",
			       row[i].wanted, row[i].name, got);
		}
	}
	munmap(whole, FILE_SIZE);

	munmap(self->map, FILE_SIZE);
	self->map = MAP_FAILED;
	ASSERT_EQ(0, allocate(self->fd, offset, offset));
	EXPECT_TRUE(lies_on(other, 0, NR_PAGES / 4, 1));
	munmap(other, FILE_SIZE - offset);
}

/* What the guest touches, private pages that nobody can ask for: they are counted. */

#define PRIVATE_SIZE	((u64)SZ_32M)
#define PRIVATE_PAGES	(long)(PRIVATE_SIZE / SZ_4K)
#define BASE		(16ull * SZ_1G)

FIXTURE(private_memory)
{
	struct vm_driver *vmd;
	int fd;
	void *map;
};

FIXTURE_SETUP(private_memory)
{
	self->vmd = NULL;
	if (missing_policy())
		SKIP(return, "%s", missing_policy());

	kernel_log_start();
	self->vmd = vm_driver_create(1);
	self->fd = vm_driver_create_gmem_only(self->vmd, PRIVATE_SIZE);
	self->map = mmap(NULL, PRIVATE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, PRIVATE_SIZE, self->map, self->fd,
					   false));
	ASSERT_EQ(0, vm_driver_convert(self->vmd, BASE, PRIVATE_SIZE, true));
}

FIXTURE_TEARDOWN(private_memory)
{
	vm_driver_free(self->vmd);
	munmap(self->map, PRIVATE_SIZE);
	close(self->fd);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* Have the guest's memory mapped, and see on which nodes there are how many pages more. */
static int map_private(struct vm_driver *vmd, long *more)
{
	unsigned int node;
	u64 stopped;
	int r;

	for (node = 0; node < SCENARIO_NODES; node++)
		more[node] = -host_node_unevictable_pages(node);
	r = vm_driver_prefault(vmd, BASE, PRIVATE_SIZE, &stopped);
	for (node = 0; node < SCENARIO_NODES; node++)
		more[node] += host_node_unevictable_pages(node);
	return r;
}

/* Most of the @pages are on @node: the kernel's counters lag behind by some hundreds. */
static bool most_are(const long *more, int node, long pages)
{
	if (labs(more[node] - pages) < PRIVATE_PAGES / 4)
		return true;

	printf("# Wanted %ld pages at gpa 0x%llx on node %d, got %ld\n", pages, BASE, node,
	       more[node]);
	return false;
}

TEST_F(private_memory, all_on_one_node)
{
	long more[SCENARIO_NODES];
	int node;

	for (node = 0; node < SCENARIO_NODES; node++) {
		ASSERT_EQ(0, punch(self->fd, 0, PRIVATE_SIZE));
		ASSERT_EQ(0, host_node_bind(self->map, PRIVATE_SIZE, PLACE_NODE_0 + node));
		ASSERT_EQ(0, map_private(self->vmd, more));
		EXPECT_TRUE(most_are(more, node, PRIVATE_PAGES));
		EXPECT_TRUE(most_are(more, !node, 0));
	}
}

TEST_F(private_memory, interleaved)
{
	const long foreign = host_node_foreign_pages();
	long more[SCENARIO_NODES];

	ASSERT_EQ(0, host_node_bind(self->map, PRIVATE_SIZE, PLACE_INTERLEAVED));
	ASSERT_EQ(0, map_private(self->vmd, more));
	if (host_node_foreign_pages() != foreign)
		SKIP(return, MISSING_NODE_MEMORY);
	EXPECT_TRUE(most_are(more, 0, PRIVATE_PAGES / 2));
	EXPECT_TRUE(most_are(more, 1, PRIVATE_PAGES / 2));
}

int main(int argc, char **argv)
{
	unsigned int kinds = BIT(NR_BACKING_KINDS) - 1;

	/* A 1G page that this process maps moves with it, which takes seconds. */
	if (full_run_missing())
		kinds &= ~BIT(BACKING_HUGETLB_1GB);
	suite_start(kinds);
	return suite_harness_run(argc, argv);
}
