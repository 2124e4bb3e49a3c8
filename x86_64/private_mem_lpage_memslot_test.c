// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: mixed hugepages are known, and only they are mapped small, however memslots lie
 * against hugepages, and whatever order memslots and attributes come in.
 *
 * Each case but one is a scenario.  It runs twice: as written, so that leaves live as long as
 * they should, and with all that KVM knows read out after every change.
 */
#include <errno.h>
#include <sys/mman.h>

#include <linux/bits.h>
#include <linux/sizes.h>

#include "kvm/kernel_log.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "run/scenario_run.h"
#include "suite/scenario_case.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

SCENARIO_FIXTURE(memslot);

#define CASE_4K(_name, ...)	SCENARIO_CASE(memslot, _name, BACKING_ANONYMOUS, __VA_ARGS__)

#define CASE_2M(_name, ...)	SCENARIO_CASE(memslot, _name, BACKING_HUGETLB_2MB, __VA_ARGS__)

#define CASE_1G(_name, ...)	SCENARIO_CASE(memslot, _name, BACKING_HUGETLB_1GB, __VA_ARGS__)

/*
 * One memslot, whose ends or whose host address do not lie on 2M; | is where 2M begin, for the
 * gpa and for the host address:
 *
 *	gpa	|-------|-------|-------|-------|-------|
 *	base	   [ 4K  |  2M   |  2M   |  2M   | 4K]		the ends are never huge
 *	size	[  2M   |  2M   | 4K  ]
 *
 *	gpa	|-------|-------|		gpa	|-------|-------|
 *	host	  |-------|-------|		host	|-------|-------|
 *	memslot	[    4K all of it    ]		memslot     [4K | 2M | 4K]   equally far off
 */
CASE_2M(base_misaligned_to_2M,
	"memslot 1 gpa 16G+12K size 8M hva 12K backing hugetlb_2mb guest_memfd\n"
	"prefault 16G+12K 8M\n"
	"convert private 16G+12K 4K\n"
	"convert private 16G+2M-4K 8K\n"
	"prefault 16G+2M+4K 4K\n"
	"expect 4K x511 2M x2\n"
	"touch read 16G+12K 8K\n"
	"convert shared 16G+2M 4K\n"
	"prefault 16G+2M 4K\n"
	"convert private 16G+8M 12K\n"
	"touch write 16G+8M 12K\n"
	"convert shared 16G+12K 8M\n"
	"prefault 16G+12K 8M\n"
	"expect 4K x512 2M x3\n");

/* Hugepages are pre-faulted to the last one, though the range begins and ends within one. */
CASE_2M(prefaulted_from_within_hugepage,
	"memslot 1 gpa 16G size 8M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G+2M-4K 4M+8K\n"
	"expect 2M x4\n");

/* What the host takes away is the memslot's up to its last page, and no page of its neighbour's. */
CASE_4K(ends_dropped_by_host,
	"memslot 1 gpa 16G size 16K backing anonymous\n"
	"memslot 2 gpa 17G size 4K backing shmem\n"
	"touch write 16G 16K\n"
	"touch write 17G 4K\n"
	"expect 4K x5\n"
	"dontneed 16G+12K 4K\n"
	"expect 4K x4\n"
	"dontneed 16G 4K\n"
	"expect 4K x3\n"
	"discard 17G 4K\n"
	"expect 4K x2\n"
	"touch read 16G 16K\n"
	"touch read 17G 4K\n"
	"expect 4K x5\n"
	"fork 16G+12K\n"
	"fork 16G\n"
	"touch read 16G 16K\n");

CASE_2M(size_misaligned_to_2M,
	"memslot 1 gpa 16G size 6M-4K backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M-4K\n"
	"convert private 16G+4M-4K 8K\n"
	"prefault 16G+2M 4K\n"
	"expect 4K x511 2M x1\n"
	"touch write 16G+4M 8K\n"
	"convert private 16G+6M-8K 4K\n"
	"touch read 16G+6M-8K 4K\n"
	"convert shared 16G+4M-4K 4K\n"
	"prefault 16G 6M-4K\n"
	"convert shared 16G+4M 2M-4K\n"
	"prefault 16G 6M-4K\n"
	"expect 4K x511 2M x2\n");

