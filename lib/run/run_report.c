// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <sys/mman.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "kvm/vm_driver.h"
#include "model/level_map.h"
#include "run/run_picture.h"
#include "run/run_report.h"
#include "scenario/scenario_text.h"

/* Rows of a level map that people want to see, and that are worth reading out. */
#define ROWS_SHOWN	9
#define ROWS_READ	2048

/* Steps that a message shows; the file has them all. */
#define STEPS_SHOWN	20

/*
 * Zap the leaves of [@gfn, @gfn + @npages) of @slot, however sick this KVM is: from below
 * where the host can do that with part of a hugepage, else by a conversion.
 */
static void zap_for_report(struct scenario_run *run, const struct model_slot *slot, u64 gfn,
			   u64 npages)
{
	u64 size = npages << GFN_SHIFT;
	void *hva = scenario_run_hva(run, slot, gfn);
	bool private;

	if (backing_kind_level(slot->backing) != LEVEL_1G && !madvise(hva, size, MADV_DONTNEED) &&
	    !madvise(hva, size, MADV_POPULATE_WRITE))
		return;

	private = !attr_map_has(run->model->attrs, gfn, gfn + npages, true);
	vm_driver_convert(run->vmd, gfn << GFN_SHIFT, size, private);
}

/* Zap one row: the leaves that disappear are those that were there. */
static void read_row(struct scenario_run *run, const struct model_slot *slot,
		     struct level_map *map, u64 gfn)
{
	u64 start = max(gfn, slot->base_gfn);
	u64 end = min(gfn + level_pages(map->unit), model_slot_end(slot));
	u64 before[NR_LEVELS], after[NR_LEVELS];
	struct level_map_row *row = level_map_at(map, gfn);
	enum level level;

	vm_driver_leaves(run->vmd, before);
	zap_for_report(run, slot, start, end - start);
	vm_driver_leaves(run->vmd, after);

	row->known = true;
	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		u64 nr = before[level] - after[level];

		if (nr && level > map->unit)
			level_map_found(map, gfn, level);
		else
			row->got[level] += nr;
	}
}

static bool row_differs(const struct level_map_row *row)
{
	return row->known && memcmp(row->wanted, row->got, sizeof(row->wanted));
}

/* Read the rows of @slot until one differs. Returns its gfn, or the end of the memslot. */
static u64 find_difference(struct scenario_run *run, const struct model_slot *slot,
			   struct level_map *map)
{
	u64 unit = level_pages(map->unit);
	u64 end = model_slot_end(slot);
	u64 gfn = level_round(slot->base_gfn, map->unit);
	u64 last = min(end, gfn + ROWS_READ * unit);
	u64 found = end;

	for (; gfn < last && gfn < found + ROWS_SHOWN / 2 * unit; gfn += unit) {
		read_row(run, slot, map, gfn);
		if (found == end && row_differs(level_map_at(map, gfn)))
			found = max(gfn, slot->base_gfn);
	}
	return found;
}

/* The map of all of @slot, as the model wants it. */
static void map_slot(struct scenario_run *run, const struct model_slot *slot,
		     struct level_map *map)
{
	u64 first = level_round(slot->base_gfn, LEVEL_2M);
	u64 rows = (model_slot_end(slot) - first + level_pages(LEVEL_2M) - 1) >>
		   level_shift(LEVEL_2M);

	level_map_init(map, first, LEVEL_2M, min(rows, (u64)ROWS_READ));
	map->base_gfn = first;
	level_map_fill(map, run->model);
}

/* "4K x3, 2M" for the leaves counted in @leaves. */
static void describe(const u64 leaves[NR_LEVELS], char *text, size_t size)
{
	enum level level;
	size_t len = 0;

	snprintf(text, size, "no leaf");
	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		if (!leaves[level])
			continue;
		len += snprintf(text + len, size - len, "%s%s x%llu", len ? ", " : "",
				level_name(level), (unsigned long long)leaves[level]);
	}
}

