/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's (L1's) page tables for a guest of its own (L2), NPT or EPT.  L2's gpas are L1's,
 * unless an entry is changed.
 */
#ifndef LPAGE_NESTED_TABLES_H
#define LPAGE_NESTED_TABLES_H

#include <linux/types.h>

/* Pages, in this order. */
enum nested_table {
	NESTED_TOP,		/* of five levels: NPT has as many as L1 itself (CR4.LA57) */
	NESTED_ROOT,		/* of four */
	NESTED_POINTERS,	/* each entry for 1G */
	NESTED_OWN,		/* for 2M, of libkvm's own memslot */
	NESTED_DIRECTORY,	/* for 2M, of memory under test */
	NR_NESTED_TABLES,
};

struct nested_tables {
	u64 *memory;		/* that the guest has at @gpa */
	u64 gpa;
	u64 base;		/* a whole GiB: what is mapped of memory under test */
};

/* Write all of them: leaves of 2M, which let L2 read, write and execute. */
void nested_tables_write(const struct nested_tables *tables);

/* An entry of NESTED_DIRECTORY by which L2 has the 2M of L1's at @gpa. */
u64 nested_tables_leaf(u64 gpa);

/*
 * Have L2 see the first 2M at @base by leaves of 4K, in one more table: at @memory, which the guest
 * has at @gpa.
 */
void nested_tables_use_pages(const struct nested_tables *tables, u64 *memory, u64 gpa);

#endif /* LPAGE_NESTED_TABLES_H */
