// SPDX-License-Identifier: GPL-2.0-only
/* The scenario text: what is read, what is printed, and what is said about mistakes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "scenario/random.h"
#include "text.h"
#include "unit.h"

/* Parse @len bytes of @text; return the error message, or "" if it is right. */
static const char *parse(struct scenario *scenario, const char *text, size_t len)
{
	static char error[512];

	error[0] = '\0';
	/* An exact copy, so that the sanitizer sees a read past the end. */
	char *copy = malloc(len ? len : 1);

	memcpy(copy, text, len);
	if (scenario_parse(scenario, "f", copy, len, error, sizeof(error))) {
		CHECK(error[0], "an error without a message");
		CHECK(!scenario->nr, "a wrong text leaves %zu steps", scenario->nr);
	}
	free(copy);
	return error;
}

static void test_sizes(void)
{
	static const struct {
		u64 bytes;
		const char *text;
	} size[] = {
		{ 0, "0" },
		{ 4096, "4K" },
		{ 512 << 10, "512K" },
		{ 2 << 20, "2M" },
		{ (2 << 20) + 4096, "2M+4K" },
		{ (2 << 20) - 4096, "2M-4K" },
		{ (1 << 20) - 4096, "1020K" },
		{ 1 << 30, "1G" },
		{ 17ull << 30, "17G" },
		{ (16ull << 30) + (2 << 20) + 4096, "16G+2M+4K" },
		{ (16ull << 30) - (2 << 20), "16G-2M" },
		{ (16ull << 30) - 4096, "16G-4K" },
		{ (16ull << 30) + (4 << 20) - 4096, "16G+4M-4K" },
		{ (16ull << 30) - (2 << 20) - 4096, "16G-2M-4K" },
		{ -4096ull, "17179869183G+1023M+1020K" },
		{ -(1ull << 30), "17179869183G" },
	};
	char text[SIZE_TEXT_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(size); i++)
		CHECK_TEXT(format_size(size[i].bytes, text), size[i].text);
}

/* Whatever is printed is read back as the same number. */
static void test_sizes_back(void)
{
	struct scenario scenario = { };
	char size[SIZE_TEXT_MAX], line[64];
	u64 state = 1;
	int i;

	for (i = 0; i < 20000; i++) {
		/* All magnitudes. */
		u64 value = random_next(&state) >> (i % 52) & -4096ull;

		snprintf(line, sizeof(line), "fork %s", format_size(value, size));
		if (!CHECK(!parse(&scenario, line, strlen(line))[0], "%s is not read", line))
			break;
		CHECK(scenario.step[0].gpa == value, "%s is read as 0x%llx", line,
		      (unsigned long long)scenario.step[0].gpa);
	}
	scenario_free(&scenario);
}