/* gfn and host address do not agree modulo 2M: every page is mapped by itself. */
CASE_2M(host_address_misaligned_to_2M,
	"memslot 1 gpa 16G size 4M hva 8K backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"convert private 16G+2M-4K 8K\n"
	"touch write 16G+2M-8K 16K\n"
	"expect 4K x1024\n"
	"convert shared 16G+2M-4K 8K\n"
	"touch read 16G+2M-8K 16K\n"
	"expect 4K x1024\n");

/* gfn and host address are equally far off: the inner hugepages are huge. */
CASE_2M(base_and_host_address_equally_misaligned,
	"memslot 1 gpa 16G+2M-4K size 4M+8K hva 2M-4K backing hugetlb_2mb guest_memfd\n"
	"prefault 16G+2M-4K 4M+8K\n"
	"convert private 16G+2M-4K 8K\n"
	"prefault 16G+2M-4K 4M+8K\n"
	"expect 4K x514 2M x1\n"
	"convert shared 16G+2M-4K 8K\n"
	"convert private 16G+6M-4K 8K\n"
	"prefault 16G+2M 4M\n"
	"convert shared 16G+6M-4K 4K\n"
	"prefault 16G+2M 4M\n"
	"expect 2M x2\n");

/*
 * Several memslots, and a range P that becomes private across their borders:
 *
 *	2M	|-------|-------|-------|-------|-------|
 *	two	[ 1             ][ 2            ]
 *	range	              PP		the middle ones are mixed
 *	inside	[ 1         ][ 2        ]	one 2M belongs to both: never huge
 *	range	       PPPPPPPPP
 *	three	[ 1     ][ 2    ]       [ 3             ]
 *	range	       PPPPPPPPPPPPPPPPPP	what lies in no memslot is private, too
 */
CASE_2M(range_spans_two_memslots,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"memslot 2 gpa 16G+4M size 4M hva 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 8M\n"
	"convert private 16G+4M-4K 8K\n"
	"prefault 16G 4M-4K\n"
	"expect 4K x511 2M x2\n"
	"touch read 16G+4M 12K\n"
	"convert shared 16G+4M-4K 8K\n"
	"prefault 16G 8M\n"
	"convert private 16G+2M+4K 4M\n"
	"prefault 16G+2M 4K\n"
	"prefault 16G+6M+4K 4K\n"
	"convert shared 16G+2M 4M+4K\n"
	"prefault 16G 8M\n"
	"expect 2M x4\n");

/* One hugepage range belongs to two memslots, so neither may map it huge. */
CASE_2M(memslots_meet_inside_hugepage,
	"memslot 1 gpa 16G size 3M backing hugetlb_2mb guest_memfd\n"
	"memslot 2 gpa 16G+3M size 3M hva 3M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M\n"
	"convert private 16G+2M-4K 2M+8K\n"
	"touch read 16G+2M-8K 16K\n"
	"expect 4K x4\n"
	"touch read 16G+4M-4K 12K\n"
	"convert shared 16G+2M-4K 2M+8K\n"
	"prefault 16G 6M\n"
	"expect 4K x512 2M x2\n");

CASE_2M(range_spans_three_memslots_and_gap,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb guest_memfd\n"
	"memslot 2 gpa 16G+2M size 2M hva 2M backing hugetlb_2mb guest_memfd\n"
	"memslot 3 gpa 16G+6M size 4M hva 6M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"prefault 16G+6M 4M\n"
	"convert private 16G+2M-4K 4M+12K\n"
	"prefault 16G 4K\n"
	"expect 4K x1 2M x1\n"
	"prefault 16G+6M+12K 4K\n"
	"prefault 16G+8M 4K\n"
	"touch read 16G+4M 4K\n"
	"convert shared 16G+2M-4K 4M+8K\n"
	"prefault 16G 4K\n"
	"prefault 16G+2M 4K\n"
	"prefault 16G+6M+12K 4K\n"
	"convert shared 16G+6M+4K 4K\n"
	"prefault 16G+6M 4K\n"
	"expect 2M x4\n");

