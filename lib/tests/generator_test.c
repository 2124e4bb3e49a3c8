// SPDX-License-Identifier: GPL-2.0-only
/* The generator: the same on every machine, legal, cheap, and where it matters. */
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "search/generator.h"
#include "text.h"
#include "unit.h"

/* But modes: the seeds of old must keep their meaning where there are none. */
static const struct generator_limits everything = {
	.steps = 300,
	.backings = 1 << BACKING_ANONYMOUS | 1 << BACKING_SHMEM | 1 << BACKING_HUGETLB_2MB |
		    1 << BACKING_HUGETLB_1GB,
	.prefault = true,
	.traits = { .gmem_level = LEVEL_4K },
};

/* Steps from here on are drawn with limits.modes only, and so are these kinds of memory. */
#define FIRST_MODE	STEP_MANUAL_PROTECT
#define MODE_BACKINGS	(1 << BACKING_ANONYMOUS_THP | 1 << BACKING_GUEST_MEMFD)

static struct generator_limits with_modes(void)
{
	struct generator_limits limits = everything;

	limits.modes = true;
	limits.backings |= MODE_BACKINGS;
	return limits;
}

/* FNV-1a of the text: short, and the same on every machine. */
static u64 checksum(const struct scenario *scenario)
{
	char *text = text_print(scenario);
	u64 sum = 0xcbf29ce484222325ull;
	const char *p;

	for (p = text; *p; p++)
		sum = (sum ^ (unsigned char)*p) * 0x100000001b3ull;
	free(text);
	return sum;
}

/*
 * Seeds in reports and seed lists must keep their meaning.  If the generator is changed
 * on purpose, put the new sums here, and say so in the log.
 */
static void test_pinned(void)
{
	static const struct {
		u64 seed;
		u64 sum;
	} pinned[] = {
		{ 0, 0x919e6670a5d636e5ull },
		{ 1, 0x122cf6fb3ff4f608ull },
		{ 12345, 0xe0d84a3cc46537cdull },
		{ -1ull, 0x6810d94f772c5710ull },
	};
	struct scenario scenario = { };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pinned); i++) {
		generator_scenario(&scenario, pinned[i].seed, &everything);
		CHECK(checksum(&scenario) == pinned[i].sum, "seed %llu: 0x%llx",
		      (unsigned long long)pinned[i].seed,
		      (unsigned long long)checksum(&scenario));
	}
	scenario_free(&scenario);
}

static bool is_same(const struct step *a, const struct step *b)
{
	return a->op == b->op && a->slot == b->slot && a->gpa == b->gpa && a->size == b->size &&
	       a->hva == b->hva && a->offset == b->offset && a->backing == b->backing &&
	       a->gmem == b->gmem &&
	       a->private == b->private && a->by_guest == b->by_guest && a->on == b->on &&
	       a->access == b->access && a->protect == b->protect && a->split == b->split &&
	       a->pressure.first == b->pressure.first && a->pressure.times == b->pressure.times &&
	       a->pressure.room == b->pressure.room;
}

/* What is generated is legal, and survives being printed and parsed. */
static void check_legal(u64 seed, const struct generator_limits *limits)
{
	struct scenario scenario = { }, again = { };
	char error[256];
	char *text;
	size_t i;

	generator_scenario(&scenario, seed, limits);
	CHECK(scenario.nr == limits->steps, "%zu steps", scenario.nr);
	CHECK(scenario_check(&scenario, "generated", error, sizeof(error)), "%s", error);

	text = text_print(&scenario);
	text_parse(&again, text);
	CHECK(again.nr == scenario.nr, "%zu steps came back", again.nr);
	for (i = 0; i < again.nr && i < scenario.nr; i++)
		CHECK(is_same(&scenario.step[i], &again.step[i]), "step %zu changed", i);
	free(text);
	scenario_free(&again);
	scenario_free(&scenario);
}

static void test_legal(void)
{
	const struct generator_limits modes = with_modes();
	u64 seed;

	for (seed = 100; seed < 160; seed++) {
		check_legal(seed, &everything);
		check_legal(seed, &modes);
	}
}

/* One in a hundred thousand draws a memslot without a page where its attributes come first. */
static void test_no_page(void)
{
	const struct generator_limits limits = {
		.steps = 150,
		.backings = MODE_BACKINGS | 1 << BACKING_HUGETLB_2MB | 1 << BACKING_HUGETLB_1GB,
		.prefault = true,
		.rings = true,
		.traits = { .gmem_level = LEVEL_4K, .log_splits_eagerly = true },
	};

	check_legal(1796028299611651630ull, &limits);
}

