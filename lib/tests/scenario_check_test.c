// SPDX-License-Identifier: GPL-2.0-only
/* Which steps are possible when. */
#include <stdio.h>

#include <linux/kernel.h>

#include "model/scenario_check.h"
#include "text.h"
#include "unit.h"

#define TWO_MB	"memslot 1 gpa 16G size 8M backing hugetlb_2mb guest_memfd\n"
#define SHMEM	"memslot 2 gpa 17G size 64K hva 4K backing shmem\n"
#define ANON	"memslot 3 gpa 18G size 64K backing anonymous\n"

struct sample {
	const char *text;
	const char *error;		/* NULL: possible */
};

static void check_samples(const struct sample *sample, size_t nr)
{
	struct scenario scenario = { };
	char error[256];
	size_t i;

	for (i = 0; i < nr; i++) {
		bool good;

		text_parse(&scenario, sample[i].text);
		error[0] = '\0';
		good = scenario_check(&scenario, "f", error, sizeof(error));
		CHECK(good == !sample[i].error, "%s is %s", sample[i].text,
		      good ? "possible" : "refused");
		CHECK_TEXT(error, sample[i].error ? sample[i].error : "");
	}
	scenario_free(&scenario);
}

static void test_memslots(void)
{
	static const struct sample sample[] = {
		{ "", NULL },
		{ TWO_MB SHMEM ANON, NULL },
		{ TWO_MB "memslot 1 gpa 18G size 4K backing shmem",
		  "f:2:1: expected a number that no memslot has, 1 is in use" },
		{ TWO_MB "delete 1\n" TWO_MB, NULL },
		{ "delete 1", "f:1:1: expected a memslot 1 to be there" },
		{ TWO_MB "\n\ndelete 2", "f:4:1: expected a memslot 2 to be there" },
		{ "memslot 1 gpa 16G size 0 backing shmem", "f:1:1: expected a size above 0" },
		{ "memslot 1 gpa 4G-4K size 4K backing shmem",
		  "f:1:1: expected a range between 4G and 512G" },
		{ "memslot 1 gpa 4G size 4K backing shmem", NULL },
		{ "memslot 1 gpa 512G size 4K backing shmem",
		  "f:1:1: expected a range between 4G and 512G" },
		{ "memslot 1 gpa 512G-4K size 4K backing shmem", NULL },
		{ "memslot 1 gpa 512G-4K size 8K backing shmem",
		  "f:1:1: expected a range between 4G and 512G" },
		{ "memslot 1 gpa 16G size 17179869183G backing hugetlb_1gb",
		  "f:1:1: expected a range between 4G and 512G" },
		{ "memslot 1 gpa 16G size 4K hva 1G backing shmem",
		  "f:1:1: expected an hva offset below 1G" },
		{ "memslot 1 gpa 16G size 4K hva 1G-4K backing shmem", NULL },
		{ "memslot 1 gpa 16G size 4K backing shmem guest_memfd offset 1G",
		  "f:1:1: expected an offset below 1G" },
		{ "touch read 16G\nexpect exit none if huge",
		  "f:2:1: expected leaves where guest_memfd is huge" },
		{ "memslot 1 gpa 16G size 4K backing shmem offset 4K",
		  "f:1:1: expected an offset only with guest_memfd" },
		{ "memslot 1 gpa 16G size 4K backing shmem guest_memfd offset 1G-4K", NULL },
		{ "memslot 1 gpa 16G size 64M backing shmem", NULL },
		{ "memslot 1 gpa 16G size 64M+4K backing shmem",
		  "f:1:1: expected a size of at most 64M for shmem memory" },
		{ "memslot 1 gpa 16G size 64M+4K backing anonymous",
		  "f:1:1: expected a size of at most 64M for anonymous memory" },
		{ "memslot 1 gpa 16G size 496G backing hugetlb_2mb", NULL },
		{ TWO_MB "memslot 2 gpa 16G+8M-4K size 4K backing shmem",
		  "f:2:1: expected a range that no other memslot overlaps" },
		{ TWO_MB "memslot 2 gpa 16G+8M size 4K backing shmem", NULL },
		{ TWO_MB "move 1 gpa 20G", "f:2:1: expected a memslot without guest_memfd" },
		{ TWO_MB "log 1 on", "f:2:1: expected a memslot without guest_memfd" },
		{ "memslot 1 gpa 16G size 8M backing hugetlb_2mb guest_memfd logged",
		  "f:1:1: expected no guest_memfd in a memslot that is logged" },
		{ "memslot 1 gpa 16G size 8M backing guest_memfd logged",
		  "f:1:1: expected no guest_memfd in a memslot that is logged" },
		{ "memslot 1 gpa 16G size 8M backing hugetlb_2mb logged\ndirty 1", NULL },
		{ SHMEM "move 2 gpa 20G\nlog 2 on\nlog 2 on\nlog 2 off", NULL },
		{ SHMEM "move 2 gpa 17G+4K", NULL },
		{ SHMEM ANON "move 2 gpa 18G-60K",
		  "f:3:1: expected a range that no other memslot overlaps" },
		{ SHMEM ANON "move 2 gpa 18G-64K", NULL },
		{ SHMEM "move 2 gpa 512G-60K", "f:2:1: expected a range between 4G and 512G" },
		{ "move 1 gpa 16G", "f:1:1: expected a memslot 1 to be there" },
		{ "log 1 on", "f:1:1: expected a memslot 1 to be there" },
	};

	check_samples(sample, ARRAY_SIZE(sample));
}

