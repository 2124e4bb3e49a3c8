// SPDX-License-Identifier: GPL-2.0-only
/* The states of the model as JSON. */
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "model/film.h"
#include "text.h"
#include "unit.h"

static const struct kernel_traits traits = { .gmem_level = LEVEL_4K };

static char *film_text(const char *steps)
{
	struct scenario scenario = { };
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	TEST_ASSERT(out, "out of memory");
	text_parse(&scenario, steps);
	film_print(&scenario, &traits, out);
	fclose(out);
	scenario_free(&scenario);
	return text;
}

static void check_film(const char *steps, const char *want)
{
	char *text = film_text(steps);

	CHECK_TEXT(text, want);
	free(text);
}

#define STEP(text, gpa, size)								\
	"  {\"text\": \"" text "\", \"gpa\": " gpa ", \"size\": " size "}"

#define SLOT(leaves_4k, leaves_2m, leaves_1g)						\
	"{\"id\": 1, \"gpa\": 17179869184, \"size\": 2147483648, "			\
	"\"backing\": \"hugetlb_1gb\", \"guest_memfd\": true, \"logged\": false, "	\
	"\"leaves\": {\"4K\": [" leaves_4k "], \"2M\": [" leaves_2m "], "		\
	"\"1G\": [" leaves_1g "]}}"

static void test_states(void)
{
	check_film("memslot 1 gpa 16G size 2G backing hugetlb_1gb guest_memfd\n"
		   "convert private 16G+4K 8K\n"
		   "prefault 16G 2G\n",
		   "\"steps\": [\n"
		   STEP("memslot 1 gpa 16G size 2G backing hugetlb_1gb guest_memfd",
			"17179869184", "2147483648") ",\n"
		   STEP("convert private 16G+4K 8K", "17179873280", "8192") ",\n"
		   STEP("prefault 16G 2G", "17179869184", "2147483648") "],\n"
		   "\"states\": [\n"
		   "  {\"slots\": [" SLOT("", "", "") "], \"private\": []},\n"
		   "  {\"slots\": [" SLOT("", "", "") "], \"private\": [[17179873280, 8192]]},\n"
		   "  {\"slots\": [" SLOT("[17179869184, 512]", "[17181966336, 511]",
					  "[18253611008, 1]")
		   "], \"private\": [[17179873280, 8192]]}]");
}

/* No memslots, and a list of private ranges. */
static void test_private_ranges(void)
{
	check_film("convert private 16G 4K\nconvert private 16G+8K 4K\n",
		   "\"steps\": [\n"
		   STEP("convert private 16G 4K", "17179869184", "4096") ",\n"
		   STEP("convert private 16G+8K 4K", "17179877376", "4096") "],\n"
		   "\"states\": [\n"
		   "  {\"slots\": [], \"private\": [[17179869184, 4096]]},\n"
		   "  {\"slots\": [], \"private\": [[17179869184, 4096], [17179877376, 4096]]}]");
}

/* How often @word is in @text. */
static size_t count(const char *text, const char *word)
{
	size_t nr = 0;

	for (text = strstr(text, word); text; text = strstr(text + 1, word))
		nr++;
	return nr;
}

/* What a refused step left undone may make a later one impossible here: it changes nothing. */
static void test_impossible(void)
{
	char *text = film_text("delete 1\ntouch read 16G\n");

	CHECK(count(text, "{\"slots\": [], \"private\": []}") == 2, "two empty states: %s", text);
	free(text);
}

static void test_last_states(void)
{
	struct scenario scenario = { };
	const struct step step = { .op = STEP_TOUCH, .gpa = SCENARIO_MIN_GPA, .size = GFN_BYTES };
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	TEST_ASSERT(out, "out of memory");
	while (scenario.nr < FILM_STATES_MAX + 3)
		scenario_add(&scenario, &step);
	film_print(&scenario, &traits, out);
	fclose(out);
	CHECK(count(text, "\"text\"") == FILM_STATES_MAX + 3, "all steps");
	CHECK(count(text, "\"slots\"") == FILM_STATES_MAX, "%zu states", count(text, "\"slots\""));
	free(text);
	scenario_free(&scenario);
}

static void test_string(void)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	TEST_ASSERT(out, "out of memory");
	film_print_string("a \"b\" \\\n\xe9", out);
	fclose(out);
	CHECK_TEXT(text, "\"a \\u0022b\\u0022 \\u005c\\u000a\\u00e9\"");
	free(text);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "memslots, attributes and leaves after each step", test_states },
		{ "private ranges without a memslot", test_private_ranges },
		{ "a step that is not possible", test_impossible },
		{ "a long scenario has its last states", test_last_states },
		{ "strings", test_string },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
