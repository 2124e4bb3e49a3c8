// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: private memory is mapped by leaves as large as the folios of guest_memfd, the memslot's
 * offset in it, and attributes allow, and never larger; and a hole, wherever it lies in a folio,
 * leaves nothing of what was there and everything of what lies beside it; a host that maps a file
 * finds each page in its place.
 *
 * Each case is a scenario that runs as written, and read out after every change.  Where guest_memfd
 * has single pages only, there is nothing here that other programs do not claim.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/scenario_case.h"

#include "host/pressure.h"
#include "host/setting.h"
#include "kvm/kvm_parameter.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

SCENARIO_FIXTURE(huge_private);

#define CASE_2M(_name, ...)	SCENARIO_CASE(huge_private, _name, BACKING_HUGETLB_2MB, __VA_ARGS__)

#define CASE_1G(_name, ...)	\
	SCENARIO_CASE(huge_private, _name, BACKING_HUGETLB_1GB, __VA_ARGS__)

#define SLOT_4M		"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
#define PRIVATE_4M	SLOT_4M "convert private 16G 4M\n"
#define SLOT_6M		"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"

/* Who touches one page gets a leaf for all of its folio. */
CASE_2M(first_page_touched, PRIVATE_4M
	"touch read 16G\n"
	"expect 2M x1 if huge\n"
	"expect 4K x1\n"
	"touch write 16G 4M\n"
	"expect 2M x2 if huge\n"
	"touch read 16G 4M\n");

CASE_2M(last_page_touched, PRIVATE_4M
	"touch write 16G+4M-4K\n"
	"expect 2M x1 if huge\n"
	"touch read 16G+2M 2M\n"
	"expect 2M x1 if huge\n"
	"touch read 16G 4K\n"
	"expect 2M x2 if huge\n");

CASE_2M(prefaulted_from_the_middle, PRIVATE_4M
	"prefault 16G+1M 4K\n"
	"expect 2M x1 if huge\n"
	"prefault 16G+2M-4K 8K\n"
	"expect 2M x2 if huge\n"
	"touch read 16G 4M\n");

/* Shared and private hugepages side by side are both huge. */
CASE_2M(beside_shared_hugepage, SLOT_6M
	"convert private 16G+2M 2M\n"
	"prefault 16G 6M\n"
	"expect 2M x3 if huge\n"
	"expect 4K x512 2M x2\n"
	"convert shared 16G+2M 2M\n"
	"expect 2M x2\n"
	"prefault 16G 6M\n"
	"expect 2M x3\n"
	"convert private 16G 6M\n"
	"convert shared 16G+2M 2M\n"
	"prefault 16G 6M\n"
	"expect 2M x3 if huge\n");

CASE_1G(in_shared_gigabyte,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb guest_memfd\n"
	"convert private 16G+512M 2M\n"
	"touch write 16G+512M 2M\n"
	"expect 2M x1 if huge\n"
	"prefault 16G 512M\n"
	"expect 2M x257 if huge\n"
	"convert shared 16G+512M 4K\n"
	"touch read 16G+512M 2M\n"
	"expect 4K x512 2M x256\n"
	"convert private 16G+512M 4K\n"
	"touch read 16G+512M 2M\n"
	"expect 2M x257 if huge\n"
	"convert shared 16G+512M 2M\n"
	"prefault 16G 4K\n"
	"expect 1G x1\n");

/* Private all over, a gigabyte is mapped by leaves of 2M: folios are no larger. */
CASE_1G(in_private_gigabyte,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb guest_memfd\n"
	"convert private 16G 1G\n"
	"touch write 16G 4K\n"
	"touch write 17G-2M 2M\n"
	"expect 2M x2 if huge\n"
	"convert shared 16G+512M 4K\n"
	"touch read 16G 4K\n"
	"touch read 17G-4K 4K\n"
	"expect 2M x2 if huge\n"
	"touch read 16G+512M 8K\n"
	"expect 4K x2 2M x2 if huge\n");