/* What people write, and how it is printed. */
static void test_lines(void)
{
	static const struct {
		const char *text;
		const char *printed;
	} line[] = {
		{ "", "" },
		{ "\n\n# nothing\n \t# nothing\n", "" },
		{ "memslot 1 gpa 16G size 8M backing hugetlb_2mb\n", NULL },
		{ "memslot 31 gpa 16G size 8M hva 4K backing shmem guest_memfd\n", NULL },
		{ "memslot 5 gpa 16G size 2M backing anonymous logged\n", NULL },
		{ "memslot 2 gpa 16G size 4K hva 0 backing anonymous",
		  "memslot 2 gpa 16G size 4K backing anonymous\n" },
		{ "memslot 3 gpa 0x400000000 size 1G backing hugetlb_1gb guest_memfd",
		  "memslot 3 gpa 16G size 1G backing hugetlb_1gb guest_memfd\n" },
		{ "delete 01\n", "delete 1\n" },
		{ "move 1 gpa 4G+2M+4K\n", NULL },
		{ "convert private 16G 4K\n", NULL },
		{ "convert shared 16G 2M by guest\n", NULL },
		{ "touch read 16G", "touch read 16G\n" },
		{ "touch write 16G 4K", "touch write 16G\n" },
		{ "touch execute 16G 8K\n", NULL },
		{ "prefault 16G 1G\n", NULL },
		{ "prefault 16G 1G failing 3\n", NULL },
		{ "touch read 16G failing 1 times 2\n", NULL },
		{ "convert private 16G 4K by guest limited 64K\n", NULL },
		{ "delete 1 limited 0", "delete 1\n" },
		{ "punch 16G 1G\n", NULL },
		{ "allocate 16G 1G\n", NULL },
		{ "log 1 on\nlog 1 off\n", NULL },
		{ "dontneed 16G 2M\n", NULL },
		{ "discard 16G 2M\n", NULL },
		{ "fork 16G\n", NULL },
		{ "split 16G 4K by mprotect\nsplit 16G+4K 8K by nohugepage\n", NULL },
		{ "collapse 16G 2M\n", NULL },
		{ "place anywhere\nplace node_1\nplace interleaved\n", NULL },
		{ "place touched_on_node_1\n", NULL },
		{ "migrate 16G 2M to node_0 by move_pages\n", NULL },
		{ "migrate 16G 4K to node_1 by mbind\nevacuate node_1\n", NULL },
		{ "migrate 16G 4K to node_1 by other_process\n", NULL },
		{ "dirty_ring\n", NULL },
		{ "expect no leaf\nexpect 4K x511 2M x1\nexpect 1G x2\n", NULL },
		{ "expect no leaf if huge\nexpect 4K x511 2M x1 if huge\n", NULL },
		{ "expect exit memory_fault\nexpect exit none x3\nexpect dirty x2\n", NULL },
		{ "  fork\t16G  # where\r\n\r\nfork 0x1000#here\n", "fork 16G\nfork 4K\n" },
		{ "fork 1K+1K+2048", "fork 4K\n" },
		{ "fork 16G-4K-0x1000+1M", "fork 16G+1016K\n" },
		{ "fork 0xFfK+1K+0x0", "fork 256K\n" },
		{ "fork 17179869183G+1023M+1020K\n", NULL },
	};
	struct scenario scenario = { };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(line); i++) {
		const char *want = line[i].printed ? line[i].printed : line[i].text;
		char *printed, *again;

		CHECK_TEXT(parse(&scenario, line[i].text, strlen(line[i].text)), "");
		printed = text_print(&scenario);
		CHECK_TEXT(printed, want);
		CHECK_TEXT(parse(&scenario, printed, strlen(printed)), "");
		again = text_print(&scenario);
		CHECK_TEXT(again, printed);
		free(again);
		free(printed);
	}
	scenario_free(&scenario);
}

static void test_fields(void)
{
	struct scenario scenario = { };
	const struct step *step;

	text_parse(&scenario, "# first\n\n"
		   "memslot 7 gpa 4G+4K size 8K hva 12K backing hugetlb_1gb guest_memfd offset 8K\n"
		   "convert private 4G 4K by guest\n"
		   "touch execute 4G\n"
		   "log 7 on\n"
		   "manual_protect initially_set\n"
		   "clear 4G 8K\n"
		   "nx_recover\n");
	if (!CHECK(scenario.nr == 7, "%zu steps", scenario.nr))
		return;

	step = &scenario.step[0];
	CHECK(step->op == STEP_MEMSLOT && step->slot == 7 && step->line == 3, "memslot");
	CHECK(step->gpa == (4ull << 30) + 4096 && step->size == 8192 && step->hva == 12288,
	      "memslot's place");
	CHECK(step->backing == BACKING_HUGETLB_1GB && step->gmem && step->offset == 8192,
	      "memslot's memory");
	step = &scenario.step[1];
	CHECK(step->op == STEP_CONVERT && step->private && step->by_guest && step->line == 4,
	      "conversion");
	step = &scenario.step[2];
	CHECK(step->op == STEP_TOUCH && step->access == ACCESS_EXECUTE && step->size == 4096,
	      "touch");
	step = &scenario.step[3];
	CHECK(step->op == STEP_LOG && step->slot == 7 && step->on, "log");
	step = &scenario.step[4];
	CHECK(step->op == STEP_MANUAL_PROTECT && step->protect == PROTECT_INITIALLY_SET, "protect");
	step = &scenario.step[5];
	CHECK(step->op == STEP_CLEAR && step->gpa == 4ull << 30 && step->size == 8192, "clear");
	CHECK(scenario.step[6].op == STEP_NX_RECOVER, "recover");
	scenario_free(&scenario);
}

#define OPS	"memslot, delete, move, convert, touch, prefault, punch, allocate, log, " \
		"dontneed, discard, fork, manual_protect, dirty, clear, eager_split, " \
		"nx_hugepages, nx_recover, split, collapse, place, migrate, evacuate, " \
		"dirty_ring or expect"