/*
 * The attributes come first, the memslot after them: P is private before it is there.
 *
 *	2M	|-------|-------|-------|-------|
 *	before	  P              PPPPPPPP
 *	memslot	[ mixed |  2M   |private|  2M   ]
 */
CASE_2M(memslot_created_over_attributes,
	"convert private 16G+20K 4K\n"
	"convert private 16G+4M 2M\n"
	"memslot 1 gpa 16G size 8M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4K\n"
	"expect 4K x1\n"
	"prefault 16G+2M 4K\n"
	"expect 4K x1 2M x1\n"
	"touch write 16G+4M 4K\n"
	"prefault 16G+6M 4K\n"
	"convert shared 16G+20K 4K\n"
	"prefault 16G 4K\n");

CASE_2M(memslot_created_over_private_beginning,
	"convert private 16G 4K\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G+2M 4K\n"
	"expect 2M x1\n"
	"touch read 16G 8K\n"
	"expect 4K x2 2M x1\n");

CASE_2M(shared_only_memslot_created_over_attributes,
	"convert private 16G+20K 4K\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"prefault 16G 4K\n"
	"expect 4K x1\n"
	"touch read 16G+16K 12K\n"
	"prefault 16G+2M 4K\n"
	"convert shared 16G+20K 4K\n"
	"prefault 16G 4K\n"
	"expect 2M x2\n");

/* Most of what became shared had been so before: a private page is left, in the other hugepage. */
CASE_2M(memslot_created_over_the_last_private_page,
	"convert private 16G+4K 4K\n"
	"convert private 16G+2M+4K 4K\n"
	"convert shared 16G 2M\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"touch read 16G 4K\n"
	"touch read 16G+2M 4K\n"
	"expect 4K x1 2M x1\n");

CASE_2M(memslot_deleted_and_created_again,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G+2M-4K 4K\n"
	"touch write 16G+2M-4K 8K\n"
	"expect 4K x1 2M x1\n"
	"delete 1\n"
	"convert private 16G+2M 4K\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4K\n"
	"prefault 16G+2M+4K 4K\n"
	"touch read 16G+2M-4K 8K\n"
	"delete 1\n"
	"convert shared 16G 4M\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n");

CASE_2M(neighbours_keep_their_leaves_when_memslot_is_deleted,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb\n"
	"memslot 2 gpa 16G+2M size 2M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"delete 2\n"
	"touch read 16G 4K\n"
	"expect 2M x1\n"
	"touch read 16G+2M 4K\n"
	"expect 2M x1\n");

/* The attributes stay where they are, the memslot comes to lie over others. */
CASE_2M(memslot_moved_over_attributes,
	"convert private 16G+8M+4K 4K\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n"
	"move 1 gpa 16G+8M\n"
	"prefault 16G+10M 4K\n"
	"prefault 16G+8M 4K\n"
	"touch read 16G+8M 12K\n"
	"move 1 gpa 16G\n"
	"prefault 16G 4M\n"
	"move 1 gpa 16G+7M\n"
	"prefault 16G+7M 1M+4K\n"
	"expect 4K x257\n");

/*
 * The memslot begins or ends inside of 1G, so that KVM keeps entries for a part of it only:
 *
 *	1G	|---------------|---------------|---------------|
 *	head	    [ 1         ]
 *	tail	    [ 1                         ]   PPPP	the range reaches past the end
 *
 * The first 1G begins below the memslot: of what KVM keeps for each hugepage, nothing
 * before the first entry may be asked or changed.
 */