/* One page of the hugepage is shared, then all is private again. */
CASE_2M(page_converted_and_back, PRIVATE_4M
	"touch write 16G 4M\n"
	"convert shared 16G+2M-4K 4K\n"
	"expect 2M x1 if huge\n"
	"touch write 16G 2M\n"
	"expect 4K x512 2M x1 if huge\n"
	"convert private 16G+2M-4K 4K\n"
	"expect 4K x511 2M x1 if huge\n"
	"touch read 16G+2M-4K\n"
	"expect 2M x2 if huge\n"
	"touch read 16G 4M\n");

CASE_2M(page_converted_and_back_by_guest, PRIVATE_4M
	"touch write 16G 4M\n"
	"convert shared 16G+2M 4K by guest\n"
	"touch write 16G+2M 8K\n"
	"expect 4K x2 2M x1 if huge\n"
	"convert private 16G+2M 4K by guest\n"
	"touch read 16G+2M\n"
	"expect 2M x2 if huge\n"
	"touch read 16G 4M\n");

/* Converted page by page, it becomes huge with the last page, not before. */
CASE_2M(page_by_page, SLOT_4M
	"convert private 16G 2M-8K\n"
	"touch read 16G 4K\n"
	"expect 4K x1\n"
	"convert private 16G+2M-4K 4K\n"
	"touch read 16G 4K\n"
	"expect 4K x1\n"
	"convert private 16G+2M-8K 4K\n"
	"touch read 16G 4K\n"
	"expect 4K x1\n"
	"touch read 16G+1M 4K\n"
	"expect 2M x1 if huge\n");

/*
 * Where gfns and file lie against each other; | is where 2M begin, F where a folio may:
 *
 *	gpa	|-------|-------|-------|
 *	file	F-------F-------F-------F	congruent: huge where all of 2M is bound
 *	file	   F-------F-------F-----	else never
 */
CASE_2M(base_and_offset_equally_misaligned,
	"memslot 1 gpa 16G+1M size 4M hva 1M backing hugetlb_2mb guest_memfd offset 1M\n"
	"convert private 16G+1M 4M\n"
	"touch write 16G+1M 4M\n"
	"expect 4K x512 2M x1 if huge\n"
	"punch 16G+2M-4K 8K\n"
	"touch read 16G+1M 4M\n"
	"expect 4K x512 2M x1 if huge\n");

CASE_2M(offset_of_whole_hugepages,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd offset 6M\n"
	"convert private 16G 4M\n"
	"touch write 16G 4M\n"
	"expect 2M x2 if huge\n"
	"punch 16G+2M 4K\n"
	"touch read 16G 4M\n"
	"expect 2M x2 if huge\n");

CASE_2M(offset_misaligned_by_page,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd offset 4K\n"
	"convert private 16G 4M\n"
	"touch write 16G 4M\n"
	"expect 4K x1024 if huge\n"
	"punch 16G+2M-8K 12K\n"
	"touch read 16G 4M\n"
	"expect 4K x1024 if huge\n"
	"convert shared 16G 4M\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n");

CASE_2M(offset_misaligned_by_half,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd offset 1M\n"
	"convert private 16G 4M\n"
	"touch write 16G 4M\n"
	"expect 4K x1024 if huge\n"
	"touch read 16G 4M\n");

CASE_2M(base_misaligned_alone,
	"memslot 1 gpa 16G+4K size 4M hva 4K backing hugetlb_2mb guest_memfd\n"
	"convert private 16G+4K 4M\n"
	"touch write 16G+4K 4M\n"
	"expect 4K x1024 if huge\n"
	"convert shared 16G+4K 4M\n"
	"prefault 16G+4K 4M\n"
	"expect 4K x512 2M x1\n");

/* The host's address, which private memory does not need, has to agree all the same. */
CASE_2M(host_address_misaligned,
	"memslot 1 gpa 16G size 4M hva 4K backing hugetlb_2mb guest_memfd\n"
	"convert private 16G 4M\n"
	"touch write 16G 4M\n"
	"expect 4K x1024 if huge\n"
	"touch read 16G 4M\n");

