// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shrinker on failures whose smallest scenario is known: a model stands in for a
 * kernel, and a bug in it for a bug of the kernel.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "model/scenario_model.h"
#include "search/generator.h"
#include "search/shrinker.h"
#include "text.h"
#include "unit.h"

static const struct kernel_traits traits = { .gmem_level = LEVEL_4K };

/*
 * Run @scenario on a model, up to the first step for which @is_wrong is true right
 * before it is done.  Returns whether there is one.
 */
static bool run(const struct scenario *scenario,
		bool (*is_wrong)(const struct mapping_model *model, const struct step *step))
{
	struct mapping_model *model = mapping_model_alloc(&traits);
	bool found = false;
	size_t i;

	for (i = 0; i < scenario->nr && !found; i++) {
		found = is_wrong(model, &scenario->step[i]);
		scenario_model_step(model, &scenario->step[i]);
	}
	mapping_model_free(model);
	return found;
}

static bool is_access(const struct step *step)
{
	return step->op == STEP_TOUCH || step->op == STEP_PREFAULT;
}

/* A kernel that does not see that a hugepage of @level is mixed would map it here. */
static bool misses_mixed(const struct mapping_model *model, const struct step *step,
			 enum level level)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(model, gfn);
	struct mapping_model uniform = *model;
	enum level without;

	if (!slot || !is_access(step) || attr_map_is_private(model->attrs, gfn) ||
	    mapping_model_leaf(model, gfn))
		return false;

	uniform.attrs = attr_map_alloc();
	without = mapping_model_max_level(&uniform, slot, gfn);
	attr_map_free(uniform.attrs);
	return without >= level && mapping_model_max_level(model, slot, gfn) < level;
}

static bool misses_mixed_2m(const struct mapping_model *model, const struct step *step)
{
	return misses_mixed(model, step, LEVEL_2M);
}

static bool misses_mixed_1g(const struct mapping_model *model, const struct step *step)
{
	return misses_mixed(model, step, LEVEL_1G);
}

/* A conversion that takes a mapped page away: three steps lead to it. */
static bool zaps_written(const struct mapping_model *model, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;

	return step->op == STEP_CONVERT && step->private && step->by_guest &&
	       mapping_model_leaf(model, gfn) == LEVEL_4K &&
	       !attr_map_is_private(model->attrs, gfn);
}

/* A memslot with guest_memfd that comes back over private memory. */
static bool created_over_private(const struct mapping_model *model, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;

	return step->op == STEP_MEMSLOT && step->gmem && step->slot == 2 &&
	       attr_map_find(model->attrs, gfn, gfn + (step->size >> GFN_SHIFT), true) <
	       gfn + (step->size >> GFN_SHIFT);
}

/* The write after a log was cleared across two hugepages: it matters what was logged when. */
static bool writes_what_was_cleared(const struct mapping_model *model, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(model, gfn);

	return step->op == STEP_TOUCH && step->access == ACCESS_WRITE && slot && slot->logged &&
	       model->protect == PROTECT_INITIALLY_SET && !mapping_model_is_dirty(slot, gfn);
}

struct judge {
	bool (*is_wrong)(const struct mapping_model *model, const struct step *step);
	unsigned int calls;
	unsigned int illegal;
};

static bool judge_fails(void *context, const struct scenario *scenario)
{
	struct judge *judge = context;
	char error[256];

	judge->calls++;
	judge->illegal += !scenario_check(scenario, "shrunk", error, sizeof(error));
	return run(scenario, judge->is_wrong);
}

static void shrink_with(struct scenario *scenario, struct judge *judge, unsigned int max_calls)
{
	struct shrinker shrinker = { .fails = judge_fails, .context = judge,
				     .max_calls = max_calls };

	shrink(&shrinker, scenario);
	CHECK(shrinker.calls == judge->calls, "%u calls counted, %u made", shrinker.calls,
	      judge->calls);
	CHECK(judge->calls <= max_calls, "%u calls", judge->calls);
	CHECK(!judge->illegal, "%u candidates were impossible", judge->illegal);
	CHECK(run(scenario, judge->is_wrong), "the result does not fail");
}

