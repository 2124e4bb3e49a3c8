// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/kernel.h>
#include <linux/mempolicy.h>
#include <numa.h>

#include "test_util.h"

#include "host/host_node.h"
#include "host/must_hold.h"

/* Enough to move to for every scenario: the files that memslots share have 8. */
#define MIN_FREE_2M	8

static void find_nodes(int number[SCENARIO_NODES])
{
	unsigned int nr = 0;
	int i;

	for (i = 0; i <= numa_max_node() && nr < SCENARIO_NODES; i++) {
		if (numa_node_size64(i, NULL) > 0)
			number[nr++] = i;
	}
}

/* The kernel's number of node @node, -1 if it is not there; found out once, by way of sysfs. */
static int number(unsigned int node)
{
	static int number[SCENARIO_NODES] = { -1, -1 };

	if (number[0] < 0)
		find_nodes(number);
	return number[node];
}

static struct bitmask *mask_of(enum node_placement placement)
{
	struct bitmask *mask = numa_allocate_nodemask();

	if (placement == PLACE_NODE_0 || placement == PLACE_INTERLEAVED)
		numa_bitmask_setbit(mask, number(0));
	if (placement == PLACE_NODE_1 || placement == PLACE_INTERLEAVED)
		numa_bitmask_setbit(mask, number(1));
	return mask;
}

static enum node_placement bound_to(unsigned int node)
{
	return node ? PLACE_NODE_1 : PLACE_NODE_0;
}

static int mode_of(enum node_placement placement)
{
	switch (placement) {
	case PLACE_NODE_0:
	case PLACE_NODE_1:
		return MPOL_BIND;
	case PLACE_INTERLEAVED:
		return MPOL_INTERLEAVE;
	default:
		return MPOL_DEFAULT;
	}
}

/* Those of @cpus that are on node @node; other CPUs are not ours to use. */
static cpu_set_t cpus_of(unsigned int node, const cpu_set_t *cpus)
{
	struct bitmask *mask = numa_allocate_cpumask();
	bool known = !numa_node_to_cpus(number(node), mask);
	cpu_set_t both;
	int cpu;

	CPU_ZERO(&both);
	for (cpu = 0; known && cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, cpus) && numa_bitmask_isbitset(mask, cpu))
			CPU_SET(cpu, &both);
	}
	numa_free_cpumask(mask);
	return both;
}

/* Run on the CPUs of node @node only; -1: on those that the thread ran on before. */
static void run_on(int node)
{
	static cpu_set_t before;
	static bool elsewhere;
	cpu_set_t cpus;

	if (node >= 0 && !elsewhere)
		elsewhere = !sched_getaffinity(0, sizeof(before), &before);
	if (!elsewhere)
		return;

	cpus = node < 0 ? before : cpus_of(node, &before);
	if (!sched_setaffinity(0, sizeof(cpus), &cpus))
		elsewhere = node >= 0;
}

/*
 * Give this thread (@start is NULL) or [@start, @start + @size) the policy of @placement.
 * libnuma has set_mempolicy(), mbind() and get_mempolicy(), but libkvm has a numaif.h of its own,
 * another one in each release, which hides libnuma's.  Returns 0 or the errno.
 */
static int set_policy(enum node_placement placement, void *start, size_t size, unsigned int flags)
{
	struct bitmask *mask = mask_of(placement);
	int mode = mode_of(placement);
	unsigned long *nodes = mode == MPOL_DEFAULT ? NULL : mask->maskp;
	unsigned long max = mode == MPOL_DEFAULT ? 0 : mask->size + 1;
	long r = start ? syscall(__NR_mbind, start, size, mode, nodes, max, flags) :
			 syscall(__NR_set_mempolicy, mode, nodes, max);

	numa_free_nodemask(mask);
	return r ? errno : 0;
}

void host_node_place(enum node_placement placement)
{
	if (placement == PLACE_TOUCHED_ON_0 || placement == PLACE_TOUCHED_ON_1)
		run_on(placement - PLACE_TOUCHED_ON_0);
	else
		run_on(-1);

	MUST_HOLD(!set_policy(placement, NULL, 0, 0),
		  "Cannot set the memory policy of this thread");
}

int host_node_bind(void *start, size_t size, enum node_placement placement)
{
	return set_policy(placement, start, size, 0);
}

enum node_placement host_node_policy(void *at)
{
	struct bitmask *mask = numa_allocate_nodemask();
	enum node_placement placement = NR_PLACEMENTS;
	enum node_placement i;
	int mode;

	if (syscall(__NR_get_mempolicy, &mode, mask->maskp, mask->size + 1, at, MPOL_F_ADDR))
		mode = -1;
	for (i = PLACE_ANYWHERE; i <= PLACE_INTERLEAVED; i++) {
		struct bitmask *wanted = mask_of(i);

		if (mode == mode_of(i) && numa_bitmask_equal(mask, wanted))
			placement = i;
		numa_free_nodemask(wanted);
	}
	numa_free_nodemask(mask);
	return placement;
}

static void **list_pages(void *start, size_t stride, size_t nr)
{
	void **page = calloc(nr, sizeof(*page));
	size_t i;

	TEST_ASSERT(page, "out of memory");
	for (i = 0; i < nr; i++)
		page[i] = start + i * stride;
	return page;
}

/* What the kernel says of a page, a node's number or an error, as host_node_read() has it. */
static int node_of(int status)
{
	if (status < 0)
		return HOST_NODE_NONE;
	if (status == number(0))
		return 0;
	return status == number(1) ? 1 : SCENARIO_NODES;
}