/* How the host maps the shared side says nothing of the private one. */
CASE_2M(beside_small_host_pages,
	"memslot 1 gpa 16G size 4M backing anonymous guest_memfd\n"
	"touch write 16G 4M\n"
	"expect 4K x1024\n"
	"convert private 16G 4M\n"
	"touch write 16G 4M\n"
	"expect 2M x2 if huge\n"
	"convert shared 16G 4M\n"
	"touch read 16G 4M\n"
	"expect 4K x1024\n");

/* A folio never reaches beyond the file's end; where it would, pages come alone. */
CASE_2M(file_ends_inside_hugepage,
	"memslot 1 gpa 16G size 4M-4K backing hugetlb_2mb guest_memfd\n"
	"convert private 16G 4M\n"
	"touch write 16G 4M-4K\n"
	"expect 4K x511 2M x1 if huge\n"
	"punch 16G 4M-4K\n"
	"touch read 16G 4M-4K\n"
	"expect 4K x511 2M x1 if huge\n");

CASE_2M(two_memslots_in_one_hugepage,
	"memslot 1 gpa 16G size 1M backing hugetlb_2mb guest_memfd\n"
	"memslot 2 gpa 16G+1M size 3M hva 1M backing hugetlb_2mb guest_memfd offset 1M\n"
	"convert private 16G 4M\n"
	"touch write 16G 4M\n"
	"expect 4K x512 2M x1 if huge\n"
	"delete 1\n"
	"touch read 16G+1M 3M\n"
	"expect 4K x256 2M x1 if huge\n");

/* Another memslot, another file: nothing of the old one is there. */
CASE_2M(memslot_created_again, PRIVATE_4M
	"touch write 16G 4M\n"
	"expect 2M x2 if huge\n"
	"delete 1\n"
	"expect no leaf\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"touch read 16G 4M\n"
	"expect 2M x2 if huge\n"
	"delete 1\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd offset 4K\n"
	"touch read 16G 4M\n"
	"expect 4K x1024 if huge\n");

CASE_2M(attributes_before_memslot,
	"convert private 16G 4M\n"
	"convert shared 16G+4M-4K 4K\n"
	SLOT_6M
	"touch write 16G 6M\n"
	"expect 4K x512 2M x2 if huge\n"
	"convert private 16G+4M-4K 4K\n"
	"touch read 16G+4M-8K 8K\n"
	"expect 2M x3 if huge\n");

/* What fallocate() made alone stays alone until all of it is gone. */
CASE_2M(page_reserved, PRIVATE_4M
	"allocate 16G+1M 4K\n"
	"touch write 16G 4M\n"
	"expect 4K x512 2M x1 if huge\n"
	"punch 16G 2M-4K\n"
	"touch read 16G 4M\n"
	"expect 4K x512 2M x1 if huge\n"
	"punch 16G 2M\n"
	"touch read 16G 4M\n"
	"expect 2M x2 if huge\n");

/* Each page counts that was reserved, not only the first. */
CASE_2M(pages_reserved, PRIVATE_4M
	"allocate 16G+1M 8K\n"
	"punch 16G+1M 4K\n"
	"touch write 16G 2M\n"
	"expect 4K x512 if huge\n"
	"touch read 16G 2M\n");

CASE_2M(hugepages_reserved, PRIVATE_4M
	"allocate 16G 4M\n"
	"expect no leaf\n"
	"touch write 16G 4K\n"
	"touch read 16G 4M\n"
	"expect 2M x2 if huge\n");

CASE_2M(parts_of_two_hugepages_reserved, PRIVATE_4M
	"allocate 16G+1M 2M\n"
	"touch write 16G 4M\n"
	"expect 4K x1024 if huge\n"
	"allocate 16G 4M\n"
	"touch read 16G 4M\n"
	"expect 4K x1024 if huge\n"
	"punch 16G+2M-4K 4K\n"
	"touch read 16G 4M\n"
	"punch 16G+2M 2M\n"
	"touch read 16G 4M\n"
	"expect 4K x512 2M x1 if huge\n");