CASE_2M(head_of_1G_outside_memslot,
	"memslot 1 gpa 16G+4M size 1G-4M hva 4M backing hugetlb_2mb\n"
	"convert private 16G+4M 4K\n"
	"prefault 16G+8M 4K\n"
	"expect 2M x1\n"
	"convert private 16G+6M+4K 2M\n"
	"convert shared 16G+4M 8M\n"
	"prefault 16G+4M 8M\n"
	"expect 2M x4\n");

/* 1024 entries fill a page exactly: one past the end, or before it, is another page. */
CASE_2M(tail_of_1G_outside_memslot,
	"memslot 1 gpa 16G+2M size 2G hva 2M backing hugetlb_2mb\n"
	"convert private 18G 2M\n"
	"convert private 18G-2M 4M\n"
	"prefault 17G 4K\n"
	"expect 2M x1\n"
	"convert shared 18G-2M 4M\n"
	"prefault 18G-2M 4M\n"
	"expect 2M x3\n");

CASE_2M(range_reaches_far_beyond_memslot,
	"memslot 1 gpa 16G+2M size 2G hva 2M backing hugetlb_2mb\n"
	"convert private 18G-2M 256M\n"
	"prefault 17G 4K\n"
	"expect 2M x1\n"
	"convert shared 15G 4G\n"
	"prefault 18G-2M 4M\n"
	"expect 2M x2\n");

/* When logging ends, hugepages may come back in place, but not where they are mixed. */
CASE_2M(mixed_when_logging_ends,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"convert private 16G+20K 4K\n"
	"touch write 16G 32K\n"
	"expect 4K x7\n"
	"touch write 16G+2M 32K\n"
	"log 1 on\n"
	"touch write 16G 32K\n"
	"touch write 16G+2M 32K\n"
	"log 1 off\n"
	"touch read 16G 32K\n"
	"touch read 16G+2M 32K\n"
	"expect 4K x7 2M x1\n");

CASE_2M(memslot_created_across_1G_lines,
	"convert private 16G+1M 4K\n"
	"convert private 18G+1M 4K\n"
	"memslot 1 gpa 16G+2M size 1G hva 2M backing hugetlb_2mb\n"
	"prefault 16G+2M 4K\n"
	"expect 2M x1\n"
	"delete 1\n"
	"memslot 1 gpa 16G+2M size 2G hva 2M backing hugetlb_2mb\n"
	"prefault 16G+2M 4K\n"
	"prefault 18G 4K\n"
	"touch read 18G+1M 4K\n"
	"expect 4K x1 2M x1\n");

/* Only the beginning of the hugepage is private, and not by the latest conversion. */
CASE_2M(private_beginning_left_over,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G 8K\n"
	"convert shared 16G+4K 4K\n"
	"prefault 16G+4K 4K\n"
	"expect 4K x1\n"
	"convert shared 16G 4K\n"
	"prefault 16G 4K\n"
	"expect 2M x1\n");

/* Most of the range has the attribute already: what is left must still be converted. */
CASE_2M(range_differs_in_one_page,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G 16K\n"
	"convert private 16G 20K\n"
	"touch read 16G 24K\n"
	"expect 4K x6\n"
	"convert shared 16G 4K\n"
	"convert private 16G 20K\n"
	"touch read 16G 24K\n"
	"convert shared 16G+4K 16K\n"
	"convert shared 16G 20K\n"
	"prefault 16G 2M\n"
	"expect 2M x1\n");

/* The only attribute that changes lies in the memslot, most of the range does not. */
CASE_2M(range_reaches_beyond_memslot,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"convert private 16G+3M 64M\n"
	"prefault 16G 4K\n"
	"expect 2M x1\n"
	"prefault 16G+2M 4K\n"
	"convert shared 15G 1G+1M\n"
	"prefault 16G 4K\n"
	"convert shared 16G+3M 4M\n"
	"prefault 16G+2M 4K\n"
	"expect 2M x2\n");

/* With leaves of 1G: last, since the memory for them may take seconds to clear. */

