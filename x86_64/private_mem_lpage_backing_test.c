// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a leaf is never larger than what the host itself maps there, and as large as that
 * and the attributes allow, whatever kind of memory backs a memslot, and whenever the host
 * splits, drops or collapses it; contents survive wherever that kind of memory keeps them.
 *
 * Where the host uses transparent hugepages, how it maps them is read from its page tables
 * before and after each step.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/perf_event.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"
#include "test_util.h"

#include "host/one_cpu.h"
#include "host/reclaim.h"
#include "kvm/kernel_log.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "run/scenario_run.h"
#include "suite/scenario_case.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

/* Run the scenario that @format makes with @name, a kind of memory, in its one or two places. */
static void run(struct __test_metadata *_metadata, const char *format, const char *name,
		const char *test, bool read_out)
{
	char text[2048];
	int len = snprintf(text, sizeof(text), format, name, name);

	TEST_ASSERT(len < (int)sizeof(text), "No room for the scenario of %s", test);
	scenario_case_run(_metadata, text, test, read_out);
}

/* Every kind of memory, beside a guest_memfd and without one. */

FIXTURE(source)
{
	char name[SUITE_NAME_MAX];
};

FIXTURE_VARIANT(source)
{
	const char *name;
	enum backing_kind backing;
	const char *words;		/* after "backing" */
	const char *conversions;
	const char *host;		/* what the host may do to this kind */
};

#define SLOT_4M		"memslot 1 gpa 16G size 4M backing %s\n"
#define SLOT_1G		"memslot 1 gpa 16G size 1G backing %s\n"

/* Either side keeps its own contents; a guest_memfd that is both has one for both. */
#define CONVERSIONS						\
	"touch write 16G+2M-8K 16K\n"				\
	"prefault 16G 4M\n"					\
	"convert private 16G+2M-4K 8K\n"			\
	"prefault 16G 4K\n"					\
	"touch write 16G+2M-8K 12K\n"				\
	"touch execute 16G+2M-4K 4K\n"				\
	"convert shared 16G+2M 4K by guest\n"			\
	"prefault 16G+2M 2M\n"					\
	"touch read 16G+2M-8K 16K\n"				\
	"convert private 16G 4M\n"				\
	"touch read 16G+2M-8K 16K\n"				\
	"convert shared 16G 4M\n"				\
	"touch read 16G+2M-8K 16K\n"				\
	"expect exit none\n"					\
	"prefault 16G 4M\n"

/* Memory goes from below while the hugepages are uniform, and while one is mixed. */
#define DROPPED							\
	"touch write 16G 8K\n"					\
	"touch write 16G+2M 8K\n"				\
	"dontneed 16G+2M 2M\n"					\
	"touch read 16G 8K\n"					\
	"touch read 16G+2M 8K\n"				\
	"convert private 16G+2M 4K\n"				\
	"prefault 16G 4K\n"					\
	"touch write 16G+2M+4K 4K\n"				\
	"dontneed 16G 4M\n"					\
	"touch read 16G 8K\n"					\
	"touch read 16G+2M+4K 4K\n"				\
	"expect exit none\n"					\
	"convert shared 16G+2M 4K\n"				\
	"prefault 16G 4M\n"

#define FORKED							\
	"fork 16G+2M+4K\n"					\
	"touch read 16G+2M+4K 4K\n"				\
	"touch write 16G 4K\n"					\
	"expect exit none\n"					\
	"prefault 16G 4M\n"

#define PUNCHED							\
	"touch write 16G+2M 16K\n"				\
	"convert private 16G+2M 8K\n"				\
	"touch read 16G+2M 16K\n"				\
	"punch 16G+2M+4K 8K\n"					\
	"touch read 16G+2M 16K\n"				\
	"convert shared 16G+2M 8K\n"				\
	"touch read 16G+2M 16K\n"				\
	"expect exit none\n"