static void test_limits(void)
{
	struct generator_limits limits = everything;
	struct scenario scenario = { };
	u64 seed;
	size_t i;

	limits.steps = 200;
	limits.prefault = false;
	limits.backings = 1 << BACKING_SHMEM | 1 << BACKING_HUGETLB_2MB;
	for (seed = 0; seed < 20; seed++) {
		generator_scenario(&scenario, seed, &limits);
		CHECK(scenario.nr == limits.steps, "%zu steps", scenario.nr);
		for (i = 0; i < scenario.nr; i++) {
			const struct step *step = &scenario.step[i];

			CHECK(step->op != STEP_PREFAULT, "a pre-fault");
			CHECK(step->op < FIRST_MODE, "a change of mode");
			CHECK(step->op != STEP_MEMSLOT || limits.backings >> step->backing & 1,
			      "%s memory", backing_kind_name(step->backing));
		}
	}
	limits.steps = 0;
	generator_scenario(&scenario, 1, &limits);
	CHECK(!scenario.nr, "%zu steps of 0", scenario.nr);
	scenario_free(&scenario);
}

/* Bytes in conversions of 64M and more. */
static u64 big_conversions(const struct scenario *scenario)
{
	u64 bytes = 0;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].op == STEP_CONVERT && scenario->step[i].size >= 64ull << 20)
			bytes += scenario->step[i].size;
	}
	return bytes;
}

static void test_converted(void)
{
	struct generator_limits limits = everything;
	u64 seed, bytes, less = 0, usual = 0;
	struct scenario scenario = { };

	for (seed = 0; seed < 20; seed++) {
		limits.converted = 256ull << 20;
		generator_scenario(&scenario, seed, &limits);
		bytes = big_conversions(&scenario);
		CHECK(bytes <= limits.converted, "0x%llx bytes", (unsigned long long)bytes);
		less += bytes;

		limits.converted = 0;
		generator_scenario(&scenario, seed, &limits);
		usual += big_conversions(&scenario);
	}
	CHECK(less, "none");
	CHECK(less * 8 < usual, "0x%llx of 0x%llx bytes", (unsigned long long)less,
	      (unsigned long long)usual);
	scenario_free(&scenario);
}

/* Counts of what a run should meet often. */
struct coverage {
	size_t ops[NR_STEP_OPS];
	size_t backings[NR_BACKING_KINDS];
	size_t probes;			/* touches that map what was not mapped */
	size_t lost[NR_LEVELS];		/* ... at a lower level because the range is mixed */
	size_t huge[NR_LEVELS];		/* ... at each level */
	u64 converted;
};

/* The level that the first page of @step would have if nothing were mixed. */
static enum level unmixed_level(const struct mapping_model *model, const struct model_slot *slot,
				u64 gfn)
{
	struct mapping_model uniform = *model;
	enum level level;

	uniform.attrs = attr_map_alloc();
	level = mapping_model_max_level(&uniform, slot, gfn);
	attr_map_free(uniform.attrs);
	return level;
}

static void note_access(struct coverage *coverage, const struct mapping_model *model, u64 gfn)
{
	const struct model_slot *slot = mapping_model_slot_at(model, gfn);
	enum level level;

	if (!slot || mapping_model_leaf(model, gfn) || attr_map_is_private(model->attrs, gfn))
		return;

	coverage->probes++;
	level = mapping_model_max_level(model, slot, gfn);
	coverage->huge[level]++;
	if (level < unmixed_level(model, slot, gfn))
		coverage->lost[unmixed_level(model, slot, gfn)]++;
}

static void cover(struct coverage *coverage, const struct scenario *scenario)
{
	struct checker checker;
	char error[128];
	size_t i;

	checker_init(&checker, &everything.traits);
	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		coverage->ops[step->op]++;
		if (step->op == STEP_MEMSLOT)
			coverage->backings[step->backing]++;
		if (step->op == STEP_TOUCH || step->op == STEP_PREFAULT)
			note_access(coverage, checker.model, step->gpa >> GFN_SHIFT);
		checker_step(&checker, step, error, sizeof(error));
	}
	coverage->converted += checker.converted;
	checker_free(&checker);
}

static void check_backings(const struct coverage *coverage, unsigned int backings)
{
	enum backing_kind kind;

	for (kind = 0; kind < NR_BACKING_KINDS; kind++) {
		if (backings >> kind & 1)
			CHECK(coverage->backings[kind] >= 10, "%s: %zu times",
			      backing_kind_name(kind), coverage->backings[kind]);
	}
}

static void test_coverage(void)
{
	struct scenario scenario = { };
	struct coverage coverage = { };
	u64 seed, steps = 0;
	size_t i;

	for (seed = 0; seed < 40; seed++) {
		generator_scenario(&scenario, seed, &everything);
		cover(&coverage, &scenario);
		steps += scenario.nr;
	}
	for (i = 0; i < FIRST_MODE; i++)
		CHECK(coverage.ops[i] * 400 > steps, "operation %zu: %zu times", i,
		      coverage.ops[i]);
	check_backings(&coverage, everything.backings);
	CHECK(coverage.probes * 10 > steps, "%zu probes", coverage.probes);
	CHECK(coverage.huge[LEVEL_2M] * 50 > steps, "%zu at 2M", coverage.huge[LEVEL_2M]);
	CHECK(coverage.huge[LEVEL_1G] * 200 > steps, "%zu at 1G", coverage.huge[LEVEL_1G]);
	CHECK(coverage.lost[LEVEL_2M] * 200 > steps, "%zu 2M lost", coverage.lost[LEVEL_2M]);
	CHECK(coverage.lost[LEVEL_1G] * 50 > steps, "%zu 1G lost", coverage.lost[LEVEL_1G]);
	CHECK(coverage.converted < 40 * (6ull << 30), "too much converted");
	ksft_print_msg("of %llu steps %zu probe, %zu see a mixed 2M, %zu a mixed 1G\n",
		       (unsigned long long)steps, coverage.probes, coverage.lost[LEVEL_2M],
		       coverage.lost[LEVEL_1G]);
	scenario_free(&scenario);
}

