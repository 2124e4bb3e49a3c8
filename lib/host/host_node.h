/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NUMA nodes of the host: let new memory of this process come from one, see where it lies,
 * and move it.  Built with libnuma; without its headers host_node_absent.c takes the place
 * of host_node.c, and all of this is missing.
 *
 * Node 0 and node 1 are the first two nodes with memory, whatever the kernel calls them.
 */
#ifndef LPAGE_HOST_NODE_H
#define LPAGE_HOST_NODE_H

#include <stddef.h>

#include "scenario/scenario.h"

#define MISSING_NODE_MEMORY	"free memory on each NUMA node"

/* The node of a page that is not there. */
#define HOST_NODE_NONE	(-1)

/* A constant reason why memory cannot be moved from one node to another; NULL if it can. */
const char *host_node_missing(void);

/* The same for hugetlb pages of 2M, of which each node must have enough to move some to. */
const char *host_node_missing_2m(void);

/* The same for 1G. */
const char *host_node_missing_1g(void);

/* A constant reason why memory cannot be touched first by a CPU of each node, or NULL. */
const char *host_node_missing_cpus(void);

/*
 * Let memory that this thread touches first from now on lie as @placement says;
 * PLACE_ANYWHERE puts things back as they were when the program began.
 */
void host_node_place(enum node_placement placement);

/*
 * Give the mapping [@start, @start + @size) a policy of its own: one of PLACE_ANYWHERE,
 * PLACE_NODE_0, PLACE_NODE_1 and PLACE_INTERLEAVED.  Nothing is moved.  Returns 0 or the errno.
 */
int host_node_bind(void *start, size_t size, enum node_placement placement);

/*
 * The placement that the policy at the address @at stands for, among those four; NR_PLACEMENTS
 * if it is another one.
 */
enum node_placement host_node_policy(void *at);

/*
 * Fill in the nodes of @nr pages, @stride bytes from one to the next, from @start on: 0, 1,
 * HOST_NODE_NONE for no page, or a higher number for another node.  Returns 0 or the errno.
 */
int host_node_read(void *start, size_t stride, size_t nr, int *node);

/*
 * Try to move the memory around @nr such pages to @node.  What cannot be moved at the moment
 * stays: see host_node_read().  Returns 0 or the errno.
 */
int host_node_move(void *start, size_t stride, size_t nr, unsigned int node,
		   enum migrate_way way);

/* Try to move all memory of this process from @node to the other one, in the same way. */
int host_node_evacuate(unsigned int node);

/*
 * Pages on @node that are not reclaimed, those of guest_memfd among them and few others; the kernel
 * counts roughly.
 */
long host_node_unevictable_pages(unsigned int node);

/*
 * Pages that were wanted on one of the two nodes and that the kernel has taken elsewhere, so
 * far: where it need not obey a policy (alloc_pages_mpol()) it does that rather than make room.
 */
long host_node_foreign_pages(void);

#endif /* LPAGE_HOST_NODE_H */