#define DISCARDED						\
	"touch write 16G+2M 4K\n"				\
	"discard 16G 4M\n"					\
	"expect no leaf\n"					\
	"touch read 16G+2M 4K\n"				\
	"convert private 16G+4K 4K\n"				\
	"discard 16G 2M\n"					\
	"prefault 16G 4K\n"					\
	"prefault 16G+2M 4K\n"					\
	"convert shared 16G+4K 4K\n"

/* Of one 1G page all goes or nothing, and what remains mixed does not depend on it. */
#define HUGETLB_1G_DROPPED					\
	"prefault 16G 1G\n"					\
	"dontneed 16G 1G\n"					\
	"expect no leaf\n"					\
	"touch read 16G 4K\n"					\
	"convert private 16G+2M 4K\n"				\
	"dontneed 16G 1G\n"					\
	"prefault 16G+512M 4K\n"

/* The same pages behind another memslot: what goes there goes here. */
#define SEEN_TWICE						\
	"memslot 2 gpa 17G+4M size 4M backing %s\n"		\
	"prefault 17G+4M 4M\n"					\
	"prefault 16G 4M\n"					\
	"touch write 16G 4K\n"					\
	"touch read 17G+4M 8K\n"				\
	"convert private 17G+4M 4K\n"				\
	"touch write 17G+4M 8K\n"				\
	"touch read 16G 8K\n"					\
	"discard 16G+2M 2M\n"					\
	"touch read 17G+6M 4K\n"				\
	"expect exit none\n"

#define HOST_SOURCE(_name, _backing, _words, _conversions, _host)				\
	FIXTURE_VARIANT_ADD(source, _name) {						\
		.name = #_name, .backing = _backing, .words = _words,			\
		.conversions = _conversions, .host = _host,				\
	};										\
	FIXTURE_VARIANT_ADD(source, _name##_and_guest_memfd) {				\
		.name = #_name "_and_guest_memfd", .backing = _backing,			\
		.words = _words " guest_memfd",						\
		.conversions = _conversions, .host = _host,				\
	}

HOST_SOURCE(anonymous, BACKING_ANONYMOUS, "anonymous", SLOT_4M CONVERSIONS, SLOT_4M DROPPED FORKED);

HOST_SOURCE(anonymous_thp, BACKING_ANONYMOUS_THP, "anonymous_thp", SLOT_4M CONVERSIONS,
	    SLOT_4M DROPPED FORKED);

HOST_SOURCE(anonymous_hugetlb_2mb, BACKING_ANONYMOUS_HUGETLB_2MB, "anonymous_hugetlb_2mb",
	    SLOT_4M CONVERSIONS, SLOT_4M DROPPED FORKED);

HOST_SOURCE(anonymous_hugetlb_1gb, BACKING_ANONYMOUS_HUGETLB_1GB, "anonymous_hugetlb_1gb",
	    SLOT_1G CONVERSIONS "prefault 16G 1G\n", SLOT_1G HUGETLB_1G_DROPPED);

HOST_SOURCE(shmem, BACKING_SHMEM, "shmem", SLOT_4M CONVERSIONS, SLOT_4M DROPPED FORKED DISCARDED);

HOST_SOURCE(hugetlb_2mb, BACKING_HUGETLB_2MB, "hugetlb_2mb", SLOT_4M CONVERSIONS,
	    SLOT_4M SEEN_TWICE DROPPED FORKED DISCARDED);

HOST_SOURCE(hugetlb_1gb, BACKING_HUGETLB_1GB, "hugetlb_1gb",
	    SLOT_1G CONVERSIONS "prefault 16G 1G\n",
	    SLOT_1G HUGETLB_1G_DROPPED FORKED);

HOST_SOURCE(memfd, BACKING_MEMFD, "memfd", SLOT_4M CONVERSIONS,
	    SLOT_4M SEEN_TWICE DROPPED FORKED DISCARDED);

FIXTURE_VARIANT_ADD(source, guest_memfd_only) {
	.name = "guest_memfd_only", .backing = BACKING_GUEST_MEMFD, .words = "guest_memfd",
	.conversions = SLOT_4M CONVERSIONS, .host = SLOT_4M PUNCHED,
};

