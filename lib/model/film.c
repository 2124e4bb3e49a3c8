// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "test_util.h"
#include "sparsebit.h"

#include "model/film.h"
#include "model/scenario_check.h"
#include "model/scenario_model.h"
#include "scenario/scenario_text.h"

static const char *boolean(bool value)
{
	return value ? "true" : "false";
}

void film_print_string(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = *text;

		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

/* The first and the second number of a list's next pair. */
static void print_pair(u64 first, u64 second, bool *more, FILE *out)
{
	fprintf(out, "%s[%llu, %llu]", *more ? ", " : "", (unsigned long long)first,
		(unsigned long long)second);
	*more = true;
}

static void print_leaves(const struct model_slot *slot, enum level level, FILE *out)
{
	const struct sparsebit *leaves = slot->leaves[level];
	bool more = false;
	u64 start, end;

	fprintf(out, "\"%s\": [", level_name(level));
	/* 0: there is no further leaf; none is at gfn 0, where no memslot of a scenario lies. */
	for (start = sparsebit_any_set(leaves) ? sparsebit_first_set(leaves) : 0; start;
	     start = sparsebit_next_set(leaves, end)) {
		end = sparsebit_next_clear(leaves, start);
		print_pair(start * level_bytes(level), end - start, &more, out);
	}
	fprintf(out, "]%s", level + 1 < NR_LEVELS ? ", " : "");
}

static void print_slot(const struct model_slot *slot, FILE *out)
{
	enum level level;

	fprintf(out, "{\"id\": %u, \"gpa\": %llu, \"size\": %llu, \"backing\": \"%s\", ", slot->id,
		(unsigned long long)slot->base_gfn << GFN_SHIFT,
		(unsigned long long)slot->npages << GFN_SHIFT, backing_kind_name(slot->backing));
	fprintf(out, "\"guest_memfd\": %s, \"logged\": %s, \"leaves\": {", boolean(slot->gmem),
		boolean(slot->logged));
	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		print_leaves(slot, level, out);
	fprintf(out, "}}%s", slot->next ? ", " : "");
}

static void print_private(const struct attr_map *attrs, FILE *out)
{
	const u64 last = SCENARIO_MAX_GPA >> GFN_SHIFT;
	bool more = false;
	u64 start, end;

	for (start = attr_map_find(attrs, 0, last, true); start < last;
	     start = attr_map_find(attrs, end, last, true)) {
		end = attr_map_find(attrs, start, last, false);
		print_pair(start << GFN_SHIFT, (end - start) << GFN_SHIFT, &more, out);
	}
}

void film_print_state(const struct mapping_model *model, FILE *out)
{
	const struct model_slot *slot;

	fprintf(out, "{\"slots\": [");
	for (slot = model->slots; slot; slot = slot->next)
		print_slot(slot, out);
	fprintf(out, "], \"private\": [");
	print_private(model->attrs, out);
	fprintf(out, "]}");
}

static void print_step(const struct step *step, FILE *out)
{
	size_t size;
	char *text;
	FILE *line = open_memstream(&text, &size);

	TEST_ASSERT(line, "out of memory");
	step_print(step, line);
	fclose(line);
	fprintf(out, "{\"text\": ");
	film_print_string(text, out);
	fprintf(out, ", \"gpa\": %llu, \"size\": %llu}", (unsigned long long)step->gpa,
		(unsigned long long)step->size);
	free(text);
}

static void print_states(const struct scenario *scenario, const struct kernel_traits *traits,
			 FILE *out)
{
	size_t first = scenario->nr - min(scenario->nr, (size_t)FILM_STATES_MAX);
	struct mapping_model *model = mapping_model_alloc(traits);
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		/* What an earlier step was refused, a later one may do. */
		if (step_is_possible(model, step))
			scenario_model_step(model, step);
		if (i < first)
			continue;
		fprintf(out, "%s\n  ", i > first ? "," : "");
		film_print_state(model, out);
	}
	mapping_model_free(model);
}

void film_print(const struct scenario *scenario, const struct kernel_traits *traits, FILE *out)
{
	size_t i;

	fprintf(out, "\"steps\": [");
	for (i = 0; i < scenario->nr; i++) {
		fprintf(out, "%s\n  ", i ? "," : "");
		print_step(&scenario->step[i], out);
	}
	fprintf(out, "],\n\"states\": [");
	print_states(scenario, traits, out);
	fprintf(out, "]");
}
