// SPDX-License-Identifier: GPL-2.0-only
/* What lib/host/host_node.c is where it cannot be built. */
#include <errno.h>

#include "test_util.h"

#include "host/host_node.h"

static const char no_libnuma[] = "libnuma's headers when the tests were built";

const char *host_node_missing(void)
{
	return no_libnuma;
}

const char *host_node_missing_2m(void)
{
	return no_libnuma;
}

const char *host_node_missing_1g(void)
{
	return no_libnuma;
}

const char *host_node_missing_cpus(void)
{
	return no_libnuma;
}

void host_node_place(enum node_placement placement)
{
	TEST_ASSERT(placement == PLACE_ANYWHERE, "Missing: %s", no_libnuma);
}

int host_node_bind(void *start, size_t size, enum node_placement placement)
{
	return EOPNOTSUPP;
}

enum node_placement host_node_policy(void *at)
{
	return NR_PLACEMENTS;
}

int host_node_read(void *start, size_t stride, size_t nr, int *node)
{
	return EOPNOTSUPP;
}

int host_node_move(void *start, size_t stride, size_t nr, unsigned int node,
		   enum migrate_way way)
{
	return EOPNOTSUPP;
}

int host_node_evacuate(unsigned int node)
{
	return EOPNOTSUPP;
}

long host_node_unevictable_pages(unsigned int node)
{
	return 0;
}

long host_node_foreign_pages(void)
{
	return 0;
}