FIXTURE_SETUP(source)
{
	if (suite_missing(variant->backing))
		SKIP(return, "%s", suite_missing(variant->backing));

	suite_name(self->name, "source", variant->name, _metadata->name);
}

FIXTURE_TEARDOWN(source)
{
}

TEST_F(source, conversions)
{
	run(_metadata, variant->conversions, variant->words, self->name, true);
}

TEST_F(source, changes_by_host)
{
	run(_metadata, variant->host, variant->words, self->name, false);
}

/* Transparent hugepages that come and go. */

SCENARIO_FIXTURE(thp);

#define CASE_2M(_name, ...)	SCENARIO_CASE(thp, _name, BACKING_ANONYMOUS_THP, __VA_ARGS__)

/* Anonymous memory has hugepages from the start, of shmem they are made. */
#define HUGE_4M	"memslot 1 gpa 16G size 4M backing %s guest_memfd\ncollapse 16G 4M\nprefault 16G 4M\n"

/*
 * The host's own mapping of two hugepages, and what the guest may be given, as long as nothing is
 * private:
 *
 *	2M	|---------------|---------------|
 *	host	[      2M      ][      2M      ]	2M x2
 *	d	 d					the first is split: 4K x512 2M x1
 *	ddd		       ddd			both are: 4K x1024
 *	c	cccccccccccccccc			collapsed: 2M again
 *
 * d: a page is dropped, protected or refused as a hugepage, and with it the host's 2M.
 */
CASE_2M(dropped_in_part,
	HUGE_4M
	"touch write 16G 12K\n"
	"touch write 16G+2M 4K\n"
	"dontneed 16G+4K 4K\n"
	"touch read 16G 12K\n"
	"expect 4K x3 2M x1\n"
	"prefault 16G 4M\n"
	"touch read 16G+2M 4K\n"
	"expect 4K x512 2M x1\n");

CASE_2M(dropped_across_a_boundary,
	HUGE_4M
	"touch write 16G+2M-12K 24K\n"
	"dontneed 16G+2M-8K 16K\n"
	"touch read 16G+2M-12K 24K\n"
	"expect 4K x6\n"
	"prefault 16G 4M\n"
	"collapse 16G+2M 2M\n"
	"prefault 16G 4M\n"
	"touch read 16G+2M-12K 24K\n"
	"expect 4K x512 2M x1\n");

CASE_2M(one_page_protected,
	HUGE_4M
	"touch write 16G 12K\n"
	"split 16G+4K 4K by mprotect\n"
	"touch read 16G 12K\n"
	"expect 4K x3 2M x1\n"
	"prefault 16G 4M\n"
	"split 16G+4K 4K by mprotect\n"
	"prefault 16G 4M\n"
	"collapse 16G 2M\n"
	"touch read 16G 12K\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n");

CASE_2M(one_page_without_hugepage,
	HUGE_4M
	"touch write 16G+4M-8K 8K\n"
	"split 16G+4M-4K 4K by nohugepage\n"
	"touch read 16G+4M-8K 8K\n"
	"expect 4K x2 2M x1\n"
	"prefault 16G 4M\n"
	"collapse 16G 4M\n"
	"touch read 16G+4M-8K 8K\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n");

/* Whole hugepages are not split; leaves go only where that is announced. */
CASE_2M(whole_hugepages_changed,
	HUGE_4M
	"split 16G 2M by nohugepage\n"
	"split 16G 4M by nohugepage\n"
	"split 16G+2M 2M by mprotect\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n"
	"dontneed 16G 2M\n"
	"prefault 16G 4M\n"
	"expect 4K x512 2M x1\n");

CASE_2M(two_hugepages_split_by_their_middles,
	HUGE_4M
	"split 16G+1M 2M by nohugepage\n"
	"prefault 16G 4M\n"
	"expect 4K x1024\n"
	"collapse 16G 4M\n"
	"split 16G+1M 2M by mprotect\n"
	"prefault 16G 4M\n"
	"expect 4K x1024\n");