CASE_1G(base_misaligned_to_1G,
	"memslot 1 gpa 16G+2M size 2G hva 2M backing hugetlb_1gb guest_memfd\n"
	"prefault 16G+2M 2G\n"
	"convert private 16G+2M 4K\n"
	"convert private 17G-4K 8K\n"
	"prefault 17G+4M 4K\n"
	"expect 2M x511\n"
	"convert shared 17G 4K\n"
	"prefault 17G+4M 4K\n"
	"convert private 18G-2M 4M\n"
	"prefault 17G 4K\n"
	"convert shared 18G-2M 2M\n"
	"prefault 17G 4K\n"
	"expect 2M x509 1G x1\n");

CASE_1G(size_misaligned_to_1G,
	"memslot 1 gpa 16G size 2G-4K backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 2G-4K\n"
	"convert private 17G-4K 8K\n"
	"prefault 16G 4K\n"
	"expect 4K x511 2M x511\n"
	"prefault 17G+4K 4K\n"
	"convert private 18G-8K 4K\n"
	"touch read 18G-12K 8K\n"
	"convert shared 17G-4K 4K\n"
	"prefault 16G 4K\n"
	"expect 4K x512 2M x510 1G x1\n");

/* Off by 2M: no 1G leaf anywhere, but 2M leaves. */
CASE_1G(host_address_misaligned_to_1G,
	"memslot 1 gpa 16G size 1G hva 2M backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 1G\n"
	"convert private 16G+6M+4K 4K\n"
	"prefault 16G 16M\n"
	"expect 4K x512 2M x511\n"
	"convert shared 16G+6M+4K 4K\n"
	"prefault 16G 16M\n"
	"expect 2M x512\n");

/* Off by a page against 1G and 2M alike. */
CASE_1G(host_address_misaligned_to_1G_by_a_page,
	"memslot 1 gpa 16G size 8M hva 4K backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 8M\n"
	"convert private 16G+2M 2M\n"
	"touch write 16G+2M-4K 8K\n"
	"expect 4K x1537\n"
	"convert shared 16G+2M 2M\n"
	"touch read 16G+2M-4K 8K\n"
	"expect 4K x1537\n");

CASE_1G(range_spans_memslots_inside_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb guest_memfd\n"
	"memslot 2 gpa 17G size 1G backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 2G\n"
	"convert private 17G-4M 8M\n"
	"prefault 16G 4K\n"
	"expect 2M x1\n"
	"prefault 17G+16M 4K\n"
	"convert shared 17G-4M 4M\n"
	"prefault 16G 4K\n"
	"prefault 17G+16M 4K\n"
	"convert shared 17G 4M\n"
	"prefault 17G+16M 4K\n"
	"expect 1G x2\n");

CASE_1G(memslot_created_over_attributes_1G,
	"convert private 16G+6M+4K 4K\n"
	"convert private 17G+2M 2M\n"
	"memslot 1 gpa 16G size 3G backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 4K\n"
	"expect 2M x1\n"
	"prefault 16G+6M 4K\n"
	"prefault 17G 4K\n"
	"prefault 17G+4M 4K\n"
	"prefault 18G 4K\n"
	"convert shared 17G+2M 2M\n"
	"prefault 17G 4K\n"
	"expect 4K x1 2M x1 1G x2\n");

CASE_1G(memslot_moved_over_attributes_1G,
	"convert private 18G+6M+4K 4K\n"
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb\n"
	"prefault 16G 4K\n"
	"expect 1G x1\n"
	"move 1 gpa 18G\n"
	"prefault 18G 4K\n"
	"prefault 18G+6M 4K\n"
	"move 1 gpa 16G\n"
	"prefault 16G 4K\n"
	"expect 1G x1\n");