CASE_2M(more_than_a_hugepage_reserved, "memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G 6M\n"
	"allocate 16G+2M-4K 2M+8K\n"
	"touch write 16G 6M\n"
	"expect 4K x1024 2M x1 if huge\n"
	"touch read 16G 6M\n");

CASE_2M(reserved_before_conversion, SLOT_4M
	"touch write 16G 4M\n"
	"allocate 16G+2M 2M\n"
	"expect 2M x2\n"
	"convert private 16G 4M\n"
	"touch read 16G 4M\n"
	"expect 2M x2 if huge\n"
	"convert shared 16G 4M\n"
	"touch read 16G 4M\n"
	"expect 2M x2\n");

/*
 * Holes H in three folios of 2M, all written before and read afterwards:
 *
 *	first, last		|-------|H------|-------|   |-------|------H|-------|
 *	straddling		|------H|H------|-------|
 *	exact			|-------|HHHHHHH|-------|
 *	all but first, last	|-------|-HHHHHH|-------|   |-------|HHHHHH-|-------|
 *	unaligned		|-----HH|HHHHHHH|HH-----|
 */
#define FULL_6M		SLOT_6M "convert private 16G 6M\ntouch write 16G 6M\n"

/* What a hole in a part of a folio leaves: the folio, with zeroes. */
#define READ_6M		"touch read 16G 6M\nexpect 2M x3 if huge\n"

CASE_2M(hole_of_first_page, FULL_6M "punch 16G+2M 4K\nexpect 2M x2 if huge\n" READ_6M);
CASE_2M(hole_of_last_page, FULL_6M "punch 16G+4M-4K 4K\nexpect 2M x2 if huge\n" READ_6M);
CASE_2M(hole_of_inner_page, FULL_6M "punch 16G+3M 4K\nexpect 2M x2 if huge\n" READ_6M);
CASE_2M(hole_straddling, FULL_6M "punch 16G+2M-8K 16K\nexpect 2M x1 if huge\n" READ_6M);
CASE_2M(hole_of_hugepage, FULL_6M "punch 16G+2M 2M\nexpect 2M x2 if huge\n" READ_6M);
CASE_2M(hole_of_all_but_first, FULL_6M "punch 16G+2M+4K 2M-4K\nexpect 2M x2 if huge\n" READ_6M);
CASE_2M(hole_of_all_but_last, FULL_6M "punch 16G+2M 2M-4K\nexpect 2M x2 if huge\n" READ_6M);
CASE_2M(hole_unaligned, FULL_6M "punch 16G+2M-8K 2M+16K\nexpect no leaf if huge\n" READ_6M);
CASE_2M(hole_of_hugepage_and_page, FULL_6M "punch 16G+2M 2M+4K\nexpect 2M x1 if huge\n" READ_6M);
CASE_2M(hole_of_page_and_hugepage, FULL_6M "punch 16G+2M-4K 2M+4K\nexpect 2M x1 if huge\n" READ_6M);
CASE_2M(hole_of_all, FULL_6M "punch 16G 6M\nexpect no leaf\n" READ_6M);

CASE_2M(holes_that_make_a_hugepage, FULL_6M
	"punch 16G+2M 1M\n"
	"punch 16G+3M 1M\n"
	READ_6M
	"touch write 16G 6M\n"
	"punch 16G+2M 2M-4K\n"
	"punch 16G+4M-4K 4K\n"
	READ_6M);

/* Single pages, not all of them there: the hole goes on behind what is missing. */
CASE_2M(hole_where_pages_are_missing, PRIVATE_4M
	"allocate 16G+8K 4K\n"
	"touch write 16G 12K\n"
	"touch write 16G+16K 4K\n"
	"punch 16G+4K 1M\n"
	"touch read 16G 2M\n"
	"expect 4K x512 if huge\n");

/* What the hole has zeroed is written, and must not be lost with the next. */
CASE_2M(hole_beside_hole, FULL_6M
	"punch 16G+2M+8K 4K\n"
	"touch write 16G+2M+8K\n"
	"punch 16G+2M+12K 4K\n"
	READ_6M
	"touch write 16G+2M+12K\n"
	"punch 16G+2M+4K 4K\n"
	READ_6M);

