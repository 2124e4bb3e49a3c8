// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delta debugging in rounds: first steps are taken out, then what is left is made
 * simpler, until a whole round changes nothing.  A candidate must be simpler than what
 * it replaces by the measure below, which makes the rounds end.
 */
#include <linux/kernel.h>

#include "model/scenario_check.h"
#include "search/shrinker.h"

/* How simple a scenario is. What comes first counts most. */
struct measure {
	u64 steps;
	u64 features;		/* what a field has beside its plainest value */
	u64 size;
	u64 gpa;
	u64 slots;
};

static struct measure measure(const struct scenario *scenario)
{
	struct measure sum = { .steps = scenario->nr };
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		sum.features += step->gmem + !!step->offset + step->by_guest + !!step->hva +
				step->access +
				!!step->pressure.first + !!step->pressure.times +
				!!step->pressure.room + (step->op == STEP_MEMSLOT && step->on) +
				!!step->recovery.ratio + !!step->recovery.periods +
				step->recovery.early;
		/* In pages, so that thousands of steps do not overflow the sum. */
		sum.size += step->size >> GFN_SHIFT;
		sum.gpa += step->gpa >> GFN_SHIFT;
		sum.slots += step->slot;
	}
	return sum;
}

static bool is_simpler(const struct scenario *scenario, const struct scenario *than)
{
	const struct measure a = measure(scenario);
	const struct measure b = measure(than);

	if (a.steps != b.steps)
		return a.steps < b.steps;
	if (a.features != b.features)
		return a.features < b.features;
	if (a.size != b.size)
		return a.size < b.size;
	if (a.gpa != b.gpa)
		return a.gpa < b.gpa;
	return a.slots < b.slots;
}

/* Put @candidate in the place of @scenario if it is simpler and fails, too. */
static bool replace(struct shrinker *shrinker, struct scenario *scenario,
		    const struct scenario *candidate)
{
	char error[256];

	if (shrinker->calls >= shrinker->max_calls || !is_simpler(candidate, scenario) ||
	    !scenario_check(candidate, "candidate", error, sizeof(error)))
		return false;

	shrinker->calls++;
	if (!shrinker->fails(shrinker->context, candidate))
		return false;

	scenario_copy(scenario, candidate);
	return true;
}

/* Fewer steps */

static bool without(struct shrinker *shrinker, struct scenario *scenario, size_t first, size_t nr)
{
	struct scenario candidate = { };
	bool done;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (i < first || i >= first + nr)
			scenario_add(&candidate, &scenario->step[i]);
	}
	done = replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return done;
}

static bool remove_chunks(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed = false;
	size_t nr, first;

	for (nr = (scenario->nr + 1) / 2; nr; nr /= 2) {
		/* From the end: what follows the failure never matters. */
		for (first = scenario->nr; first; ) {
			first -= min(first, nr);
			changed |= without(shrinker, scenario, first, nr);
			first = min(first, scenario->nr);
		}
	}
	return changed;
}

/* Two steps that are only of use together, such as a conversion there and back. */
static bool remove_pairs(struct shrinker *shrinker, struct scenario *scenario)
{
	size_t i, j;

	/* With more steps than these the number of pairs is too large to try. */
	if (scenario->nr > 24)
		return false;

	for (i = 0; i < scenario->nr; i++) {
		for (j = i + 1; j < scenario->nr; j++) {
			struct scenario candidate = { };
			bool done;
			size_t k;

			for (k = 0; k < scenario->nr; k++) {
				if (k != i && k != j)
					scenario_add(&candidate, &scenario->step[k]);
			}
			done = replace(shrinker, scenario, &candidate);
			scenario_free(&candidate);
			if (done)
				return true;
		}
	}
	return false;
}

/* The step that creates the memslot which step @nr is about; @nr if there is none before. */
static size_t find_memslot(const struct scenario *scenario, size_t nr)
{
	size_t i = nr;

	while (i--) {
		if (scenario->step[i].op == STEP_MEMSLOT &&
		    scenario->step[i].slot == scenario->step[nr].slot)
			return i;
	}
	return nr;
}

/*
 * Instead of by step @nr let the memslot of step @memslot be logged from its creation on; @later:
 * create it then, since how it is logged may depend on steps between.
 */
static bool log_from_start(struct shrinker *shrinker, struct scenario *scenario, size_t nr,
			   size_t memslot, bool later)
{
	struct step logged = scenario->step[memslot];
	struct scenario candidate = { };
	bool done;
	size_t i;

	logged.on = true;
	for (i = 0; i < scenario->nr; i++) {
		if (i == (later ? nr : memslot))
			scenario_add(&candidate, &logged);
		else if (i != nr && i != memslot)
			scenario_add(&candidate, &scenario->step[i]);
	}
	done = replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return done;
}