/* A 1G hugepage is mixed for a page in its first or last 2M, whatever happens elsewhere in it. */
CASE_1G(private_page_in_first_or_last_2M,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb guest_memfd\n"
	"convert private 16G+4K 4K\n"
	"convert private 16G+10M 4K\n"
	"convert shared 16G+10M 4K\n"
	"prefault 16G+512M 4K\n"
	"expect 2M x1\n"
	"convert shared 16G+4K 4K\n"
	"prefault 16G+512M 4K\n"
	"convert private 17G-4K 4K\n"
	"convert private 16G+10M 4K\n"
	"convert shared 16G+10M 4K\n"
	"prefault 16G+512M 4K\n"
	"expect 2M x1\n");

TEST_F(memslot, as_written)
{
	scenario_case_run(_metadata, variant->scenario, self->name, false);
}

TEST_F(memslot, read_out)
{
	scenario_case_run(_metadata, variant->scenario, self->name, true);
}

/* The last hugepage that a guest can have, which KVM says by what it refuses. */

#define HUGEPAGE	((u64)SZ_2M)
/* As four levels of page tables have: some hosts let memslots lie above, but map none there. */
#define MAX_GPA_BITS	48
#define MIN_GPA_BITS	36

/* kvm_arch_prepare_memory_region() compares with kvm_mmu_max_gfn(). Returns 0 if there is none. */
static u64 add_last_memslot(struct plain_vm *vm)
{
	unsigned int bits;
	u64 gpa;
	int r;

	for (bits = MAX_GPA_BITS; bits >= MIN_GPA_BITS; bits--) {
		gpa = BIT_ULL(bits) - HUGEPAGE;
		r = plain_vm_add_memslot(vm, gpa, HUGEPAGE);
		if (r != EINVAL)
			return r ? 0 : gpa;
	}
	return 0;
}

FIXTURE(last_hugepage)
{
	struct plain_vm vm;
	u64 gpa;
};

FIXTURE_SETUP(last_hugepage)
{
	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");
	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, HUGEPAGE, HUGEPAGE);
	self->gpa = add_last_memslot(&self->vm);
	ASSERT_NE(0, self->gpa);
}

FIXTURE_TEARDOWN(last_hugepage)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, self->gpa, "after the VM");
}

static void expect_prefault(struct __test_metadata *_metadata, FIXTURE_DATA(last_hugepage) * self,
			    enum level level, u64 nr, const char *when)
{
	u64 stopped;

	ASSERT_EQ(0, vm_driver_prefault(self->vm.vmd, self->gpa, HUGEPAGE, &stopped));
	vm_expect_leaves_of(_metadata, self->vm.vmd, level, nr, self->gpa, when);
}

TEST_F(last_hugepage, is_zapped_to_its_last_page)
{
	struct vm_driver *vmd = self->vm.vmd;
	const u64 page = self->gpa + HUGEPAGE - SZ_4K;

	expect_prefault(_metadata, self, LEVEL_2M, 1, "uniform");
	ASSERT_EQ(0, vm_driver_convert(vmd, page, SZ_4K, true));
	vm_expect_leaves_of(_metadata, vmd, LEVEL_2M, 0, page, "last page private");
	expect_prefault(_metadata, self, LEVEL_4K, 512, "mixed");
	ASSERT_EQ(0, vm_driver_convert(vmd, page, SZ_4K, false));
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 511, page, "last page shared again");
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, self->gpa, 0, NULL, -1, false));
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 0, page, "memslot deleted");
}

/* One entry of the topmost page table covers 512G; whoever walks goes from one to the next. */
#define BORDER		(512ull * SZ_1G)
#define BORDER_SIZE	(2 * HUGEPAGE)

static void expect_at_border(struct __test_metadata *_metadata, struct plain_vm *vm,
			     enum level level, u64 nr, const char *when)
{
	u64 stopped;

	ASSERT_EQ(0, vm_driver_prefault(vm->vmd, BORDER - HUGEPAGE, BORDER_SIZE, &stopped));
	vm_expect_leaves_of(_metadata, vm->vmd, level, nr, BORDER, when);
}