int host_node_read(void *start, size_t stride, size_t nr, int *node)
{
	void **page = list_pages(start, stride, nr);
	int r = numa_move_pages(0, nr, page, NULL, node, 0) ? errno : 0;
	int last = -ENOENT, last_node = HOST_NODE_NONE;
	size_t i;

	for (i = 0; i < nr && !r; i++) {
		/* Mostly it is the same as for the page before. */
		if (node[i] != last) {
			last = node[i];
			last_node = node_of(last);
		}
		node[i] = last_node;
	}
	free(page);
	return r;
}

static int move_pages_of(pid_t pid, void *start, size_t stride, size_t nr, unsigned int node)
{
	void **page = list_pages(start, stride, nr);
	int *status = calloc(nr, sizeof(*status));
	int *target = calloc(nr, sizeof(*target));
	size_t i;
	int r;

	TEST_ASSERT(status && target, "out of memory");
	for (i = 0; i < nr; i++)
		target[i] = number(node);
	/* All: a page may be mapped more than once.  More than 0: so many have not been moved. */
	r = numa_move_pages(pid, nr, page, target, status, MPOL_MF_MOVE_ALL) < 0 ? errno : 0;
	free(page);
	free(status);
	free(target);
	return r;
}

/* The policy is taken back, so that it does not decide about later memory. */
static int move_by_mbind(void *start, size_t size, unsigned int node)
{
	int r = set_policy(bound_to(node), start, size, MPOL_MF_MOVE_ALL);

	return r ? r : host_node_bind(start, size, PLACE_ANYWHERE);
}

/* Whoever calls keeps the memory in question from being copied by fork(). */
static int move_by_other_process(void *start, size_t stride, size_t nr, unsigned int node)
{
	pid_t self = getpid();
	pid_t child = fork();
	int status;

	if (!child)
		_exit(move_pages_of(self, start, stride, nr, node));

	if (child < 0 || waitpid(child, &status, 0) != child)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

int host_node_move(void *start, size_t stride, size_t nr, unsigned int node, enum migrate_way way)
{
	switch (way) {
	case MIGRATE_MBIND:
		return move_by_mbind(start, stride * nr, node);
	case MIGRATE_OTHER_PROCESS:
		return move_by_other_process(start, stride, nr, node);
	default:
		return move_pages_of(0, start, stride, nr, node);
	}
}

int host_node_evacuate(unsigned int node)
{
	struct bitmask *from = mask_of(bound_to(node)), *to = mask_of(bound_to(!node));
	int r = numa_migrate_pages(0, from, to) < 0 ? errno : 0;

	numa_free_nodemask(from);
	numa_free_nodemask(to);
	return r;
}

/* The number behind @key in the file @name of node @node in sysfs; without @key the first. */
static long read_sysfs(unsigned int node, const char *name, const char *key)
{
	char path[128], word[64];
	long value = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/%s", number(node), name);
	file = fopen(path, "r");
	if (!file)
		return 0;

	while (key && fscanf(file, "%63s", word) == 1 && strcmp(word, key))
		;
	if (fscanf(file, "%ld", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

long host_node_unevictable_pages(unsigned int node)
{
	return read_sysfs(node, "vmstat", "nr_unevictable");
}

long host_node_foreign_pages(void)
{
	return read_sysfs(0, "numastat", "numa_foreign") +
	       read_sysfs(1, "numastat", "numa_foreign");
}

/* Move @page to each node. Returns 0 or the errno. */
static int try_page(void *page)
{
	unsigned int node;
	int r = 0, got;

	for (node = 0; node < SCENARIO_NODES && !r; node++) {
		r = host_node_move(page, getpagesize(), 1, node, MIGRATE_MOVE_PAGES);
		if (!r)
			r = host_node_read(page, getpagesize(), 1, &got);
		if (!r && got != (int)node)
			r = EBUSY;
	}
	return r;
}

const char *host_node_missing(void)
{
	void *page;
	int r;

	if (numa_available() < 0 || number(1) < 0)
		return "a second NUMA node with memory";

	page = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	r = page == MAP_FAILED ? errno : try_page(page);
	if (page != MAP_FAILED)
		munmap(page, getpagesize());
	errno = 0;
	return r ? "leave to move memory between NUMA nodes" : NULL;
}

/* Has each node @nr hugetlb pages that nobody uses, in the files of folder @size? */
static bool have_free(const char *size, int nr)
{
	char name[64];

	snprintf(name, sizeof(name), "hugepages/%s/free_hugepages", size);
	return read_sysfs(0, name, NULL) >= nr && read_sysfs(1, name, NULL) >= nr;
}

const char *host_node_missing_2m(void)
{
	if (host_node_missing())
		return host_node_missing();
	return have_free("hugepages-2048kB", MIN_FREE_2M) ? NULL :
							    "2M hugetlb pages on each NUMA node";
}

const char *host_node_missing_1g(void)
{
	if (host_node_missing())
		return host_node_missing();
	return have_free("hugepages-1048576kB", 1) ? NULL : "a 1G hugetlb page on each NUMA node";
}

/* Is there a CPU on @node that this program may use? */
static bool has_cpus(unsigned int node)
{
	cpu_set_t ours, cpus;

	if (sched_getaffinity(0, sizeof(ours), &ours))
		return false;
	cpus = cpus_of(node, &ours);
	return CPU_COUNT(&cpus) > 0;
}

const char *host_node_missing_cpus(void)
{
	if (host_node_missing())
		return host_node_missing();
	return has_cpus(0) && has_cpus(1) ? NULL : "CPUs on each NUMA node";
}