CASE_2M(split_before_conversion,
	HUGE_4M
	"split 16G+4K 4K by mprotect\n"
	"convert private 16G+8K 4K\n"
	"touch write 16G 16K\n"
	"expect 4K x4 2M x1\n"
	"convert shared 16G+8K 4K\n"
	"prefault 16G 4M\n"
	"touch read 16G 16K\n"
	"collapse 16G 2M\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n");

/* Neither is a mixed hugepage huge because the host's is, nor the reverse. */
CASE_2M(collapsed_while_mixed,
	HUGE_4M
	"convert private 16G+8K 4K\n"
	"touch write 16G 16K\n"
	"expect 4K x4 2M x1\n"
	"split 16G+8K 4K by nohugepage\n"
	"touch read 16G 16K\n"
	"collapse 16G 2M\n"
	"prefault 16G 4M\n"
	"touch read 16G 16K\n"
	"convert shared 16G+8K 4K\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n");

CASE_2M(split_while_mixed_collapsed_when_uniform,
	HUGE_4M
	"convert private 16G+2M-4K 8K\n"
	"prefault 16G 2M\n"
	"expect 4K x512\n"
	"dontneed 16G 4K\n"
	"convert shared 16G+2M-4K 8K\n"
	"prefault 16G 4M\n"
	"collapse 16G 2M\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n");

/* The host's memory behind private pages may change as it likes. */
CASE_2M(changed_below_private_pages,
	HUGE_4M
	"convert private 16G 2M\n"
	"touch write 16G+1M 8K\n"
	"split 16G+1M 4K by nohugepage\n"
	"touch read 16G+1M 8K\n"
	"collapse 16G 2M\n"
	"touch read 16G+1M 8K\n"
	"dontneed 16G+1M 4K\n"
	"touch read 16G+1M 8K\n"
	"convert shared 16G 2M\n"
	"prefault 16G 4M\n"
	"expect 4K x512 2M x1\n"
	"collapse 16G 2M\n"
	"prefault 16G 4K\n"
	"expect 2M x2\n");

/* The levels are those of the page's own address, not of its memslot's first or last. */
CASE_2M(first_hugepage_split_last_not,
	"memslot 1 gpa 16G size 6M backing %s guest_memfd\n"
	"collapse 16G 6M\n"
	"split 16G+4K 4K by mprotect\n"
	"prefault 16G 6M\n"
	"expect 4K x512 2M x2\n"
	"collapse 16G 2M\n"
	"split 16G+4M 4K by mprotect\n"
	"prefault 16G 6M\n"
	"convert private 16G+2M 4K\n"
	"prefault 16G+4K 4K\n"
	"prefault 16G+2M+4K 4K\n"
	"expect 4K x513 2M x1\n");

CASE_2M(memslot_begins_inside_hugepage,
	"memslot 1 gpa 16G+1M size 4M hva 1M backing %s guest_memfd\n"
	"collapse 16G+2M 2M\n"
	"prefault 16G+1M 4M\n"
	"convert private 16G+2M 4K\n"
	"split 16G+3M 4K by nohugepage\n"
	"prefault 16G+3M 1M\n"
	"expect 4K x768\n"
	"convert shared 16G+2M 4K\n"
	"collapse 16G+2M 2M\n"
	"prefault 16G+1M 4M\n"
	"split 16G+1M+4K 4K by mprotect\n"
	"prefault 16G+1M 4M\n"
	"expect 4K x512 2M x1\n");

CASE_2M(host_address_misaligned,
	"memslot 1 gpa 16G size 4M hva 4K backing %s guest_memfd\n"
	"collapse 16G+2M-4K 2M\n"
	"prefault 16G 4M\n"
	"split 16G+2M 4K by nohugepage\n"
	"prefault 16G 4M\n"
	"expect 4K x1024\n"
	"collapse 16G+2M-4K 2M\n"
	"prefault 16G 4M\n"
	"expect 4K x1024\n");