#define BACKINGS "anonymous, shmem, hugetlb_2mb, hugetlb_1gb, anonymous_thp, " \
		 "anonymous_hugetlb_2mb, anonymous_hugetlb_1gb, memfd or guest_memfd"
#define PRESSURE "failing, times, limited or the end of the line, "
#define EXPECTED "no leaf, 4K, 2M, 1G, exit, dirty, if huge or the end of the line, "
#define MORE	"K, M, G, + or - after a number"

static void test_errors(void)
{
	static const struct {
		const char *text;
		const char *error;
	} wrong[] = {
		/* words */
		{ "frok 4G", "f:1:1: expected " OPS ", found 'frok'" },
		{ "fork 4G\n\n  x", "f:3:3: expected " OPS ", found 'x'" },
		{ "fork", "f:1:5: expected a number, found the end of the line" },
		{ "fork # 4G", "f:1:6: expected a number, found the end of the line" },
		{ "fork 4G 4K", "f:1:9: expected the end of the line, found '4K'" },
		{ "convert mixed 4G 4K", "f:1:9: expected shared or private, found 'mixed'" },
		{ "convert private", "f:1:16: expected a number, found the end of the line" },
		{ "convert private 4G 4K guest",
		  "f:1:23: expected by guest, " PRESSURE "found 'guest'" },
		{ "convert private 4G 4K by", "f:1:25: expected guest, found the end of the line" },
		{ "convert private 4G 4K by host", "f:1:26: expected guest, found 'host'" },
		{ "convert private 4G 4K by guest x",
		  "f:1:32: expected " PRESSURE "found 'x'" },
		{ "touch wrote 4G", "f:1:7: expected read, write or execute, found 'wrote'" },
		{ "touch read 4G 4K 4K", "f:1:18: expected " PRESSURE "found '4K'" },
		{ "log 1 maybe", "f:1:7: expected off or on, found 'maybe'" },
		{ "manual_protect yes",
		  "f:1:16: expected off, on or initially_set, found 'yes'" },
		{ "nx_recover 1",
		  "f:1:12: expected ratio, periods, early or the end of the line, found '1'" },
		{ "nx_recover ratio 0", "f:1:18: expected a number from 1 to 999999, found '0'" },
		{ "nx_recover early 2",
		  "f:1:18: expected the end of the line, found '2'" },
		{ "log 1", "f:1:6: expected off or on, found the end of the line" },
		{ "move 1 4G", "f:1:8: expected gpa, found '4G'" },
		{ "memslot 1 size 4K", "f:1:11: expected gpa, found 'size'" },
		{ "memslot 1 gpa 4G size 4K hvb",
		  "f:1:26: expected hva or backing, found 'hvb'" },
		{ "memslot 1 gpa 4G size 4K hva 0 hva 0",
		  "f:1:32: expected backing, found 'hva'" },
		{ "memslot 1 gpa 4G size 4K backing thp",
		  "f:1:34: expected " BACKINGS ", found 'thp'" },
		{ "memslot 1 gpa 4G size 4K backing shmem gmem",
		  "f:1:40: expected guest_memfd, offset, logged, " PRESSURE "found 'gmem'" },

		{ "expect 2M 1", "f:1:11: expected x and a number, found '1'" },
		{ "expect 2M x0", "f:1:12: expected a number from 1 to 999999, found '0'" },
		{ "expect exit hypercall",
		  "f:1:13: expected none, memory_fault or mmio, found 'hypercall'" },
		{ "expect leaf", "f:1:8: expected " EXPECTED "found 'leaf'" },

		/* memslot numbers */
		{ "delete",
		  "f:1:7: expected a memslot number from 1 to 31, found the end of the line" },
		{ "delete 0", "f:1:8: expected a memslot number from 1 to 31, found '0'" },
		{ "delete 32", "f:1:8: expected a memslot number from 1 to 31, found '32'" },
		{ "delete 1x", "f:1:8: expected a memslot number from 1 to 31, found '1x'" },
		{ "delete -1", "f:1:8: expected a memslot number from 1 to 31, found '-1'" },
		{ "delete 4294967297",
		  "f:1:8: expected a memslot number from 1 to 31, found '4294967297'" },

		/* sizes: the column is that of the wrong character or term */
		{ "fork x", "f:1:6: expected a number, found 'x'" },
		{ "fork -4K", "f:1:6: expected a number, found '-4K'" },
		{ "fork 4G+", "f:1:9: expected a number, found '4G+'" },
		{ "fork 4G+-4K", "f:1:9: expected a number, found '4G+-4K'" },
		{ "fork 4g", "f:1:7: expected " MORE ", found '4g'" },
		{ "fork 4GB", "f:1:8: expected " MORE ", found '4GB'" },
		{ "fork 4G4K", "f:1:8: expected " MORE ", found '4G4K'" },
		{ "fork 4T", "f:1:7: expected " MORE ", found '4T'" },
		{ "fork 0x", "f:1:7: expected " MORE ", found '0x'" },
		{ "fork 0xg", "f:1:8: expected a number, found '0xg'" },
		{ "fork 0x12_0", "f:1:10: expected " MORE ", found '0x12_0'" },
		{ "fork 4G+100", "f:1:6: expected a multiple of 4K, found '4G+100'" },
		{ "fork 1", "f:1:6: expected a multiple of 4K, found '1'" },
		{ "fork 4K-8K", "f:1:9: expected a sum that is not negative, found '4K-8K'" },
		{ "fork 18446744073709551616",
		  "f:1:6: expected a number below 2^64, found '18446744073709551616'" },
		{ "fork 99999999999999999999999999999999",
		  "f:1:6: expected a number below 2^64, found '999999999999999999999999...'" },
		{ "fork 4G+17179869184G",
		  "f:1:9: expected a number below 2^64, found '4G+17179869184G'" },
		{ "fork 4G+17179869183G",
		  "f:1:9: expected a sum below 2^64, found '4G+17179869183G'" },
		{ "fork 0x10000000000000000",
		  "f:1:6: expected a number below 2^64, found '0x10000000000000000'" },
	};
	struct scenario scenario = { };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		CHECK_TEXT(parse(&scenario, wrong[i].text, strlen(wrong[i].text)), wrong[i].error);
	scenario_free(&scenario);
}

