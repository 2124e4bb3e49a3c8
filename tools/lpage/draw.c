// SPDX-License-Identifier: GPL-2.0-only
/*
 * A picture of the levels around a place: for each page the leaf that a touch of it would
 * install if nothing were mapped, as the definition wants it and with a tracker.  With a
 * wrong flag two such leaves may overlap: a private page's 4K and its neighbours' 2M.
 */
#include <stdio.h>

#include <linux/kernel.h>

#include "lpage.h"
#include "model/level_map.h"
#include "model/scenario_model.h"
#include "scenario/scenario_text.h"
#include "tracker_registry.h"
#include "tracker_vm.h"

#define ROWS_2M		9
#define ROWS_1G		3

/* The end of a scenario, as the model and as the tracker see it. */
struct scene {
	struct mapping_model *model;
	struct mapping_model *all_shared;	/* the same memslots, no attributes */
	struct tracker_vm vm;
};

/* guest_memfd has no huge pages, so private memory is mapped in 4K pages. */
static const struct kernel_traits traits = { .gmem_level = LEVEL_4K };

static void set_scene(struct scene *scene, const struct tracker_ops *ops,
		      const struct scenario *scenario)
{
	size_t i;

	scene->model = mapping_model_alloc(&traits);
	scene->all_shared = mapping_model_alloc(&traits);
	tracker_vm_init(&scene->vm, ops);
	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		scenario_model_step(scene->model, step);
		if (step->op != STEP_CONVERT)
			scenario_model_step(scene->all_shared, step);
		tracker_vm_step(&scene->vm, step);
	}
}

static void clear_scene(struct scene *scene)
{
	mapping_model_free(scene->model);
	mapping_model_free(scene->all_shared);
	tracker_vm_free(&scene->vm);
}

/* The level of the leaf that @gfn gets by definition, LEVEL_NONE if there can be none. */
static enum level wanted_level(struct scene *scene, u64 gfn)
{
	const struct model_slot *slot = mapping_model_slot_at(scene->model, gfn);

	if (!slot || (attr_map_is_private(scene->model->attrs, gfn) && !slot->gmem))
		return LEVEL_NONE;

	return mapping_model_max_level(scene->model, slot, gfn);
}

/*
 * What KVM would do with the tracker: it takes attributes only from the page itself, and
 * what is around it from the flags.
 */
static enum level tracker_level(struct scene *scene, u64 gfn)
{
	struct model_slot *slot = mapping_model_slot_at(scene->all_shared, gfn);
	struct tracker_slot *flags;
	enum level level;

	if (wanted_level(scene, gfn) == LEVEL_NONE)
		return LEVEL_NONE;
	if (attr_map_is_private(scene->model->attrs, gfn))
		return LEVEL_4K;

	flags = tracker_slot(scene->vm.tracker, slot->id);
	level = mapping_model_max_level(scene->all_shared, slot, gfn);
	while (level > LEVEL_4K &&
	       tracker_is_mixed(scene->vm.tracker, flags, level_round(gfn, level), level))
		level--;
	return level;
}

static void count_leaves(struct scene *scene, u64 start, u64 end, u64 *leaves,
			 enum level (*level_at)(struct scene *scene, u64 gfn))
{
	u64 gfn = start;

	while (gfn < end) {
		enum level level = level_at(scene, gfn);

		leaves[level]++;
		gfn = level == LEVEL_NONE ? gfn + 1 : level_round(gfn, level) + level_pages(level);
	}
	leaves[LEVEL_NONE] = 0;
}

static void draw_map(struct scene *scene, u64 gfn, enum level unit, size_t nr)
{
	struct level_map map;
	size_t i;

	level_map_init(&map, gfn, unit, nr);
	level_map_fill(&map, scene->model);
	for (i = 0; i < nr; i++) {
		struct level_map_row *row = &map.row[i];
		u64 start = map.base_gfn + i * level_pages(unit);
		enum level level;

		for (level = LEVEL_NONE; level < NR_LEVELS; level++)
			row->wanted[level] = 0;
		row->known = true;
		count_leaves(scene, start, start + level_pages(unit), row->wanted, wanted_level);
		count_leaves(scene, start, start + level_pages(unit), row->got, tracker_level);
	}

	printf("\nrows of %s\n", level_name(unit));
	level_map_print(&map, stdout);
	level_map_free(&map);
}

/* Where to look: at the last conversion, or else at the last memslot. */
static u64 place_of_interest(const struct scenario *scenario)
{
	u64 gpa = SCENARIO_MIN_GPA;
	bool converted = false;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		if (step->op == STEP_CONVERT || (step->op == STEP_MEMSLOT && !converted))
			gpa = step->gpa;
		converted |= step->op == STEP_CONVERT;
	}
	return gpa >> GFN_SHIFT;
}

enum verdict command_draw(const struct options *options)
{
	const struct tracker_ops *ops = options->tracker ?: &tracker_merged;
	struct scenario scenario = { };
	struct tracker_diff diff;
	struct scene scene;
	bool right;

	if (!load_scenario(&scenario, options->file[0]))
		return VERDICT_UNUSABLE;

	set_scene(&scene, ops, &scenario);
	printf("After all steps, the leaf that a touch of each page would install if nothing were\n"
	       "mapped: wanted by definition, got with %s.\n", ops->name);
	draw_map(&scene, place_of_interest(&scenario), LEVEL_1G, ROWS_1G);
	draw_map(&scene, place_of_interest(&scenario), LEVEL_2M, ROWS_2M);

	right = tracker_vm_is_right(&scene.vm, &diff);
	if (!right) {
		printf("\n%s ", ops->name);
		tracker_diff_print(&diff, stdout);
		printf("\n");
	}
	clear_scene(&scene);
	scenario_free(&scenario);
	return right ? VERDICT_RIGHT : VERDICT_WRONG;
}
