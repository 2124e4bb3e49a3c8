// SPDX-License-Identifier: GPL-2.0-only
/* Expectations against the model: right ones are met, wrong ones are not, and it is said how. */
#include <linux/kernel.h>

#include "model/outcome.h"
#include "model/scenario_model.h"
#include "text.h"
#include "unit.h"

#define MIXED	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"	\
		"convert private 16G+4K 4K\n"

/* The last step of @text is an expectation; check that it is @met, and what is said about it. */
static void check_last(const char *text, bool met, const char *expected, const char *found)
{
	const struct kernel_traits traits = { .gmem_level = LEVEL_4K };
	struct mapping_model *model = mapping_model_alloc(&traits);
	char want[OUTCOME_TEXT_MAX], got[OUTCOME_TEXT_MAX];
	struct scenario scenario = { };
	struct step_outcome outcome;
	const struct step *last;
	size_t i;

	text_parse(&scenario, text);
	for (i = 0; i < scenario.nr; i++)
		scenario_model_step(model, &scenario.step[i]);
	last = &scenario.step[scenario.nr - 1];
	outcome = outcome_of_model(model);
	CHECK(outcome_meets(&outcome, last) == met, "%s", text);
	outcome_expected(last, want);
	outcome_found(&outcome, last, got);
	CHECK_TEXT(want, expected);
	CHECK_TEXT(got, found);
	scenario_free(&scenario);
	mapping_model_free(model);
}

static void test_leaves(void)
{
	check_last(MIXED "expect no leaf", true, "no leaf", "no leaf");
	check_last(MIXED "prefault 16G+2M 4K\nexpect 2M x1", true, "2M x1", "2M x1");
	check_last(MIXED "prefault 16G+2M 4K\nexpect no leaf", false, "no leaf", "2M x1");
	check_last(MIXED "touch read 16G+2M 4K\ntouch read 16G 12K\nexpect 4K x2 2M x1", true,
		   "4K x2 2M x1", "4K x2 2M x1");
	check_last(MIXED "touch read 16G+2M 4K\ntouch read 16G 12K\nexpect 2M x2", false, "2M x2",
		   "4K x2 2M x1");
	check_last(MIXED "expect 4K x1", false, "4K x1", "no leaf");
}

static void test_exits(void)
{
	check_last(MIXED "touch read 16G+4K\nexpect exit memory_fault", true,
		   "KVM_EXIT_MEMORY_FAULT of each page", "1 of 1 pages");
	check_last(MIXED "touch read 16G 12K\nexpect exit memory_fault", false,
		   "KVM_EXIT_MEMORY_FAULT of each page", "1 of 3 pages");
	check_last(MIXED "touch read 16G 12K\nexpect exit memory_fault x1", true,
		   "KVM_EXIT_MEMORY_FAULT of 1 pages", "1 of 3 pages");
	check_last(MIXED "touch read 16G 12K\nexpect exit none x2", true, "no exit of 2 pages",
		   "2 of 3 pages");
	check_last(MIXED "touch read 16G+4M\nexpect exit mmio", true, "KVM_EXIT_MMIO of each page",
		   "1 of 1 pages");
	/* Only the last touch counts, and there must be one. */
	check_last(MIXED "touch read 16G+4M\ntouch read 16G\nexpect exit mmio", false,
		   "KVM_EXIT_MMIO of each page", "0 of 1 pages");
	check_last(MIXED "expect exit none", false, "no exit of each page", "0 of 0 pages");
}

static void test_dirty(void)
{
	check_last(MIXED "log 1 on\ntouch write 16G 12K\ndirty 1\nexpect dirty x2", true,
		   "2 dirty pages", "2");
	check_last(MIXED "log 1 on\ntouch write 16G 12K\ndirty 1\ndirty 1\nexpect dirty x2", false,
		   "2 dirty pages", "0");
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "leaves", test_leaves },
		{ "exits of the last touch", test_exits },
		{ "pages of the last dirty log", test_dirty },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
