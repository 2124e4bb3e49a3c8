/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's (L1's) page tables for a guest of its own (L2), NPT or EPT.  L2's gpas are L1's,
 * unless an entry is changed.
 */
#ifndef LPAGE_NESTED_TABLES_H
#define LPAGE_NESTED_TABLES_H

#include <linux/bits.h>
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

/* Of an entry that lets L2 write. */
#define NESTED_WRITABLE		BIT_ULL(1)

/* What L1 is told of an access of L2's that its entry does not allow, by the bits of NPT. */
enum nested_fault {
	NESTED_FAULT_PRESENT	= BIT(0),	/* there is an entry */
	NESTED_FAULT_WRITE	= BIT(1),
	NESTED_FAULT_RESERVED	= BIT(3),	/* it has bits that have to be 0 */
	NESTED_FAULT_FETCH	= BIT(4),
	NESTED_FAULT_ALL	= NESTED_FAULT_PRESENT | NESTED_FAULT_WRITE |
				  NESTED_FAULT_RESERVED | NESTED_FAULT_FETCH,
	NESTED_FAULT_FINAL	= BIT(5),	/* bit 32: not on L2's way through its own tables */
};

/* Page @page of their memory, in which each of enum nested_table is one. */
u64 *nested_tables_page(const struct nested_tables *tables, u64 page);

/* Write all of them: leaves of 2M, which let L2 read, write and execute. */
void nested_tables_write(const struct nested_tables *tables);

/* Entries by which L2 has the 2M of L1's at @gpa, the 4K there, or what the table there says. */
u64 nested_tables_huge_leaf(u64 gpa);
u64 nested_tables_leaf(u64 gpa);
u64 nested_tables_link(u64 gpa);

/* @entry does not let L2 execute; @leaf of 2M has a bit that has to be 0. */
u64 nested_tables_no_execute(u64 entry);
u64 nested_tables_reserved(u64 leaf);

/*
 * Have L2 see the 2M that are number @i from @base on by one more table, with leaves of 4K of the
 * same memory: at @memory, which the guest has at @gpa.
 */
void nested_tables_use_pages(const struct nested_tables *tables, u64 i, u64 *memory, u64 gpa);

/*
 * The bits that an entry gets when L2 reads its page, and when it writes there; 0 where L1's CPU
 * marks none: EPT without accessed and dirty flags.
 */
u64 nested_tables_accessed(void);
u64 nested_tables_dirty(void);

#endif /* LPAGE_NESTED_TABLES_H */