static bool merge_log(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	const struct step *step = &scenario->step[nr];
	size_t memslot = find_memslot(scenario, nr);

	if (step->op != STEP_LOG || !step->on || memslot == nr)
		return false;

	return log_from_start(shrinker, scenario, nr, memslot, false) ||
	       log_from_start(shrinker, scenario, nr, memslot, true);
}

static bool merge_logs(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed = false;
	size_t i = 0;

	while (i < scenario->nr) {
		if (merge_log(shrinker, scenario, i))
			changed = true;
		else
			i++;
	}
	return changed;
}

static bool lies_in(const struct step *step, const struct step *memslot)
{
	return step->gpa >= memslot->gpa && step->gpa - memslot->gpa < memslot->size;
}

/*
 * Copy @scenario without the step @nr, which creates a memslot, and without what is
 * impossible then.  If @all, also without everything else that happens inside it.
 */
static void copy_without_memslot(struct scenario *copy, const struct scenario *scenario, size_t nr,
				 bool all)
{
	const struct kernel_traits traits = { .gmem_level = LEVEL_4K };
	const struct step *memslot = &scenario->step[nr];
	struct checker checker;
	char error[128];
	size_t i;

	checker_init(&checker, &traits);
	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		if (i == nr || (all && i > nr && step->op != STEP_MEMSLOT &&
				lies_in(step, memslot)))
			continue;
		if (checker_step(&checker, step, error, sizeof(error)))
			scenario_add(copy, step);
	}
	checker_free(&checker);
}

static bool remove_memslot(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	bool done = false;
	int all;

	for (all = 1; all >= 0 && !done; all--) {
		struct scenario candidate = { };

		copy_without_memslot(&candidate, scenario, nr, all);
		done = replace(shrinker, scenario, &candidate);
		scenario_free(&candidate);
	}
	return done;
}

static bool remove_memslots(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed = false;
	size_t i = 0;

	while (i < scenario->nr) {
		if (scenario->step[i].op == STEP_MEMSLOT &&
		    remove_memslot(shrinker, scenario, i))
			changed = true;
		else
			i++;
	}
	return changed;
}

/* Simpler steps */

/* How one step is changed; @amount is in bytes, for the changes that need one. */
struct change {
	void (*apply)(struct step *step, u64 amount);
	u64 amount;
};

static bool is_alike(const struct step *a, const struct step *b)
{
	return a->gpa == b->gpa && a->size == b->size &&
	       (a->op == STEP_MEMSLOT) == (b->op == STEP_MEMSLOT);
}

/*
 * Change step @nr, and if @all, every step with the same range: a conversion and its
 * undoing, a memslot and its return.
 */
static bool change_steps(struct shrinker *shrinker, struct scenario *scenario, size_t nr,
			 struct change change, bool all)
{
	const struct step old = scenario->step[nr];
	struct scenario candidate = { };
	bool done;
	size_t i;

	scenario_copy(&candidate, scenario);
	for (i = 0; i < candidate.nr; i++) {
		if (i == nr || (all && is_alike(&old, &candidate.step[i])))
			change.apply(&candidate.step[i], change.amount);
	}
	done = replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return done;
}

static bool has_twin(const struct scenario *scenario, size_t nr)
{
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (i != nr && is_alike(&scenario->step[nr], &scenario->step[i]))
			return true;
	}
	return false;
}

static bool try_change(struct shrinker *shrinker, struct scenario *scenario, size_t nr,
		       void (*apply)(struct step *step, u64 amount), u64 amount)
{
	struct change change = { apply, amount };

	return (has_twin(scenario, nr) && change_steps(shrinker, scenario, nr, change, true)) ||
	       change_steps(shrinker, scenario, nr, change, false);
}

static void set_by_host(struct step *step, u64 amount)
{
	step->by_guest = false;
}

static void drop_gmem(struct step *step, u64 amount)
{
	step->gmem = false;
	step->offset = 0;
}

static void clear_offset(struct step *step, u64 amount)
{
	step->offset = 0;
}

static void drop_logged(struct step *step, u64 amount)
{
	step->on = false;
}

static void clear_hva(struct step *step, u64 amount)
{
	step->hva = 0;
}

static void set_read(struct step *step, u64 amount)
{
	step->access = ACCESS_READ;
}