/* Print the part of @map around @gfn; its end if that is where @gfn is, or behind it. */
static void print_around(struct level_map *map, u64 gfn, FILE *out)
{
	size_t at = (level_round(gfn, map->unit) - map->base_gfn) >> level_shift(map->unit);
	size_t last = map->nr > ROWS_SHOWN ? map->nr - ROWS_SHOWN : 0;
	size_t first = at > ROWS_SHOWN / 2 ? min(at - ROWS_SHOWN / 2, last) : 0;
	struct level_map part = *map;

	part.base_gfn += first << level_shift(map->unit);
	part.row += first;
	part.nr = min(map->nr - first, (size_t)ROWS_SHOWN);
	level_map_print(&part, out);
}

static void print_steps(const struct scenario *scenario, FILE *out)
{
	size_t i = scenario->nr > STEPS_SHOWN ? scenario->nr - STEPS_SHOWN : 0;

	fprintf(out, "Steps%s:\n", i ? " (the last ones)" : "");
	for (; i < scenario->nr; i++) {
		fprintf(out, "  ");
		step_print(&scenario->step[i], out);
		fprintf(out, "\n");
	}
}

static void begin_report(struct scenario_run *run, u64 gpa, const char *wanted, const char *got,
			 FILE *out)
{
	fprintf(out, "Wanted %s at gpa 0x%llx (%s, step %zu), got %s\n", wanted,
		(unsigned long long)gpa, run->name, run->done.nr, got);
}

/* @map is all of what is known of the memslot there; NULL if there is none. */
static void end_report(struct scenario_run *run, u64 gpa, const struct level_map *map, FILE *out)
{
	print_steps(&run->done, out);
	fclose(out);
	run_picture_save(run, gpa, map);
}

void run_report(struct scenario_run *run, u64 gpa, const char *wanted, const char *got)
{
	const struct model_slot *slot = mapping_model_slot_at(run->model, gpa >> GFN_SHIFT);
	struct level_map map = { };
	size_t size;
	FILE *out;

	if (run->failure)
		return;

	out = open_memstream(&run->failure, &size);
	TEST_ASSERT(out, "out of memory");
	begin_report(run, gpa, wanted, got, out);
	if (slot) {
		map_slot(run, slot, &map);
		print_around(&map, gpa >> GFN_SHIFT, out);
	}
	end_report(run, gpa, slot ? &map : NULL, out);
	level_map_free(&map);
}

/* The place is nowhere to be found: all that can be said is the counts. */
static void report_counts(struct scenario_run *run, const struct step *step,
			  const u64 got[NR_LEVELS])
{
	char want_text[80], got_text[80];
	u64 wanted[NR_LEVELS] = { };
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		wanted[level] = mapping_model_count(run->model, level);
	describe(wanted, want_text, sizeof(want_text));
	describe(got, got_text, sizeof(got_text));
	run_report(run, step->gpa, want_text, got_text);
}

static void report_row(struct scenario_run *run, struct level_map *map, u64 gfn)
{
	struct level_map_row *row = level_map_at(map, gfn);
	char wanted[80], got[80];
	size_t size;
	FILE *out = open_memstream(&run->failure, &size);

	TEST_ASSERT(out, "out of memory");
	describe(row->wanted, wanted, sizeof(wanted));
	describe(row->got, got, sizeof(got));
	begin_report(run, gfn << GFN_SHIFT, wanted, got, out);
	print_around(map, gfn, out);
	end_report(run, gfn << GFN_SHIFT, map, out);
}

void run_report_leaves(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot;
	u64 got[NR_LEVELS];

	vm_driver_leaves(run->vmd, got);
	for (slot = run->model->slots; slot && !run->failure; slot = slot->next) {
		struct level_map map;
		u64 gfn;

		map_slot(run, slot, &map);
		gfn = find_difference(run, slot, &map);
		if (gfn < model_slot_end(slot))
			report_row(run, &map, gfn);
		level_map_free(&map);
	}
	if (!run->failure)
		report_counts(run, step, got);
}
