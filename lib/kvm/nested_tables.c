// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "processor.h"

#include <linux/bits.h>
#include <linux/sizes.h>

#include "kvm/nested_tables.h"

#define NR_ENTRIES	512

/* By NPT: present, writable, for users, as all its walks are; by EPT: read, write, execute. */
#define ALLOWS_ALL	GENMASK_ULL(2, 0)
#define HUGE		BIT_ULL(7)

/* Of EPT's leaves; for NPT it is the PAT that says so. */
#define EPT_WRITE_BACK	(6ull << 3)

static u64 leaf(u64 gpa)
{
	return gpa | ALLOWS_ALL | (host_cpu_is_intel ? EPT_WRITE_BACK : 0);
}

u64 nested_tables_leaf(u64 gpa)
{
	return leaf(gpa) | HUGE;
}

static u64 *entry(const struct nested_tables *tables, enum nested_table table, u64 i)
{
	return &tables->memory[table * NR_ENTRIES + i];
}

static u64 link_to(const struct nested_tables *tables, enum nested_table table)
{
	return (tables->gpa + table * SZ_4K) | ALLOWS_ALL;
}

void nested_tables_write(const struct nested_tables *tables)
{
	u64 i;

	memset(tables->memory, 0, NR_NESTED_TABLES * SZ_4K);
	*entry(tables, NESTED_TOP, 0) = link_to(tables, NESTED_ROOT);
	*entry(tables, NESTED_ROOT, 0) = link_to(tables, NESTED_POINTERS);
	*entry(tables, NESTED_POINTERS, 0) = link_to(tables, NESTED_OWN);
	*entry(tables, NESTED_POINTERS, tables->base / SZ_1G) = link_to(tables, NESTED_DIRECTORY);
	for (i = 0; i < NR_ENTRIES; i++) {
		*entry(tables, NESTED_OWN, i) = nested_tables_leaf(i * SZ_2M);
		*entry(tables, NESTED_DIRECTORY, i) = nested_tables_leaf(tables->base + i * SZ_2M);
	}
}

void nested_tables_use_pages(const struct nested_tables *tables, u64 *memory, u64 gpa)
{
	u64 i;

	for (i = 0; i < NR_ENTRIES; i++)
		memory[i] = leaf(tables->base + i * SZ_4K);
	*entry(tables, NESTED_DIRECTORY, 0) = gpa | ALLOWS_ALL;
}
