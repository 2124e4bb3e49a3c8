// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "processor.h"
#include "vmx.h"

#include <linux/sizes.h>

#include "kvm/nested_tables.h"

#define NR_ENTRIES	512

/* By NPT: present, writable, for users, as all its walks are; by EPT: read, write, execute. */
#define ALLOWS_ALL	GENMASK_ULL(2, 0)
#define HUGE		BIT_ULL(7)

/* What keeps L2 from executing: a bit of NPT's, or none of EPT's. */
#define NPT_NO_EXECUTE	BIT_ULL(63)
#define EPT_EXECUTE	BIT_ULL(2)

/* Of the address of a hugepage's 4K, reserved by both. */
#define RESERVED_OF_2M	BIT_ULL(13)

/* Of EPT's leaves; for NPT it is the PAT that says so. */
#define EPT_WRITE_BACK	(6ull << 3)

u64 nested_tables_leaf(u64 gpa)
{
	return gpa | ALLOWS_ALL | (host_cpu_is_intel ? EPT_WRITE_BACK : 0);
}

u64 nested_tables_huge_leaf(u64 gpa)
{
	return nested_tables_leaf(gpa) | HUGE;
}

u64 nested_tables_link(u64 gpa)
{
	return gpa | ALLOWS_ALL;
}

u64 nested_tables_no_execute(u64 entry)
{
	return host_cpu_is_intel ? entry & ~EPT_EXECUTE : entry | NPT_NO_EXECUTE;
}

u64 nested_tables_reserved(u64 leaf)
{
	return leaf | RESERVED_OF_2M;
}

u64 *nested_tables_page(const struct nested_tables *tables, u64 page)
{
	return tables->memory + page * NR_ENTRIES;
}

static u64 *entry(const struct nested_tables *tables, enum nested_table table, u64 i)
{
	return nested_tables_page(tables, table) + i;
}

static u64 link_to(const struct nested_tables *tables, enum nested_table table)
{
	return nested_tables_link(tables->gpa + table * SZ_4K);
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
		*entry(tables, NESTED_OWN, i) = nested_tables_huge_leaf(i * SZ_2M);
		*entry(tables, NESTED_DIRECTORY, i) =
			nested_tables_huge_leaf(tables->base + i * SZ_2M);
	}
}

void nested_tables_use_pages(const struct nested_tables *tables, u64 i, u64 *memory, u64 gpa)
{
	u64 page;

	for (page = 0; page < NR_ENTRIES; page++)
		memory[page] = nested_tables_leaf(tables->base + i * SZ_2M + page * SZ_4K);
	*entry(tables, NESTED_DIRECTORY, i) = nested_tables_link(gpa);
}

static u64 flag(unsigned int bit_of_npt, unsigned int bit_of_ept)
{
	if (!host_cpu_is_intel)
		return BIT_ULL(bit_of_npt);

	return kvm_get_feature_msr(MSR_IA32_VMX_EPT_VPID_CAP) & VMX_EPT_VPID_CAP_AD_BITS ?
	       BIT_ULL(bit_of_ept) : 0;
}

u64 nested_tables_accessed(void)
{
	return flag(5, 8);
}

u64 nested_tables_dirty(void)
{
	return flag(6, 9);
}