/* Nobody has touched the folio that the hole begins in: reserved only, it is clear when it is. */
CASE_2M(hole_in_reserved_hugepage, SLOT_6M
	"convert private 16G 6M\n"
	"allocate 16G 6M\n"
	"punch 16G+2M-4K 8K\n"
	READ_6M
	"touch write 16G 6M\n"
	READ_6M);

CASE_2M(hole_while_shared, FULL_6M
	"convert shared 16G+2M 2M\n"
	"touch write 16G+2M 2M\n"
	"punch 16G+2M+4K 4K\n"
	"touch read 16G+2M 2M\n"
	"convert private 16G+2M 2M\n"
	READ_6M);

CASE_2M(hole_while_mixed, FULL_6M
	"convert shared 16G+3M 4K\n"
	"touch write 16G+2M 2M\n"
	"expect 4K x512 2M x2 if huge\n"
	"punch 16G+3M-4K 12K\n"
	"expect 4K x509 2M x2 if huge\n"
	"touch read 16G+2M 2M\n"
	"convert private 16G+3M 4K\n"
	READ_6M);

CASE_2M(hole_at_offset,
	"memslot 1 gpa 16G+1M size 4M hva 1M backing hugetlb_2mb guest_memfd offset 3M\n"
	"convert private 16G+1M 4M\n"
	"touch write 16G+1M 4M\n"
	"punch 16G+2M 4K\n"
	"touch read 16G+1M 4M\n"
	"punch 16G+1M 1M+4K\n"
	"touch read 16G+1M 4M\n"
	"punch 16G+4M-4K 8K\n"
	"touch read 16G+1M 4M\n"
	"expect 4K x512 2M x1 if huge\n");

CASE_2M(hole_at_misaligned_offset,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd offset 8K\n"
	"convert private 16G 4M\n"
	"touch write 16G 4M\n"
	"punch 16G+2M-8K 4K\n"
	"touch read 16G 4M\n"
	"punch 16G+2M-12K 2M+8K\n"
	"touch read 16G 4M\n"
	"expect 4K x1024 if huge\n");

/* Executed, it is split like shared memory, and comes back when that is over. */
CASE_2M(executed, PRIVATE_4M
	"nx_hugepages on\n"
	"touch write 16G 4M\n"
	"expect 2M x2 if huge\n"
	"touch execute 16G+4K\n"
	"touch read 16G 2M\n"
	"expect 4K x512 2M x1 if huge\n"
	"nx_recover\n"
	"touch read 16G 2M\n"
	"expect 2M x2 if huge\n"
	"nx_hugepages off\n");

CASE_2M(executed_while_mixed, PRIVATE_4M
	"nx_hugepages on\n"
	"convert shared 16G+1M 4K\n"
	"touch execute 16G+4K\n"
	"nx_recover\n"
	"convert private 16G+1M 4K\n"
	"touch read 16G 4K\n"
	"expect 2M x1 if huge\n"
	"nx_hugepages off\n");

TEST_F(huge_private, as_written)
{
	if (suite_missing_modes(variant->scenario))
		SKIP(return, "%s", suite_missing_modes(variant->scenario));

	scenario_case_run(_metadata, variant->scenario, self->name, false);
}

TEST_F(huge_private, read_out)
{
	if (suite_missing_modes(variant->scenario))
		SKIP(return, "%s", suite_missing_modes(variant->scenario));

	scenario_case_run(_metadata, variant->scenario, self->name, true);
}

/* Memslots that have nothing but guest_memfd have leaves of its folios for shared pages as well. */
SCENARIO_FIXTURE(guest_memfd_only);

#define CASE_ONLY_2M(_name, ...)	\
	SCENARIO_CASE(guest_memfd_only, _name, BACKING_GUEST_MEMFD, __VA_ARGS__)

#define ONLY_4M		"memslot 1 gpa 16G size 4M backing guest_memfd\n"

