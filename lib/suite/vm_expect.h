/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests of kselftest_harness.h that no scenario describes expect of a VM. A check that fails
 * says so and lets the test go on; @gpa and @when are what its message names: the place, in bytes,
 * and the case.
 */
#ifndef LPAGE_VM_EXPECT_H
#define LPAGE_VM_EXPECT_H

#include <stdio.h>
#include <string.h>

#include "suite/suite_harness.h"

#include "host/idle_page.h"
#include "kvm/kernel_log.h"
#include "kvm/vm_driver.h"
#include "kvm/vm_memory.h"

/* @leaves of each level as @text, of which @size bytes (64 are enough) are there. */
static inline void vm_expect_print_leaves(const u64 leaves[NR_LEVELS], char *text, size_t size)
{
	snprintf(text, size, "4K x%llu, 2M x%llu, 1G x%llu", (unsigned long long)leaves[LEVEL_4K],
		 (unsigned long long)leaves[LEVEL_2M], (unsigned long long)leaves[LEVEL_1G]);
}

/* The VM has the leaves @wanted and no others. */
static inline void vm_expect_leaves(struct __test_metadata *_metadata, struct vm_driver *vmd,
				    const u64 wanted[NR_LEVELS], u64 gpa, const char *when)
{
	char wanted_text[64], got_text[64];
	u64 got[NR_LEVELS];

	vm_driver_leaves(vmd, got);
	vm_expect_print_leaves(wanted, wanted_text, sizeof(wanted_text));
	vm_expect_print_leaves(got, got_text, sizeof(got_text));
	EXPECT_STREQ(wanted_text, got_text) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", wanted_text,
		       (unsigned long long)gpa, when, got_text);
	}
}

/* The VM has @nr leaves of the level @level and no others. */
static inline void vm_expect_leaves_of(struct __test_metadata *_metadata, struct vm_driver *vmd,
				       enum level level, u64 nr, u64 gpa, const char *when)
{
	u64 wanted[NR_LEVELS] = { };

	wanted[level] = nr;
	vm_expect_leaves(_metadata, vmd, wanted, gpa, when);
}

/* A page holds the tag @wanted; @got is what the guest or the host read there. */
static inline void vm_expect_content(struct __test_metadata *_metadata, u64 wanted, u64 got,
				     u64 gpa, const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted content 0x%llx at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)wanted, (unsigned long long)gpa, when,
		       (unsigned long long)got);
	}
}

/* An access ended as @wanted: done, or with that exit. */
static inline void vm_expect_end(struct __test_metadata *_metadata, enum access_end wanted,
				 enum access_end got, u64 gpa, const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", access_end_name(wanted),
		       (unsigned long long)gpa, when, access_end_name(got));
	}
}

/* A call returned @wanted, 0 or an errno. */
static inline void vm_expect_errno(struct __test_metadata *_metadata, int wanted, int got, u64 gpa,
				   const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", strerror(wanted),
		       (unsigned long long)gpa, when, strerror(got));
	}
}

/* The exit of an access is about @wanted. */
static inline void vm_expect_exit_gpa(struct __test_metadata *_metadata, u64 wanted, u64 got,
				      const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted an exit at gpa 0x%llx (%s), got one at 0x%llx",
		       (unsigned long long)wanted, when, (unsigned long long)got);
	}
}

/* An instruction left @wanted times. */
static inline void vm_expect_nr_exits(struct __test_metadata *_metadata, unsigned int wanted,
				      unsigned int got, u64 gpa, const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %u exits at gpa 0x%llx (%s), got %u", wanted,
		       (unsigned long long)gpa, when, got);
	}
}

/* Nothing has been added to the kernel log since kernel_log_start() that should not be there. */
static inline void vm_expect_no_warning(struct __test_metadata *_metadata, u64 gpa,
					const char *when)
{
	bool complains;
	char line[256];

	/* After a failed assertion the harness says what follows EXPECT_FALSE() in any case. */
	complains = kernel_log_complains(false, line, sizeof(line));
	if (!complains)
		return;

	EXPECT_FALSE(complains) {
		TH_LOG("Wanted no warning at gpa 0x%llx (%s), got %s",
		       (unsigned long long)gpa, when, line);
	}
}

/* The page at @hva, which the guest has at @gpa, counts as idle, or used, as @wanted says. */
static inline void vm_expect_idle(struct __test_metadata *_metadata, bool wanted, void *hva,
				  u64 gpa, const char *when)
{
	bool got;

	ASSERT_EQ(0, idle_page_read(hva, &got));
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got the opposite",
		       wanted ? "an idle page" : "a used page", (unsigned long long)gpa, when);
	}
}

/* The page tables of all VMs take @wanted bytes now. */
static inline void vm_expect_page_tables(struct __test_metadata *_metadata, u64 wanted, u64 gpa,
					 const char *when)
{
	u64 got = vm_memory_read().page_tables;

	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted 0x%llx bytes of page tables at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)wanted, (unsigned long long)gpa, when,
		       (unsigned long long)got);
	}
}

/* @wanted hugepages of the default size are free now. */
static inline void vm_expect_free_hugepages(struct __test_metadata *_metadata, u64 wanted, u64 gpa,
					    const char *when)
{
	u64 got = vm_memory_read().free_hugepages;

	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %llu free hugepages at gpa 0x%llx (%s), got %llu",
		       (unsigned long long)wanted, (unsigned long long)gpa, when,
		       (unsigned long long)got);
	}
}

/* All page tables and hugepages that a VM took since @before are back, without a warning. */
static inline void vm_expect_memory_back(struct __test_metadata *_metadata,
					 const struct vm_memory *before, u64 gpa, const char *when)
{
	vm_expect_page_tables(_metadata, before->page_tables, gpa, when);
	vm_expect_free_hugepages(_metadata, before->free_hugepages, gpa, when);
	vm_expect_no_warning(_metadata, gpa, when);
}

#endif /* LPAGE_VM_EXPECT_H */
