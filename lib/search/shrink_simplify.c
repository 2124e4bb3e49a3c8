// SPDX-License-Identifier: GPL-2.0-only
/* Simpler steps: plain values, fewer pages, places at boundaries. */
#include "search/shrink_pass.h"

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
	done = shrink_replace(shrinker, scenario, &candidate);
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

bool shrink_simplify(struct shrinker *shrinker, struct scenario *scenario)
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