CASE_ONLY_2M(shared, ONLY_4M
	"touch write 16G 4M\n"
	"expect 2M x2 if huge\n"
	"expect 4K x1024\n"
	"touch read 16G 4M\n");

CASE_ONLY_2M(converted, ONLY_4M
	"touch write 16G 4M\n"
	"convert private 16G+2M-4K 8K\n"
	"touch read 16G 4M\n"
	"expect 4K x1024\n"
	"convert private 16G+2M 2M\n"
	"touch read 16G 4M\n"
	"expect 4K x512 2M x1 if huge\n"
	"convert private 16G 2M\n"
	"touch read 16G 4M\n"
	"expect 2M x2 if huge\n");

CASE_ONLY_2M(hole, ONLY_4M
	"touch write 16G 4M\n"
	"punch 16G+2M-4K 8K\n"
	"expect no leaf if huge\n"
	"touch read 16G 4M\n"
	"expect 2M x2 if huge\n");

/* Where holes split, the second one splits what the first has left, with the last page. */
CASE_ONLY_2M(hole_after_hole, ONLY_4M
	"touch read 16G 4K\n"
	"punch 16G 4K\n"
	"touch read 16G+2M-4K 4K\n"
	"expect 2M x1 if huge\n"
	"expect 4K x1\n"
	"punch 16G+1M 4K\n"
	"expect no leaf if huge\n"
	"expect 4K x1\n");

CASE_ONLY_2M(page_reserved, ONLY_4M
	"allocate 16G+4K 4K\n"
	"touch write 16G 4M\n"
	"expect 4K x512 2M x1 if huge\n"
	"touch read 16G 4M\n");

TEST_F(guest_memfd_only, as_written)
{
	if (suite_missing_modes(variant->scenario))
		SKIP(return, "%s", suite_missing_modes(variant->scenario));

	scenario_case_run(_metadata, variant->scenario, self->name, false);
}

/* What no scenario can say: two memslots in one file, and folios that cannot be had. */

#define BASE		(16ull * SZ_1G)
#define PAGES		(SZ_2M / SZ_4K)
#define TAG		0x7e57000000000001ull

FIXTURE(one_file)
{
	struct plain_vm vm;
	struct guest_access result[2 * PAGES];
};

FIXTURE_SETUP(one_file)
{
	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, SZ_4M, SZ_8M);
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE, SZ_4M, true));
}

FIXTURE_TEARDOWN(one_file)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static void touch(struct vm_driver *vmd, enum access access, u64 npages,
		  struct guest_access *result)
{
	struct guest_request request = { .op = GUEST_ACCESS, .access = access };
	u64 page;

	for (page = 0; page < npages; page += GUEST_BATCH_PAGES) {
		request.gpa = BASE + page * SZ_4K;
		request.npages = min_t(u64, npages - page, GUEST_BATCH_PAGES);
		request.tag = TAG + page;
		vm_driver_guest(vmd, 0, &request, result + page);
	}
}

static int bind_part(FIXTURE_DATA(one_file) * self, u32 id, u64 start, u64 size, u64 offset)
{
	return vm_driver_bind_memslot(self->vm.vmd, id, BASE + start, size,
				      self->vm.view.base + start, self->vm.gmem_fd, offset);
}

/* All 2M that were written still hold what they did. */
static void check_tags(struct __test_metadata *_metadata, FIXTURE_DATA(one_file) * self, u64 npages,
		       const char *when)
{
	u64 page;

	touch(self->vm.vmd, ACCESS_READ, npages, self->result);
	for (page = 0; page < npages; page++)
		vm_expect_content(_metadata, TAG + page, self->result[page].value,
				  BASE + page * SZ_4K, when);
}

TEST_F(one_file, memslots_in_reverse_order)
{
	ASSERT_EQ(0, bind_part(self, 1, 0, SZ_2M, SZ_4M));
	ASSERT_EQ(0, bind_part(self, 2, SZ_2M, SZ_2M, SZ_2M));
	touch(self->vm.vmd, ACCESS_WRITE, 2 * PAGES, self->result);
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_2M, 2, BASE, "both bound");
	check_tags(_metadata, self, 2 * PAGES, "both bound");
	ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 2, BASE + SZ_2M, 0, NULL, -1, false));
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_2M, 1, BASE, "one deleted");
	check_tags(_metadata, self, PAGES, "one deleted");
}

