// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps come from two sources: single random steps, and plots, short sequences that
 * lead to where mapping levels were got wrong before.  A plot is queued whole; a step
 * that turns out to be impossible or too slow when its turn comes is left out.
 */
#include "scenario/random.h"
#include "search/generator.h"
#include "search/generator_internal.h"

void queue_step(struct generator *generator, struct step step)
{
	if (generator->nr_queued < NR_QUEUE)
		generator->queue[generator->nr_queued++] = step;
}

static bool next_queued(struct generator *generator, struct step *step)
{
	if (generator->next_queued == generator->nr_queued) {
		generator->next_queued = 0;
		generator->nr_queued = 0;
		return false;
	}
	*step = generator->queue[generator->next_queued++];
	return true;
}

static bool is_available(const struct generator *generator, const struct step *step)
{
	return step->op != STEP_PREFAULT || generator->limits.prefault;
}

/* Rings, and what they log: most memslots of others have a guest_memfd and cannot be logged. */
static struct step first_step_with_rings(struct generator *generator)
{
	struct step step = { .op = STEP_DIRTY_RING };

	if (generator->nr_steps) {
		step = memslot_step(generator);
		step.gmem = false;
		step.offset = 0;
		step.on = true;
	}
	return step;
}

/* A step that may turn out not to be possible. */
static struct step candidate(struct generator *generator)
{
	struct range range;
	struct step step;

	if (generator->rings && generator->nr_steps < 2)
		return first_step_with_rings(generator);
	if (generator->nr_steps < generator->nr_first_slots)
		return memslot_step(generator);
	if (!generator->nr_queued && chance(generator, 25))
		plot_any(generator);
	if (next_queued(generator, &step))
		return step.op == PROBE_AROUND ? resolve_probe(generator, &step) : step;

	step = any_step(generator);
	range = range_of_step(&step);
	if (step.op == STEP_CONVERT && chance(generator, 80))
		queue_probes(generator, range, 1 + below(generator, 2));
	return step;
}

/* Remember the edges of what was done, and the memslot's for steps without a range. */
static void note_step(struct generator *generator, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;

	if (!gfn)
		return;

	place_note(generator, gfn);
	if (step->size > GFN_BYTES)
		place_note(generator, gfn + (step->size >> GFN_SHIFT) - 1);
}

/*
 * Now and then allocations fail.  A seed means the same steps where they cannot, as these
 * numbers are no part of the others; generator->checker takes no step to be refused.
 */
static void add_pressure(struct generator *generator, struct step *step)
{
	u64 random = random_next(&generator->aside);

	if (!generator->limits.failing || !step_is(step->op, STEP_TAKES_MEMORY) || random % 25)
		return;

	step->pressure.first = 1 + (random >> 16) % 8;
	step->pressure.times = (random >> 32) % 3;
}

/* Drawn from numbers of its own, so that all other seeds mean what they meant. */
static bool begins_with_rings(u64 seed, const struct generator_limits *limits)
{
	u64 other = ~seed;

	return limits->modes && limits->rings && random_below(&other, 8) == 0;
}

static void init(struct generator *generator, u64 seed, const struct generator_limits *limits)
{
	*generator = (struct generator) {
		.limits = *limits,
		.rings = begins_with_rings(seed, limits),
	};
	draw_init(&generator->draw, &seed);
	generator->aside = seed;

	checker_init(&generator->checker, &limits->traits);
	generator->nr_first_slots = 1 + below(generator, 3);
}

static void make_step(struct generator *generator, struct step *step)
{
	char error[128];

	/* Ends: most conversions and touches of a page are legal anywhere. */
	do {
		*step = candidate(generator);
	} while (!is_available(generator, step) || !is_affordable(generator, step) ||
		 !checker_step(&generator->checker, step, error, sizeof(error)));

	add_pressure(generator, step);
	note_step(generator, step);
	generator->nr_steps++;
}

/* It asks only its own model: KVM has no say in what comes. */
void generator_scenario(struct scenario *scenario, u64 seed, const struct generator_limits *limits)
{
	struct generator generator;
	struct step step;

	scenario->nr = 0;
	init(&generator, seed, limits);
	while (generator.nr_steps < limits->steps) {
		make_step(&generator, &step);
		scenario_add(scenario, &step);
	}
	checker_free(&generator.checker);
}