TEST(range_across_512G_is_one)
{
	u64 leaves[NR_LEVELS];
	struct plain_vm vm;
	int r;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	plain_vm_create(&vm, BACKING_HUGETLB_2MB, BORDER_SIZE, BORDER_SIZE);
	r = plain_vm_add_memslot(&vm, BORDER - HUGEPAGE, BORDER_SIZE);
	if (r == EINVAL) {
		plain_vm_free(&vm);
		SKIP(return, "guest memory above 512G");
	}
	ASSERT_EQ(0, r);
	expect_at_border(_metadata, &vm, LEVEL_2M, 2, "uniform");
	ASSERT_EQ(0, madvise(vm.view.base, BORDER_SIZE, MADV_DONTNEED));
	vm_expect_leaves_of(_metadata, vm.vmd, LEVEL_2M, 0, BORDER, "dropped by the host");

	expect_at_border(_metadata, &vm, LEVEL_2M, 2, "needed again");
	ASSERT_EQ(0, vm_driver_convert(vm.vmd, BORDER - SZ_4K, SZ_8K, true));
	vm_expect_leaves_of(_metadata, vm.vmd, LEVEL_2M, 0, BORDER, "a page each side private");
	expect_at_border(_metadata, &vm, LEVEL_4K, 1024, "mixed");
	ASSERT_EQ(0, vm_driver_convert(vm.vmd, BORDER - SZ_4K, SZ_8K, false));
	vm_expect_leaves_of(_metadata, vm.vmd, LEVEL_4K, 1022, BORDER, "both shared again");

	ASSERT_EQ(0, vm_driver_set_memslot(vm.vmd, 1, BORDER - HUGEPAGE, 0, NULL, -1, false));
	vm_expect_leaves_of(_metadata, vm.vmd, LEVEL_4K, 0, BORDER, "memslot deleted");
	ASSERT_EQ(0, vm_driver_set_memslot(vm.vmd, 1, BORDER - HUGEPAGE, BORDER_SIZE, vm.view.base,
					   -1, false));
	expect_at_border(_metadata, &vm, LEVEL_2M, 2, "without guest_memfd");
	ASSERT_EQ(0, vm_driver_set_memslot(vm.vmd, 1, BORDER - HUGEPAGE, BORDER_SIZE, vm.view.base,
					   -1, true));
	/* They are split, or gone. */
	vm_driver_leaves(vm.vmd, leaves);
	EXPECT_EQ(0, leaves[LEVEL_2M]) {
		TH_LOG("Wanted 2M x0 at gpa 0x%llx (logged), got 2M x%llu", BORDER,
		       (unsigned long long)leaves[LEVEL_2M]);
	}
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, BORDER, "after the VM");
}

/* What the host drops beyond 4G of a memslot is still the memslot's: kvm_handle_hva_range(). */
#define LARGE_SIZE	(5ull * SZ_1G)
#define FAR_PAGE	(4ull * SZ_1G + SZ_1G / 2)

TEST(page_beyond_4G_is_unmapped_with_the_host)
{
	const u64 gpa = 16ull * SZ_1G + FAR_PAGE, tag = 0x5afe5afe5afe5afeull;
	struct vm_driver *vmd;
	struct guest_access got;
	void *hva;

	kernel_log_start();
	vmd = vm_driver_create(1);
	hva = mmap(NULL, LARGE_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, hva);
	madvise(hva, LARGE_SIZE, MADV_NOHUGEPAGE);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, 16ull * SZ_1G, LARGE_SIZE, hva, -1, false));
	vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa, tag);
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 1, gpa, "written");
	ASSERT_EQ(0, madvise(hva + FAR_PAGE, SZ_4K, MADV_DONTNEED));
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 0, gpa, "dropped by the host");
	got = vm_driver_touch(vmd, 0, ACCESS_READ, gpa, 0);
	vm_expect_content(_metadata, 0, got.value, gpa, "dropped by the host");
	vm_driver_free(vmd);
	munmap(hva, LARGE_SIZE);
	vm_expect_no_warning(_metadata, gpa, "after the VM");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return suite_harness_run(argc, argv);
}