/* The folio is there as a whole; each memslot has a part of it. */
TEST_F(one_file, memslots_share_a_folio)
{
	ASSERT_EQ(0, bind_part(self, 1, 0, SZ_1M, SZ_2M));
	ASSERT_EQ(0, bind_part(self, 2, SZ_1M, SZ_1M, SZ_2M + SZ_1M));
	touch(self->vm.vmd, ACCESS_WRITE, PAGES, self->result);
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, PAGES, BASE, "parts of a folio");
	check_tags(_metadata, self, PAGES, "parts of a folio");
	ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 1, BASE, 0, NULL, -1, false));
	ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 2, BASE, 0, NULL, -1, false));
	/* As a whole it is as it was. */
	ASSERT_EQ(0, bind_part(self, 1, 0, SZ_2M, SZ_2M));
	check_tags(_metadata, self, PAGES, "bound as a whole");
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_2M, 1, BASE, "bound as a whole");
}

/* The end of the memslot cuts the folio, whose rest is there but not bound. */
TEST_F(one_file, memslot_ends_inside_a_folio)
{
	ASSERT_EQ(0, bind_part(self, 1, 0, SZ_2M - SZ_4K, 0));
	touch(self->vm.vmd, ACCESS_WRITE, PAGES - 1, self->result);
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, PAGES - 1, BASE, "all but a page");
	check_tags(_metadata, self, PAGES - 1, "all but a page");
}

/* Without room for a folio in the memory cgroup pages come alone, with it again in one piece. */
TEST_F(one_file, no_room_for_a_folio)
{
	const struct pressure room = { .room = SZ_1M };

	if (pressure_missing_cgroup())
		SKIP(return, "%s", pressure_missing_cgroup());

	ASSERT_EQ(0, bind_part(self, 1, 0, SZ_4M, 0));
	pressure_ask(&room);
	touch(self->vm.vmd, ACCESS_WRITE, 16, self->result);
	pressure_release();
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 16, BASE, "no room for 2M");
	touch(self->vm.vmd, ACCESS_WRITE, 2 * PAGES, self->result);
	check_tags(_metadata, self, 2 * PAGES, "room again");
}

/* Whether a file has large folios is settled when it is made. */
TEST_F(one_file, switched_off)
{
	int fd;

	if (!setting_can_change(GMEM_HUGEPAGES_SETTING))
		SKIP(return, "kvm.gmem_hugepages cannot be changed");

	ASSERT_EQ(0, setting_change_for_now(GMEM_HUGEPAGES_SETTING, "N"));
	fd = vm_driver_create_gmem(self->vm.vmd, SZ_2M);
	setting_restore();
	ASSERT_EQ(0, vm_driver_bind_memslot(self->vm.vmd, 1, BASE, SZ_2M, self->vm.view.base, fd,
					    0));
	ASSERT_EQ(0, bind_part(self, 2, SZ_2M, SZ_2M, 0));
	touch(self->vm.vmd, ACCESS_WRITE, PAGES, self->result);
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, PAGES, BASE, "switched off");
	check_tags(_metadata, self, PAGES, "switched off");
	close(fd);
}

/*
 * The host's mapping of a file shows each page in its place (a VM without private memory).  The
 * first touch in a folio may map all of it, and so hide what the others would do: hence every
 * order of first touches, and mappings that a folio does not fit into.
 */
FIXTURE(host_mapping)
{
	u64 npages;
	u64 *map;
	int fd;
};

FIXTURE_VARIANT(host_mapping)
{
	u64 first, stride;	/* the page touched first, and from one to the next, cyclic */
	u64 skipped;		/* pages of the file before those that are mapped */
	u64 shift;		/* pages by which the mapping is not where a folio could be */
	bool huge;		/* one entry may map a folio */
};