/* By hand: everything in it can be made smaller. */
static void test_known(void)
{
	static const struct {
		bool (*is_wrong)(const struct mapping_model *model, const struct step *step);
		const char *text;
		const char *want;
	} sample[] = {
		{ misses_mixed_2m,
		  "memslot 5 gpa 19G size 2M backing shmem\n"
		  "memslot 3 gpa 17G+4M size 32M hva 4M backing hugetlb_2mb guest_memfd\n"
		  "log 5 on\n"
		  "touch write 17G+5M 64K\n"
		  "convert private 17G+8M-8K 4M+4K by guest\n"
		  "touch execute 17G+10M 32K\n"
		  "convert shared 17G+9M 4K\n"
		  "touch write 17G+8M 2M\n"
		  "delete 5\n"
		  "convert shared 17G+6M 4M-8K\n"
		  "touch write 17G+10M+4K 2M-4K\n",
		  "memslot 1 gpa 4G size 2M backing hugetlb_2mb\n"
		  "convert private 4G 4K\n"
		  "touch read 4G+4K\n" },
		{ misses_mixed_1g,
		  "memslot 2 gpa 18G size 4G backing hugetlb_1gb guest_memfd\n"
		  "convert private 19G+6M 2M\n"
		  "prefault 18G 4G\n"
		  "convert private 20G+4K 1M by guest\n"
		  "prefault 20G+512M 2M\n",
		  "memslot 1 gpa 4G size 1G backing hugetlb_1gb\n"
		  "convert private 4G 4K\n"
		  "prefault 4G+4K 4K\n" },
		{ zaps_written,
		  "memslot 4 gpa 16G+4K size 16M-4K hva 12K backing hugetlb_2mb guest_memfd\n"
		  "convert private 16G+1M 2M\n"
		  "prefault 16G+4K 4M\n"
		  "convert shared 16G+1M 1M\n"
		  "touch write 16G+1M 512K\n"
		  "convert private 16G+1M+4K 512K by guest\n",
		  "memslot 1 gpa 4G size 4K backing hugetlb_2mb\n"
		  "touch read 4G\n"
		  "convert private 4G 4K by guest\n" },
		{ created_over_private,
		  "memslot 1 gpa 30G size 1M backing shmem guest_memfd\n"
		  "memslot 2 gpa 16G size 16M backing hugetlb_2mb guest_memfd\n"
		  "touch read 16G 64K\n"
		  "convert private 16G+1M 4M\n"
		  "delete 2\n"
		  "memslot 2 gpa 16G size 16M backing hugetlb_2mb guest_memfd\n"
		  "touch read 16G 64K\n",
		  "convert private 4G 4K\n"
		  "memslot 2 gpa 4G size 4K backing hugetlb_2mb guest_memfd\n" },
		{ writes_what_was_cleared,
		  "memslot 2 gpa 16G size 8M backing hugetlb_2mb\n"
		  "manual_protect initially_set\n"
		  "touch read 16G 64K\n"
		  "log 2 on\n"
		  "clear 16G+2M-128K 256K\n"
		  "touch write 16G+2M-64K 128K\n",
		  "manual_protect initially_set\n"
		  "memslot 1 gpa 4G size 4K backing hugetlb_2mb logged\n"
		  "clear 4G 4K\n"
		  "touch write 4G\n" },
	};
	struct scenario scenario = { };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sample); i++) {
		struct judge judge = { .is_wrong = sample[i].is_wrong };
		char *text;

		text_parse(&scenario, sample[i].text);
		shrink_with(&scenario, &judge, 2000);
		text = text_print(&scenario);
		CHECK_TEXT(text, sample[i].want);
		free(text);
	}
	scenario_free(&scenario);
}