static void set_write(struct step *step, u64 amount)
{
	step->access = ACCESS_WRITE;
}

static void drop_pressure(struct step *step, u64 amount)
{
	step->pressure = (struct pressure) { };
}

static void drop_periods(struct step *step, u64 amount)
{
	step->recovery.periods = 0;
}

static void recover_all(struct step *step, u64 amount)
{
	step->recovery = (struct recovery) { };
}

static void set_size(struct step *step, u64 amount)
{
	step->size = amount;
}

static void cut_start(struct step *step, u64 amount)
{
	step->gpa += amount;
	step->size -= amount;
}

static void cut_end(struct step *step, u64 amount)
{
	step->size -= amount;
}

static void set_gpa(struct step *step, u64 amount)
{
	step->gpa = amount;
}

static bool change_features(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	const struct step old = scenario->step[nr];
	bool changed = false;

	if (old.by_guest)
		changed |= try_change(shrinker, scenario, nr, set_by_host, 0);
	if (old.gmem)
		changed |= try_change(shrinker, scenario, nr, drop_gmem, 0);
	if (scenario->step[nr].offset)
		changed |= try_change(shrinker, scenario, nr, clear_offset, 0);
	if (old.op == STEP_MEMSLOT && old.on)
		changed |= try_change(shrinker, scenario, nr, drop_logged, 0);
	if (old.hva)
		changed |= try_change(shrinker, scenario, nr, clear_hva, 0);
	if (pressure_is_any(&old.pressure))
		changed |= try_change(shrinker, scenario, nr, drop_pressure, 0);
	if (old.recovery.periods)
		changed |= try_change(shrinker, scenario, nr, drop_periods, 0);
	if (old.recovery.ratio || old.recovery.early)
		changed |= try_change(shrinker, scenario, nr, recover_all, 0);
	if (old.access != ACCESS_READ)
		changed |= try_change(shrinker, scenario, nr, set_read, 0);
	if (scenario->step[nr].access == ACCESS_EXECUTE)
		changed |= try_change(shrinker, scenario, nr, set_write, 0);
	return changed;
}

/* Cut ever smaller parts off both ends; @cut is in bytes. */
static bool trim(struct shrinker *shrinker, struct scenario *scenario, size_t nr, u64 cut)
{
	bool changed = false;

	while (scenario->step[nr].size > cut && try_change(shrinker, scenario, nr, cut_end, cut))
		changed = true;

	/* A memslot that starts later would see other host pages. */
	while (scenario->step[nr].op != STEP_MEMSLOT && scenario->step[nr].size > cut &&
	       try_change(shrinker, scenario, nr, cut_start, cut))
		changed = true;
	return changed;
}

static u64 round_bytes(u64 bytes, enum level level)
{
	return bytes & ~(level_bytes(level) - 1);
}

static bool change_size(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	const u64 size = scenario->step[nr].size;
	bool changed = false;
	enum level level;
	u64 cut;

	/* One leaf of each level first: that is what most failures need. */
	for (level = LEVEL_4K; level <= LEVEL_1G && !changed; level++) {
		if (size > level_bytes(level))
			changed = try_change(shrinker, scenario, nr, set_size, level_bytes(level));
	}
	for (level = LEVEL_1G; level > LEVEL_4K; level--) {
		if (round_bytes(scenario->step[nr].size, level))
			changed |= try_change(shrinker, scenario, nr, set_size,
					      round_bytes(scenario->step[nr].size, level));
	}

	for (cut = GFN_BYTES; 2 * cut < scenario->step[nr].size; cut *= 2)
		;
	for (; cut >= GFN_BYTES; cut /= 2)
		changed |= trim(shrinker, scenario, nr, cut);
	return changed;
}

/* Halve the distance to @target in steps of @level. */
static bool approach(struct shrinker *shrinker, struct scenario *scenario, size_t nr, u64 target,
		     enum level level)
{
	bool changed = false;

	while (try_change(shrinker, scenario, nr, set_gpa, target +
			  round_bytes((scenario->step[nr].gpa - target) / 2, level)))
		changed = true;
	return changed;
}

/* Towards the hugepage boundaries below, in whole smaller hugepages if possible. */
static bool change_gpa(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	bool changed = false;
	enum level level;

	for (level = LEVEL_1G; level > LEVEL_4K; level--) {
		u64 target = round_bytes(scenario->step[nr].gpa, level);

		changed |= try_change(shrinker, scenario, nr, set_gpa, target);
		changed |= approach(shrinker, scenario, nr, target, level - 1);
		changed |= approach(shrinker, scenario, nr, target, LEVEL_4K);
	}
	return changed;
}