CASE_2M(split_while_logged,
	"memslot 1 gpa 16G size 4M backing %s\n"
	"collapse 16G 4M\n"
	"prefault 16G 4M\n"
	"log 1 on\n"
	"touch write 16G 8K\n"
	"split 16G+4K 4K by mprotect\n"
	"touch write 16G+2M 8K\n"
	"expect 4K x512\n"
	"touch write 16G 8K\n"
	"log 1 off\n"
	"touch read 16G 8K\n"
	"touch read 16G+2M 8K\n"
	"collapse 16G 2M\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n");

CASE_2M(memslot_created_again_over_split_memory,
	HUGE_4M
	"split 16G+4K 4K by mprotect\n"
	"convert private 16G+2M 4K\n"
	"delete 1\n"
	"memslot 1 gpa 16G size 4M backing %s\n"
	"collapse 16G+2M 2M\n"
	"expect no leaf\n"
	"prefault 16G 4K\n"
	"touch read 16G+2M 8K\n");

CASE_2M(forked,
	HUGE_4M
	"touch write 16G 8K\n"
	"convert private 16G+2M 4K\n"
	"fork 16G+4K\n"
	"touch read 16G 8K\n"
	"expect 2M x1\n"
	"touch write 16G 8K\n"
	"prefault 16G 4M\n"
	"convert shared 16G+2M 4K\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n");

TEST_F(thp, anonymous)
{
	run(_metadata, variant->scenario, "anonymous_thp", self->name, false);
}

TEST_F(thp, shmem)
{
	run(_metadata, variant->scenario, "shmem", self->name, false);
}

/* Memory that the host may only read: the guest may not write to its shared pages either. */

#define BASE		(16ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_4M)
#define READ_ONLY	((u64)SZ_2M)		/* the offset from which on it is, to the end */
#define TAG		0x9e0711ull

FIXTURE(read_only)
{
	struct plain_vm vm;
};

FIXTURE_VARIANT(read_only)
{
	enum backing_kind backing;
};

FIXTURE_VARIANT_ADD(read_only, memfd) { .backing = BACKING_MEMFD };
FIXTURE_VARIANT_ADD(read_only, hugetlb_2mb) { .backing = BACKING_HUGETLB_2MB };

static u64 *host_page(FIXTURE_DATA(read_only) * self, u64 offset)
{
	return self->vm.view.base + offset;
}

static int protect(FIXTURE_DATA(read_only) * self, int protection)
{
	return mprotect(self->vm.view.base + READ_ONLY, SLOT_SIZE - READ_ONLY, protection);
}

FIXTURE_SETUP(read_only)
{
	if (suite_missing(variant->backing))
		SKIP(return, "%s", suite_missing(variant->backing));

	plain_vm_create(&self->vm, variant->backing, SLOT_SIZE, SLOT_SIZE);
	*host_page(self, 0) = TAG;
	*host_page(self, READ_ONLY) = TAG;
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, SLOT_SIZE));
	ASSERT_EQ(0, protect(self, PROT_READ));
}

FIXTURE_TEARDOWN(read_only)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* The guest accesses one page, which is to end as @wanted; it reads or writes @tag. */
static void expect_access(struct __test_metadata *_metadata, FIXTURE_DATA(read_only) * self,
			  u64 offset, enum access access, u64 tag, enum access_end wanted)
{
	const u64 gpa = BASE + offset;
	const char *what = access == ACCESS_WRITE ? "write" : "read";
	struct guest_access got = vm_driver_touch(self->vm.vmd, 0, access, gpa, tag);

	vm_expect_end(_metadata, wanted, got.end, gpa, what);
	if (access == ACCESS_READ && wanted == ACCESS_DONE)
		vm_expect_content(_metadata, tag, got.value, gpa, what);
}

static void expect_host_tag(struct __test_metadata *_metadata, FIXTURE_DATA(read_only) * self,
			    u64 offset, u64 tag)
{
	vm_expect_content(_metadata, tag, *host_page(self, offset), BASE + offset, "host");
}