/* Random scenarios of hundreds of steps: three are enough for either bug. */
static void test_random(void)
{
	static const struct generator_limits limits = {
		.steps = 150,
		.backings = (1 << NR_BACKING_KINDS) - 1,
		.prefault = true,
		.traits = { .gmem_level = LEVEL_4K },
	};
	struct scenario scenario = { };
	unsigned int nr = 0, calls = 0;
	u64 seed;

	for (seed = 0; seed < 8; seed++) {
		struct judge judge = { .is_wrong = seed & 1 ? misses_mixed_1g : misses_mixed_2m };

		generator_scenario(&scenario, seed, &limits);
		if (!run(&scenario, judge.is_wrong))
			continue;

		shrink_with(&scenario, &judge, 3000);
		CHECK(scenario.nr == 3, "seed %llu: %zu steps are left",
		      (unsigned long long)seed, scenario.nr);
		calls += judge.calls;
		nr++;
	}
	CHECK(nr >= 4, "only %u scenarios failed to begin with", nr);
	ksft_print_msg("%u scenarios of %zu steps took %u replays\n", nr, limits.steps, calls);
	scenario_free(&scenario);
}

static bool always(void *context, const struct scenario *scenario)
{
	++*(unsigned int *)context;
	return true;
}

static bool never(void *context, const struct scenario *scenario)
{
	++*(unsigned int *)context;
	return false;
}

/* The limit holds; what never fails stays as it is; what always does becomes empty. */
static void test_calls(void)
{
	static const char text[] = "memslot 1 gpa 16G size 4K backing shmem\ntouch read 16G\n";
	struct scenario scenario = { };
	unsigned int calls = 0;
	struct shrinker shrinker = { .fails = never, .context = &calls, .max_calls = 5 };
	char *printed;

	text_parse(&scenario, text);
	shrink(&shrinker, &scenario);
	printed = text_print(&scenario);
	CHECK_TEXT(printed, text);
	free(printed);
	CHECK(calls == 5 && shrinker.calls == 5, "%u calls", calls);

	shrinker = (struct shrinker) { .fails = always, .context = &calls, .max_calls = 100 };
	shrink(&shrinker, &scenario);
	CHECK(!scenario.nr, "%zu steps are left", scenario.nr);

	text_parse(&scenario, text);
	shrinker.max_calls = shrinker.calls;
	shrink(&shrinker, &scenario);
	CHECK(scenario.nr == 2, "shrunk without a call");
	scenario_free(&scenario);
}

/* Expectations go first, whatever fails; where one is all that fails, nothing changes. */
static void test_expectations(void)
{
	static const char text[] = "memslot 1 gpa 4G size 2M backing hugetlb_2mb\n"
				   "expect no leaf\n"
				   "convert private 4G 4K\n"
				   "expect 4K x1\n"
				   "prefault 4G+4K 4K\n";
	struct judge judge = { .is_wrong = misses_mixed_2m };
	struct scenario scenario = { };
	unsigned int calls = 0;
	struct shrinker shrinker = { .fails = never, .context = &calls, .max_calls = 100 };
	char *printed;
	size_t i;

	text_parse(&scenario, text);
	shrink(&shrinker, &scenario);
	printed = text_print(&scenario);
	CHECK_TEXT(printed, text);
	free(printed);
	CHECK(calls == 1, "%u calls", calls);

	shrink_with(&scenario, &judge, 300);
	for (i = 0; i < scenario.nr; i++)
		CHECK(scenario.step[i].op != STEP_EXPECT, "step %zu is an expectation", i);
	CHECK(scenario.nr == 3, "%zu steps are left", scenario.nr);
	scenario_free(&scenario);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "known smallest scenarios", test_known },
		{ "random scenarios", test_random },
		{ "number of calls", test_calls },
		{ "expectations", test_expectations },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