#define FILE_PAGES	(2 * PAGES)
#define LAST_PAGE	(FILE_PAGES - 1)

FIXTURE_VARIANT_ADD(host_mapping, from_first) { .stride = 1 };
FIXTURE_VARIANT_ADD(host_mapping, from_last) { .first = LAST_PAGE, .stride = LAST_PAGE };
FIXTURE_VARIANT_ADD(host_mapping, from_middle) { .first = PAGES / 2, .stride = 1 };
FIXTURE_VARIANT_ADD(host_mapping, scattered) { .first = 1, .stride = 389 };
FIXTURE_VARIANT_ADD(host_mapping, huge_from_first) { .stride = 1, .huge = true };

FIXTURE_VARIANT_ADD(host_mapping, huge_from_last) {
	.first = LAST_PAGE, .stride = LAST_PAGE, .huge = true,
};

FIXTURE_VARIANT_ADD(host_mapping, without_first_page) { .stride = 1, .skipped = 1 };
FIXTURE_VARIANT_ADD(host_mapping, misaligned) { .stride = 1, .shift = 1, .huge = true };

/* At an address that agrees with the offset in the file modulo 2M, but for the shift. */
static u64 *map_file(int fd, const FIXTURE_VARIANT(host_mapping) * variant, u64 size)
{
	char *area = mmap(NULL, SZ_8M, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *place = (char *)(((unsigned long)area + SZ_2M - 1) & -(unsigned long)SZ_2M);

	if (area == MAP_FAILED)
		return MAP_FAILED;
	return mmap(place + (variant->skipped + variant->shift) * SZ_4K, size,
		    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, variant->skipped * SZ_4K);
}

FIXTURE_SETUP(host_mapping)
{
	u64 size;

	if (vm_driver_missing_gmem_only())
		SKIP(return, "%s", vm_driver_missing_gmem_only());

	kernel_log_start();
	self->npages = FILE_PAGES - variant->skipped;
	size = self->npages * SZ_4K;
	self->fd = vm_driver_create_gmem_of_host(FILE_PAGES * SZ_4K);
	ASSERT_LE(0, self->fd);
	self->map = map_file(self->fd, variant, size);
	ASSERT_NE(MAP_FAILED, self->map);
	/* Fails where the host could not do that anyway. */
	if (!variant->huge)
		madvise(self->map, size, MADV_NOHUGEPAGE);
}

FIXTURE_TEARDOWN(host_mapping)
{
	close(self->fd);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* The @nth page that is touched. */
static u64 *page_at(const FIXTURE_DATA(host_mapping) * self,
		    const FIXTURE_VARIANT(host_mapping) * variant, u64 nth, u64 *page)
{
	u64 mapped = (variant->first + nth * variant->stride) % self->npages;

	*page = variant->skipped + mapped;
	return self->map + mapped * (SZ_4K / sizeof(*self->map));
}

TEST_F(host_mapping, shows_each_page)
{
	u64 nth, page, *place;

	for (nth = 0; nth < self->npages && __test_passed(_metadata); nth++) {
		place = page_at(self, variant, nth, &page);
		vm_expect_content(_metadata, 0, *place, page * SZ_4K, "page of the new file");
		*place = TAG + page;
	}
	ASSERT_EQ(0, fallocate(self->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			       SZ_2M - SZ_8K, SZ_16K));
	ASSERT_EQ(0, madvise(self->map, self->npages * SZ_4K, MADV_DONTNEED));
	for (nth = 0; nth < self->npages && __test_passed(_metadata); nth++) {
		bool hole;

		place = page_at(self, variant, nth, &page);
		hole = page >= PAGES - 2 && page < PAGES + 2;
		vm_expect_content(_metadata, hole ? 0 : TAG + page, *place, page * SZ_4K,
				  "page of the file");
	}
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB) | BIT(BACKING_GUEST_MEMFD));
	pressure_prepare_cgroup();
	if (suite_traits()->gmem_level == LEVEL_4K)
		suite_skip_all("guest_memfd has no large folios");
	return suite_harness_run(argc, argv);
}