static void test_conversions(void)
{
	static const struct sample sample[] = {
		{ "convert private 4G 4K", NULL },
		{ "convert private 4G-4K 8K", "f:1:1: expected a range above 4G" },
		{ "convert private 16G 0", "f:1:1: expected a size above 0" },
		{ "convert private 17179869183G 1G-4K", NULL },
		{ "convert private 17179869183G 1G",
		  "f:1:1: expected a range that ends below 2^64" },
		{ "convert private 262144G-4K 4K by guest", NULL },
		{ "convert private 262144G-4K 8K by guest",
		  "f:1:1: expected a range below 2^48 for the guest to name" },
		{ "convert private 16G 4G\nconvert shared 16G 4G", NULL },
		{ "convert private 16G 4G\nconvert shared 16G 4G\nconvert shared 16G 4K",
		  "f:3:1: expected at most 8G of conversions in all" },
	};

	check_samples(sample, ARRAY_SIZE(sample));
}

static void test_rings(void)
{
	static const struct sample sample[] = {
		{ "eager_split off\ndirty_ring\nmemslot 1 gpa 16G size 2M backing shmem\nlog 1 on\n"
		  "touch write 16G\ndirty 1", NULL },
		{ "convert private 16G 4K\nconvert shared 16G 4K\ndirty_ring", NULL },
		{ "convert private 16G 4K\ndirty_ring", "f:2:1: expected no private memory yet" },
		{ "memslot 2 gpa 16G size 2M backing shmem\ndirty_ring",
		  "f:2:1: expected no memslot yet, there is 2" },
		{ "dirty_ring\ndirty_ring", "f:2:1: expected no dirty_ring before it" },
		{ "manual_protect on\ndirty_ring", "f:2:1: expected manual_protect to be off" },
		{ "dirty_ring\nmanual_protect off", "f:2:1: expected no dirty_ring before it" },
		{ "dirty_ring\nmemslot 1 gpa 16G size 2M backing shmem logged\nclear 16G 4K",
		  "f:3:1: expected no dirty_ring before it" },
	};

	check_samples(sample, ARRAY_SIZE(sample));
}

static void test_accesses(void)
{
	static const struct sample sample[] = {
		{ "touch read 16G", NULL },
		{ "touch write 16G 64M", NULL },
		{ "touch write 16G 64M+4K", "f:1:1: expected a size of at most 64M" },
		{ "touch write 16G 0", "f:1:1: expected a size above 0" },
		{ "touch read 4G-4K", "f:1:1: expected a range between 4G and 512G" },
		{ "touch execute 16G",
		  "f:1:1: expected a memslot, or private memory, to execute from" },
		{ "convert private 16G 4K\ntouch execute 16G", NULL },
		{ TWO_MB "touch execute 16G 8M", NULL },
		{ TWO_MB "touch execute 16G 8M+4K",
		  "f:2:1: expected a memslot, or private memory, to execute from" },
		{ TWO_MB "convert private 16G+8M 4K\ntouch execute 16G 8M+4K", NULL },
		{ TWO_MB "convert private 16G+8M 4K\ntouch execute 16G 8M+8K",
		  "f:3:1: expected a memslot, or private memory, to execute from" },
		{ "prefault 16G 1G", NULL },
		{ "prefault 512G-4K 4K", NULL },
		{ "prefault 512G-4K 8K", "f:1:1: expected a range between 4G and 512G" },
		{ "touch read 16G failing 3\ntouch read 16G failing 3 times 1", NULL },
		{ "touch read 16G times 3", "f:1:1: expected failing before times" },
		{ "touch read 16G failing 1 limited 4K",
		  "f:1:1: expected failing or limited, not both" },
	};

	check_samples(sample, ARRAY_SIZE(sample));
}