/* There are @nr leaves of the level @wanted, and no others. */
static void expect_leaves(struct __test_metadata *_metadata, FIXTURE_DATA(read_only) * self,
			  enum level wanted, u64 nr, const char *when)
{
	vm_expect_leaves_of(_metadata, self->vm.vmd, wanted, nr, BASE, when);
}

/* Nor does a write that comes first install anything. */
TEST_F(read_only, write_before_any_read)
{
	expect_access(_metadata, self, READ_ONLY, ACCESS_WRITE, TAG + 1, ACCESS_EFAULT);
	expect_leaves(_metadata, self, LEVEL_4K, 0, "after a refused write");
	expect_host_tag(_metadata, self, READ_ONLY, TAG);
}

/* What is read is mapped as large as ever. */
TEST_F(read_only, write_after_read)
{
	enum level level = backing_kind_level(variant->backing);

	expect_access(_metadata, self, 0, ACCESS_READ, TAG, ACCESS_DONE);
	expect_access(_metadata, self, READ_ONLY, ACCESS_READ, TAG, ACCESS_DONE);
	expect_leaves(_metadata, self, level, 2, "after reads");
	expect_access(_metadata, self, 0, ACCESS_WRITE, TAG + 1, ACCESS_DONE);
	expect_access(_metadata, self, READ_ONLY, ACCESS_WRITE, TAG + 2, ACCESS_EFAULT);
	expect_leaves(_metadata, self, level, 2, "after a refused write");
	expect_host_tag(_metadata, self, 0, TAG + 1);
	expect_host_tag(_metadata, self, READ_ONLY, TAG);
}

/* Private pages of a mixed hugepage are the guest_memfd's, whatever the host's memory allows. */
TEST_F(read_only, mixed)
{
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE + READ_ONLY + SZ_4K, SZ_4K, true));
	expect_access(_metadata, self, READ_ONLY + SZ_4K, ACCESS_WRITE, TAG + 1, ACCESS_DONE);
	expect_access(_metadata, self, READ_ONLY, ACCESS_READ, TAG, ACCESS_DONE);
	expect_access(_metadata, self, READ_ONLY, ACCESS_WRITE, TAG + 2, ACCESS_EFAULT);
	expect_leaves(_metadata, self, LEVEL_4K, 2, "while mixed");
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE + READ_ONLY + SZ_4K, SZ_4K, false));
	expect_access(_metadata, self, READ_ONLY + SZ_4K, ACCESS_WRITE, TAG + 3, ACCESS_EFAULT);
	expect_access(_metadata, self, READ_ONLY, ACCESS_READ, TAG, ACCESS_DONE);
	expect_host_tag(_metadata, self, READ_ONLY, TAG);
}

TEST_F(read_only, writable_again)
{
	expect_access(_metadata, self, READ_ONLY, ACCESS_READ, TAG, ACCESS_DONE);
	ASSERT_EQ(0, protect(self, PROT_READ | PROT_WRITE));
	expect_access(_metadata, self, READ_ONLY, ACCESS_WRITE, TAG + 1, ACCESS_DONE);
	expect_leaves(_metadata, self, backing_kind_level(variant->backing), 1, "writable again");
	expect_host_tag(_metadata, self, READ_ONLY, TAG + 1);
}

/*
 * What the guest may write to is dirty for the host from the fault on, be it one of a read
 * (kvm_mmu_finish_page_fault()): MADV_FREE takes back only what nobody can have written since.
 */
#define MISSING_RECLAIM	"host that reclaims pages on request"

/* Is what was in the page without a memslot gone? */
static bool host_reclaims(u64 *page)
{
	*page = TAG;
	return reclaim_page(page);
}

FIXTURE(mapped_ahead)
{
};

FIXTURE_VARIANT(mapped_ahead)
{
	bool prefaults;
};

FIXTURE_VARIANT_ADD(mapped_ahead, by_a_read) { .prefaults = false };
FIXTURE_VARIANT_ADD(mapped_ahead, by_a_prefault) { .prefaults = true };