/* Where allocations can fail a seed has the same steps, but for that. */
static void test_failing(void)
{
	struct scenario plain = { }, failing = { };
	struct generator_limits limits = everything;
	size_t i, nr = 0;
	u64 seed;

	limits.failing = true;
	for (seed = 0; seed < 10; seed++) {
		generator_scenario(&plain, seed, &everything);
		generator_scenario(&failing, seed, &limits);
		for (i = 0; i < failing.nr; i++) {
			nr += failing.step[i].pressure.first > 0;
			failing.step[i].pressure = (struct pressure) { };
		}
		CHECK(checksum(&plain) == checksum(&failing), "seed %llu differs",
		      (unsigned long long)seed);
	}
	CHECK(nr > 30 && nr < 300, "%zu failing steps", nr);
	scenario_free(&plain);
	scenario_free(&failing);
}

static void test_modes(void)
{
	const struct generator_limits limits = with_modes();
	struct coverage coverage = { };
	struct scenario scenario = { };
	u64 seed, steps = 0;
	size_t op;

	for (seed = 0; seed < 40; seed++) {
		generator_scenario(&scenario, seed, &limits);
		cover(&coverage, &scenario);
		steps += scenario.nr;
	}
	for (op = FIRST_MODE; op < STEP_PLACE; op++)
		CHECK(coverage.ops[op] * 400 > steps, "operation %zu: %zu times", op,
		      coverage.ops[op]);
	check_backings(&coverage, limits.backings);
	scenario_free(&scenario);
}

/* Some scenarios begin with rings, and have no bitmaps then; the others are as they were. */
static void test_rings(void)
{
	struct scenario plain = { }, scenario = { };
	struct generator_limits limits = with_modes();
	const struct generator_limits without = limits;
	size_t nr = 0, logs = 0;
	u64 seed;

	limits.rings = true;
	for (seed = 0; seed < 80; seed++) {
		struct coverage coverage = { };

		generator_scenario(&scenario, seed, &limits);
		cover(&coverage, &scenario);
		if (coverage.ops[STEP_DIRTY_RING]) {
			nr++;
			CHECK(coverage.ops[STEP_DIRTY_RING] == 1 &&
			      scenario.step[0].op == STEP_DIRTY_RING, "seed %llu: not first",
			      (unsigned long long)seed);
			CHECK(!coverage.ops[STEP_CLEAR], "seed %llu clears a ring by page",
			      (unsigned long long)seed);
			CHECK(scenario.step[1].on, "seed %llu logs nothing at first",
			      (unsigned long long)seed);
			logs += coverage.ops[STEP_DIRTY];
			continue;
		}
		generator_scenario(&plain, seed, &without);
		CHECK(checksum(&plain) == checksum(&scenario), "seed %llu differs",
		      (unsigned long long)seed);
	}
	CHECK(nr >= 5 && nr <= 20, "%zu scenarios with rings", nr);
	CHECK(logs > 3 * nr, "%zu looks at %zu logs", logs, nr);
	scenario_free(&plain);
	scenario_free(&scenario);
}

static void test_nodes(void)
{
	struct generator_limits limits = everything;
	struct coverage coverage = { };
	struct scenario scenario = { };
	u64 seed, steps = 0;
	size_t op;

	limits.nodes = true;
	for (seed = 0; seed < 10; seed++) {
		generator_scenario(&scenario, seed, &limits);
		cover(&coverage, &scenario);
	}
	for (op = STEP_PLACE; op <= STEP_EVACUATE; op++)
		CHECK(!coverage.ops[op], "operation %zu without modes", op);

	limits.modes = true;
	for (seed = 0; seed < 40; seed++) {
		generator_scenario(&scenario, seed, &limits);
		cover(&coverage, &scenario);
		steps += scenario.nr;
	}
	for (op = STEP_PLACE; op <= STEP_EVACUATE; op++)
		CHECK(coverage.ops[op] * 2000 > steps, "operation %zu: %zu times", op,
		      coverage.ops[op]);
	scenario_free(&scenario);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "the same seed gives the same steps everywhere", test_pinned },
		{ "only legal steps, which survive as text", test_legal },
		{ "a memslot without a page is not drawn", test_no_page },
		{ "only what is available", test_limits },
		{ "as much in big conversions as is wanted", test_converted },
		{ "the places that matter", test_coverage },
		{ "failing allocations change no other step", test_failing },
		{ "every mode of KVM and of the host", test_modes },
		{ "rings from the beginning", test_rings },
		{ "memory that moves between nodes", test_nodes },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
