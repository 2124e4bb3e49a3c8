// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: with NX hugepages (kvm.nx_huge_pages) the guest executes from 4K leaves only.  Just
 * the hugepages in which it does are split, and counted (nx_lpage_splits) if nothing else
 * keeps them small; recovery lets them come back, those that are mixed by then do not.
 */
#include <linux/bits.h>

#include "suite/scenario_case.h"
#include "suite/suite.h"

SCENARIO_FIXTURE(nx_hugepage);

#define CASE_4K(_name, ...)	SCENARIO_CASE(nx_hugepage, _name, BACKING_SHMEM, __VA_ARGS__)
#define CASE_2M(_name, ...)	SCENARIO_CASE(nx_hugepage, _name, BACKING_HUGETLB_2MB, __VA_ARGS__)
#define CASE_1G(_name, ...)	SCENARIO_CASE(nx_hugepage, _name, BACKING_HUGETLB_1GB, __VA_ARGS__)

/*
 * X is executed, P is private; * is counted in nx_lpage_splits:
 *
 *	mapped	[      2M      ][      2M      ][4K P           ]
 *	X	[4K X         *][      2M      ][4K P X         ]
 *	recover	[no leaf, 2M   ][      2M      ][4K P X         ]
 */
CASE_2M(executed_in_mapped_hugepage,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M\n"
	"touch execute 16G+2M+4K 4K\n"
	"expect 4K x512 2M x2\n"
	"touch execute 16G+2M 16K\n"
	"touch write 16G+2M+8K 8K\n"
	"touch write 16G 4K\n"
	"touch write 16G+4M 4K\n"
	"expect 4K x512 2M x2\n");

CASE_2M(executed_before_it_is_mapped,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"touch execute 16G+4K 4K\n"
	"expect 4K x1\n"
	"touch read 16G+8K 4K\n"
	"touch write 16G+2M-4K 8K\n"
	"prefault 16G 2M\n"
	"touch execute 16G 2M\n"
	"expect 4K x512 2M x1\n");

CASE_1G(executed_in_mapped_hugepage_1G,
	"memslot 1 gpa 16G size 2G backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 2G\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x512 2M x511 1G x1\n"
	"touch execute 16G+8M+4K 4K\n"
	"touch write 16G+512M 4K\n"
	"touch read 17G 4K\n"
	"expect 4K x1024 2M x510 1G x1\n");

CASE_1G(executed_before_it_is_mapped_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb guest_memfd\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x1\n"
	"touch read 16G+6M+4K 4K\n"
	"touch read 16G+8M 4K\n"
	"touch execute 16G+8M+4K 4K\n"
	"touch write 17G-4K 4K\n"
	"expect 4K x514 2M x1\n");

CASE_2M(recovered,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x2\n"
	"touch execute 16G+4M 4K\n"
	"nx_recover\n"
	"touch read 16G+4K 4K\n"
	"touch write 16G+2M 4K\n"
	"touch read 16G+4M 4K\n"
	"touch execute 16G 4K\n"
	"nx_recover\n"
	"nx_recover\n"
	"touch read 16G 4K\n"
	"expect 2M x3\n");

CASE_1G(recovered_1G,
	"memslot 1 gpa 16G size 2G backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 2G\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x512 2M x511 1G x1\n"
	"touch execute 16G+8M 4K\n"
	"nx_recover\n"
	"touch read 16G+6M 4K\n"
	"touch execute 16G+6M 4K\n"
	"touch read 16G+8M 4K\n"
	"nx_recover\n"
	"touch write 16G+8M 4K\n"
	"expect 1G x2\n");

/* What is mixed must not be huge, be it recovered or not. */
CASE_2M(mixed_when_recovered,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x2\n"
	"touch execute 16G+2M 4K\n"
	"convert private 16G+20K 4K\n"
	"touch write 16G+16K 12K\n"
	"nx_recover\n"
	"touch read 16G+16K 12K\n"
	"touch read 16G+2M 4K\n"
	"convert shared 16G+20K 4K\n"
	"touch read 16G+20K 4K\n"
	"touch execute 16G+24K 4K\n"
	"expect 4K x512 2M x2\n");

/* A 1G hugepage is executed in; then one 2M of it becomes mixed, and it is recovered. */
CASE_1G(mixed_when_recovered_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 1G\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x512 2M x511\n"
	"convert private 16G+8M+4K 4K\n"
	"touch write 16G+8M 12K\n"
	"nx_recover\n"
	"touch read 16G+6M 4K\n"
	"touch read 16G+8M 12K\n"
	"touch execute 16G+6M 4K\n"
	"nx_recover\n"
	"convert shared 16G+8M+4K 4K\n"
	"touch read 16G+6M 4K\n"
	"expect 1G x1\n");

/* Here nothing was split for execution: it was small before, and is not counted. */
CASE_2M(executed_in_mixed_hugepage,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G+20K 4K\n"
	"touch read 16G 4K\n"
	"expect 4K x1\n"
	"touch execute 16G 32K\n"
	"touch execute 16G+2M 4K\n"
	"nx_recover\n"
	"touch read 16G 32K\n"
	"touch read 16G+2M 4K\n"
	"convert shared 16G+20K 4K\n"
	"touch read 16G+20K 4K\n"
	"expect 2M x2\n");