FIXTURE_SETUP(mapped_ahead)
{
	if (variant->prefaults && !vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");
}

FIXTURE_TEARDOWN(mapped_ahead)
{
}

TEST_F(mapped_ahead, then_written_survives_reclaim)
{
	struct guest_access got;
	struct plain_vm vm;
	cpu_set_t before;
	u64 *page, stopped;

	plain_vm_create(&vm, BACKING_ANONYMOUS, SZ_8K, SZ_8K);
	page = vm.view.base;
	/* Until it is marked as one that may go, a page is on a list of the CPU's that said so. */
	before = one_cpu_stay();
	if (!host_reclaims(page + SZ_4K / sizeof(*page))) {
		plain_vm_free(&vm);
		SKIP(return, MISSING_RECLAIM);
	}

	ASSERT_EQ(0, plain_vm_add_memslot(&vm, BASE, SZ_4K));
	*page = TAG;
	ASSERT_EQ(0, madvise(page, SZ_4K, MADV_FREE));
	if (variant->prefaults) {
		ASSERT_EQ(0, vm_driver_prefault(vm.vmd, BASE, SZ_4K, &stopped));
	} else {
		got = vm_driver_touch(vm.vmd, 0, ACCESS_READ, BASE, 0);
		vm_expect_content(_metadata, TAG, got.value, BASE, "read");
	}
	vm_driver_touch(vm.vmd, 0, ACCESS_WRITE, BASE, TAG + 1);
	ASSERT_EQ(0, madvise(page, SZ_4K, MADV_PAGEOUT));
	one_cpu_leave(&before);
	got = vm_driver_touch(vm.vmd, 0, ACCESS_READ, BASE, 0);
	vm_expect_content(_metadata, TAG + 1, got.value, BASE, "written, then reclaimed");
	vm_expect_content(_metadata, TAG + 1, *page, BASE, "host");
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* Memory for the samples of an event that has none, at *@samples; returns its file or -1. */
static int map_samples(void **samples)
{
	struct perf_event_attr event = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(event),
		.config = PERF_COUNT_SW_DUMMY,
		.disabled = 1,
	};
	int fd = syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	/* A page about the event comes first. */
	*samples = fd < 0 ? MAP_FAILED : mmap(NULL, SZ_8K, PROT_READ, MAP_SHARED, fd, 0);
	if (*samples != MAP_FAILED) {
		*samples += SZ_4K;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/*
 * Memory that no page is behind, as far as the host's mapping tells (VM_PFNMAP, which those of
 * events are from 6.15 on): what it may only read the guest may not write to either
 * (hva_to_pfn_remapped()).
 */
TEST(no_page_is_written_through_a_read_only_mapping)
{
	struct guest_access got;
	struct vm_driver *vmd;
	void *samples;
	int fd = map_samples(&samples);

	if (fd < 0)
		SKIP(return, "perf_event_open()");

	kernel_log_start();
	vmd = vm_driver_create(1);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE, SZ_4K, samples, -1, false));
	got = vm_driver_touch(vmd, 0, ACCESS_READ, BASE, 0);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, BASE, "read");
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 1, BASE, "read");
	got = vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE, TAG);
	/* KVM_EXIT_MMIO by kvm_handle_error_pfn(), where it is a page EFAULT. */
	EXPECT_TRUE(got.end == ACCESS_MMIO || got.end == ACCESS_EFAULT) {
		TH_LOG("Wanted a refused write at gpa 0x%llx (host may only read), got %s", BASE,
		       access_end_name(got.end));
	}
	vm_expect_content(_metadata, 0, *(u64 *)samples, BASE, "host");
	vm_driver_free(vmd);
	munmap(samples - SZ_4K, SZ_8K);
	close(fd);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

int main(int argc, char **argv)
{
	suite_start(BIT(NR_BACKING_KINDS) - 1);
	return suite_harness_run(argc, argv);
}