/* Bytes that no text has. */
static void test_bytes(void)
{
	struct scenario scenario = { };
	char every[256], small[8];
	int i;

	CHECK_TEXT(parse(&scenario, "fork 4G\0x\n", 10),
		   "f:1:8: expected " MORE ", found '4G\\x00x'");
	CHECK_TEXT(parse(&scenario, "\0", 1), "f:1:1: expected " OPS ", found '\\x00'");
	CHECK_TEXT(parse(&scenario, "fork\v4G", 7), "f:1:1: expected " OPS ", found 'fork\\x0b4G'");
	CHECK_TEXT(parse(&scenario, "fork 4G # \0 \xff\nfork 8G", 21), "");

	for (i = 0; i < 256; i++)
		every[i] = i;
	CHECK(parse(&scenario, every, sizeof(every))[0], "all bytes are a scenario");

	CHECK(scenario_parse(&scenario, "name", "x", 1, small, sizeof(small)) == -EINVAL, "result");
	CHECK_TEXT(small, "name:1:");
	scenario_free(&scenario);
}

/* Exactly SCENARIO_MAX_STEPS steps; and nothing is left of a scenario that has more. */
static void test_limit(void)
{
	static const char line[] = "fork 4G\n";
	const size_t len = sizeof(line) - 1;
	struct scenario scenario = { };
	char *text = malloc((SCENARIO_MAX_STEPS + 1) * len);
	size_t i;

	for (i = 0; i <= SCENARIO_MAX_STEPS; i++)
		memcpy(text + i * len, line, len);

	CHECK_TEXT(parse(&scenario, text, SCENARIO_MAX_STEPS * len), "");
	CHECK(scenario.nr == SCENARIO_MAX_STEPS, "%zu steps", scenario.nr);
	CHECK_TEXT(parse(&scenario, text, (SCENARIO_MAX_STEPS + 1) * len),
		   "f:10001:1: expected at most 10000 steps, found 'fork'");
	free(text);
	scenario_free(&scenario);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "sizes as the shortest text", test_sizes },
		{ "sizes there and back", test_sizes_back },
		{ "lines of every kind, there and back", test_lines },
		{ "fields of the steps", test_fields },
		{ "mistakes, with line and column", test_errors },
		{ "bytes that are no text", test_bytes },
		{ "the largest scenario", test_limit },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