/* The same where execution is what maps the first page. */
CASE_2M(executed_in_mixed_hugepage_first,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G+20K 4K\n"
	"touch execute 16G 4K\n"
	"expect 4K x1\n"
	"touch read 16G+4K 4K\n"
	"touch execute 16G+20K 4K\n"
	"nx_recover\n"
	"convert shared 16G+20K 4K\n"
	"touch read 16G+20K 4K\n"
	"expect 4K x3\n");

CASE_2M(private_memory_executed,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"convert private 16G 2M\n"
	"expect 2M x1\n"
	"touch execute 16G 16K\n"
	"touch execute 16G+2M 4K\n"
	"convert private 16G+2M 2M\n"
	"touch execute 16G+2M 4K\n"
	"nx_recover\n"
	"touch read 16G 4K\n"
	"touch read 16G+2M 4K\n");

/* Hugepages that memslots or host addresses cut up are small anyway: nothing is counted. */
CASE_2M(memslots_meet_inside_hugepage,
	"memslot 1 gpa 16G size 3M backing hugetlb_2mb guest_memfd\n"
	"memslot 2 gpa 16G+3M size 3M hva 3M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M\n"
	"touch execute 16G+3M-4K 8K\n"
	"expect 4K x512 2M x2\n"
	"touch execute 16G+4M 4K\n"
	"nx_recover\n"
	"touch read 16G+4M 4K\n"
	"touch read 16G+3M-4K 8K\n"
	"expect 4K x512 2M x2\n");

CASE_2M(host_address_misaligned,
	"memslot 1 gpa 16G size 4M hva 8K backing hugetlb_2mb guest_memfd\n"
	"touch execute 16G 8K\n"
	"expect 4K x2\n"
	"touch read 16G 16K\n"
	"nx_recover\n"
	"touch read 16G+2M 4K\n"
	"expect 4K x5\n");

CASE_4K(small_pages,
	"memslot 1 gpa 16G size 2M backing shmem guest_memfd\n"
	"touch read 16G 16K\n"
	"touch execute 16G+4K 16K\n"
	"expect 4K x5\n"
	"nx_recover\n"
	"touch read 16G 16K\n"
	"expect 4K x5\n");

/* The memslot goes, and with it all leaves but not what was noted. */
CASE_2M(memslot_created_again,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x1\n"
	"delete 1\n"
	"memslot 2 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"touch read 16G 8K\n"
	"touch read 16G+2M 4K\n"
	"nx_recover\n"
	"touch read 16G 4K\n"
	"expect 2M x2\n");

/* Logging makes all small; when it ends all comes back, for recovery left it alone. */
CASE_2M(logged,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb\n"
	"memslot 2 gpa 17G size 2M backing hugetlb_2mb\n"
	"prefault 16G 4M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x1\n"
	"touch execute 17G 4K\n"
	"log 1 on\n"
	"touch execute 16G+2M 8K\n"
	"touch execute 16G+4M 4K\n"
	"touch write 16G 4K\n"
	"dirty 1\n"
	"nx_recover\n"
	"touch read 17G 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch read 16G 4K\n"
	"touch read 16G+2M 4K\n"
	"touch execute 16G+4M 4K\n"
	"nx_recover\n"
	"expect 2M x3\n");

CASE_2M(logged_without_eager_split,
	"eager_split off\n"
	"manual_protect on\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"prefault 16G 4M\n"
	"log 1 on\n"
	"touch execute 16G+4K 4K\n"
	"expect 4K x512 2M x1\n"
	"touch write 16G+4K 4K\n"
	"touch execute 16G+4K 8K\n"
	"expect 4K x512 2M x1\n"
	"log 1 off\n"
	"touch execute 16G+4K 4K\n"
	"touch read 16G+2M 4K\n");

CASE_1G(logged_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb\n"
	"prefault 16G 4K\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x512 2M x511\n"
	"log 1 on\n"
	"touch write 16G+6M 8K\n"
	"log 1 off\n"
	"touch read 16G+8M 4K\n"
	"touch execute 16G+8M 4K\n"
	"nx_recover\n"
	"touch read 16G+8M 4K\n"
	"expect 1G x1\n");

/* Switching the mitigation zaps everything, and what it has noted is gone. */
CASE_2M(switched_off,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x1\n"
	"nx_hugepages off\n"
	"touch execute 16G 4K\n"
	"touch execute 16G+2M 4K\n"
	"nx_hugepages on\n"
	"touch read 16G 4K\n"
	"touch execute 16G+4K 4K\n"
	"nx_recover\n"
	"touch read 16G 4K\n"
	"expect 2M x1\n");

TEST_F(nx_hugepage, forced)
{
	const char *missing;
	char *text;

	ASSERT_LT(0, asprintf(&text, "nx_hugepages on\n%s", variant->scenario));
	missing = suite_missing_modes(text);
	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_TRUE(suite_passed(suite_run(text, self->name, false), self->name));
	free(text);
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return suite_harness_run(argc, argv);
}