static bool simplify_steps(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed = false;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		changed |= change_features(shrinker, scenario, i);
		changed |= change_size(shrinker, scenario, i);
		changed |= change_gpa(shrinker, scenario, i);
	}
	return changed;
}

/* The scenario as a whole */

static bool has_gpa(const struct step *step)
{
	return step->gpa >= SCENARIO_MIN_GPA;
}

/* Lower by @bytes what lies in [@start, @end); @memslots: also the memslots that do. */
static bool lower(struct shrinker *shrinker, struct scenario *scenario, u64 start, u64 end,
		  bool memslots, u64 bytes)
{
	struct scenario candidate = { };
	bool done;
	size_t i;

	scenario_copy(&candidate, scenario);
	for (i = 0; i < candidate.nr; i++) {
		struct step *step = &candidate.step[i];

		if (has_gpa(step) && step->gpa >= start && step->gpa < end &&
		    (memslots || step->op != STEP_MEMSLOT))
			step->gpa -= bytes;
	}
	done = replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return done;
}

/* Move everything down by whole gigabytes, as far as it goes. */
static bool move_all(struct shrinker *shrinker, struct scenario *scenario)
{
	u64 lowest = SCENARIO_MAX_GPA;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (has_gpa(&scenario->step[i]))
			lowest = min(lowest, scenario->step[i].gpa);
	}
	return lower(shrinker, scenario, 0, -1ull, true,
		     round_bytes(lowest, LEVEL_1G) - SCENARIO_MIN_GPA);
}

/* Move a memslot with all that happens in it down to a hugepage boundary. */
static bool move_memslot(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	bool changed = false;
	enum level level;

	for (level = LEVEL_1G; level > LEVEL_4K; level--) {
		const struct step memslot = scenario->step[nr];

		changed |= lower(shrinker, scenario, memslot.gpa, memslot.gpa + memslot.size, true,
				 memslot.gpa - round_bytes(memslot.gpa, level));
	}
	return changed;
}

/* Move all that happens in a memslot down inside it, keeping the place in hugepages if need be. */
static bool move_inside(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	const struct step memslot = scenario->step[nr];
	bool changed = false;
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		u64 lowest = memslot.size;
		size_t i;

		for (i = 0; i < scenario->nr; i++) {
			const struct step *step = &scenario->step[i];

			if (has_gpa(step) && step->op != STEP_MEMSLOT && lies_in(step, &memslot))
				lowest = min(lowest, step->gpa - memslot.gpa);
		}
		changed |= lower(shrinker, scenario, memslot.gpa, memslot.gpa + memslot.size,
				 false, round_bytes(lowest, level));
	}
	return changed;
}

static bool move_down(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed = move_all(shrinker, scenario);
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].op != STEP_MEMSLOT)
			continue;
		changed |= move_inside(shrinker, scenario, i);
		changed |= move_memslot(shrinker, scenario, i);
	}
	return changed;
}

/* Number the memslots 1, 2, ... as they appear. */
static bool renumber(struct shrinker *shrinker, struct scenario *scenario)
{
	u32 number[SCENARIO_MAX_SLOT + 1] = { 0 };
	struct scenario candidate = { };
	u32 nr = 0;
	bool done;
	size_t i;

	scenario_copy(&candidate, scenario);
	for (i = 0; i < candidate.nr; i++) {
		u32 *slot = &candidate.step[i].slot;

		if (!*slot)
			continue;
		if (!number[*slot])
			number[*slot] = ++nr;
		*slot = number[*slot];
	}
	done = replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return done;
}

/*
 * What is expected is of the scenario as it was written, and wrong once a step is missing.  Returns
 * false if nothing fails without.
 */
static bool drop_expectations(struct shrinker *shrinker, struct scenario *scenario)
{
	struct scenario candidate = { };
	bool fails = true;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].op != STEP_EXPECT)
			scenario_add(&candidate, &scenario->step[i]);
	}
	if (candidate.nr < scenario->nr)
		fails = replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return fails;
}

void shrink(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed;

	if (!drop_expectations(shrinker, scenario))
		return;

	do {
		changed = remove_chunks(shrinker, scenario);
		changed |= remove_memslots(shrinker, scenario);
		changed |= remove_pairs(shrinker, scenario);
		changed |= merge_logs(shrinker, scenario);
		changed |= simplify_steps(shrinker, scenario);
		changed |= move_down(shrinker, scenario);
		changed |= renumber(shrinker, scenario);
	} while (changed && shrinker->calls < shrinker->max_calls);
}