static void test_memory(void)
{
	static const struct sample sample[] = {
		{ TWO_MB "punch 16G 8M\nallocate 16G+4K 4K", NULL },
		{ TWO_MB "punch 16G 8M+4K", "f:2:1: expected a range inside one memslot" },
		{ "allocate 16G 4K", "f:1:1: expected a range inside one memslot" },
		{ SHMEM "punch 17G 4K", "f:2:1: expected a memslot with guest_memfd" },
		{ TWO_MB "dontneed 16G+2M 4M\ndiscard 16G 8M", NULL },
		{ TWO_MB "dontneed 16G+4K 2M", "f:2:1: expected whole 2M pages of the host" },
		{ TWO_MB "discard 16G 4K", "f:2:1: expected whole 2M pages of the host" },
		{ "memslot 1 gpa 16G size 8M hva 4K backing hugetlb_2mb\ndontneed 16G+2M-4K 2M",
		  NULL },
		{ SHMEM ANON "dontneed 17G 4K\ndiscard 17G 4K\ndontneed 18G 4K", NULL },
		{ ANON "discard 18G 4K", "f:2:1: expected a memslot with a file behind it" },
		{ TWO_MB "memslot 4 gpa 16G+8M size 2M backing hugetlb_2mb\ndontneed 16G 10M",
		  "f:3:1: expected a range inside one memslot" },
		{ TWO_MB "migrate 16G+2M 4M to node_1 by mbind\nevacuate node_0\nplace node_1",
		  NULL },
		{ TWO_MB "migrate 16G+4K 2M to node_1 by mbind",
		  "f:2:1: expected whole 2M pages of the host" },
		{ SHMEM "migrate 17G 4K to node_0 by move_pages",
		  "f:2:1: expected whole 2M pages of the host" },
		{ ANON "migrate 18G+4K 8K to node_0 by other_process", NULL },
		{ ANON "migrate 18G+4K 8K to node_0 by mbind",
		  "f:2:1: expected whole 2M pages of the host" },
		{ TWO_MB "memslot 4 gpa 20G size 2M backing anonymous_hugetlb_2mb\n"
		  "migrate 16G 2M to node_0 by move_pages\n"
		  "migrate 16G 2M to node_0 by other_process",
		  "f:4:1: expected no anonymous_hugetlb_2mb memory to be there" },
		{ ANON "migrate 18G 128K to node_0 by other_process",
		  "f:2:1: expected a range inside one memslot" },
		{ "memslot 1 gpa 16G size 2M backing guest_memfd\n"
		  "migrate 16G 2M to node_0 by mbind",
		  "f:2:1: expected a memslot with memory that the host can reach" },
		{ ANON "fork 18G+60K", NULL },
		{ ANON "fork 18G+64K", "f:2:1: expected a range inside one memslot" },
	};

	check_samples(sample, ARRAY_SIZE(sample));
}

#define ONE_OF	"f:1:1: expected one of leaves, an exit and dirty pages"

static void test_expectations(void)
{
	static const struct sample sample[] = {
		{ TWO_MB "expect no leaf\nexpect 4K x3 1G x1\nexpect exit mmio x2\nexpect dirty x1",
		  NULL },
		{ "expect", ONE_OF },
		{ "expect no leaf 2M x1", ONE_OF },
		{ "expect 2M x1 exit none", ONE_OF },
		{ "expect 2M x1 x2", "f:1:1: expected what there is x2 of" },
	};

	check_samples(sample, ARRAY_SIZE(sample));
}

/* A step that did not come from text: no line, and values that no text can have. */
static void test_without_text(void)
{
	struct step step = { .op = STEP_FORK, .gpa = (16ull << 30) + 1 };
	struct scenario scenario = { };
	char error[64];

	scenario_add(&scenario, &step);
	CHECK(!scenario_check(&scenario, "random", error, sizeof(error)), "odd address");
	CHECK_TEXT(error, "random:1:1: expected multiples of 4K");

	scenario.step[0] = (struct step) { .op = STEP_MEMSLOT, .slot = SCENARIO_MAX_SLOT + 1 };
	CHECK(!scenario_check(&scenario, "random", error, sizeof(error)), "odd memslot");
	CHECK_TEXT(error, "random:1:1: expected a memslot number from 1 to 31");
	scenario_free(&scenario);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "memslots", test_memslots },
		{ "conversions", test_conversions },
		{ "dirty rings", test_rings },
		{ "accesses", test_accesses },
		{ "the host's memory", test_memory },
		{ "expectations", test_expectations },
		{ "steps that were not read from text", test_without_text },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
