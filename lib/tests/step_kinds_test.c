// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of kinds of steps: every row has every column.  That each kind can be carried out, too,
 * is shown by the build, see lib/run/run_step.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "model/step_rules.h"
#include "scenario/step_fields.h"
#include "text.h"
#include "unit.h"

#define ALL_TRAITS	(STEP_TAKES_MEMORY | STEP_CHANGES_LEVELS | STEP_ONLY_MAPS | STEP_FOLLOWED)

/* A step of kind @op with something in all that could be on its line. */
static struct step example(enum step_op op)
{
	return (struct step) {
		.op = op, .slot = 1, .gpa = 16ull << 30, .size = 2ull << 20, .hva = 4096,
		.backing = BACKING_HUGETLB_2MB, .expect.leaves[LEVEL_2M] = 1,
	};
}

static void check_word(enum step_op op)
{
	const char *name = step_kind(op)->name;
	enum step_op other;
	size_t i;

	CHECK(name[0], "kind %d has no name", op);
	for (i = 0; name[i]; i++)
		CHECK(islower(name[i]) || name[i] == '_', "%s is no word", name);
	for (other = 0; other < op; other++)
		CHECK(strcmp(name, step_kind(other)->name), "two kinds are called %s", name);
}

static void test_words(void)
{
	enum step_op op;

	for (op = 0; op < NR_STEP_OPS; op++)
		check_word(op);
}

/* Fields are inside struct step, those with names have them, and only the last are optional. */
static void check_fields(const char *name, struct step_fields fields)
{
	unsigned int i;

	for (i = 0; i < fields.nr; i++) {
		const struct field *field = &fields.field[i];

		CHECK(field->offset < sizeof(struct step), "%s: field %u", name, i);
		CHECK(!field->name == !field->nr_names, "%s: names of field %u", name, i);
		CHECK(field->kind != FIELD_CHOICE || field->name, "%s: field %u", name, i);
	}
}

/* What is printed is read back as the same line. */
static void check_line(enum step_op op)
{
	const struct step step = example(op);
	struct scenario scenario = { };
	char *first, *again;

	scenario_add(&scenario, &step);
	first = text_print(&scenario);
	text_parse(&scenario, first);
	CHECK(scenario.nr == 1 && scenario.step[0].op == op, "%s", first);
	again = text_print(&scenario);
	CHECK_TEXT(again, first);
	free(first);
	free(again);
	scenario_free(&scenario);
}

static void test_lines(void)
{
	enum step_op op;

	for (op = 0; op < NR_STEP_OPS; op++) {
		check_fields(step_kind(op)->name, step_fields(op));
		check_line(op);
	}
	check_fields("scarcity", step_scarcity_fields());
}

static void test_choice_and_cost(void)
{
	enum step_op op;

	for (op = 0; op < NR_STEP_OPS; op++) {
		const struct step_kind *kind = step_kind(op);

		CHECK(kind->when < NR_STEP_WHENS && !kind->weight == (kind->when == STEP_NEVER),
		      "%s: when it is generated", kind->name);
		CHECK(kind->cost < NR_STEP_COSTS, "%s: cost", kind->name);
		CHECK(kind->cost || kind->when == STEP_NEVER, "%s costs nothing", kind->name);
		CHECK(!(kind->traits & ~ALL_TRAITS), "%s: traits", kind->name);
	}
}

/* In a VM with one memslot every kind is possible, or says what it expected. */
static void check_rules(enum step_op op)
{
	const struct kernel_traits traits = { .gmem_level = LEVEL_4K };
	struct mapping_model *model = mapping_model_alloc(&traits);
	const struct step memslot = example(STEP_MEMSLOT), step = example(op);
	const struct step_rules *rules = step_rules(op);
	char error[128] = "";
	const struct complaint complaint = { error, sizeof(error) };

	mapping_model_add_slot(model, &memslot);
	if (!CHECK(rules->check && rules->apply, "%s has no rules", step_kind(op)->name))
		return;

	if (rules->check(model, &step, &complaint)) {
		CHECK(!error[0], "%s: possible, but %s", step_kind(op)->name, error);
		rules->apply(model, &step);
	} else {
		CHECK(!strncmp(error, "expected ", 9), "%s: '%s'", step_kind(op)->name, error);
	}
	mapping_model_free(model);
}

static void test_rules(void)
{
	enum step_op op;

	for (op = 0; op < NR_STEP_OPS; op++)
		check_rules(op);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "each has a word of its own", test_words },
		{ "each has a line, there and back", test_lines },
		{ "each has a weight, a cost and traits", test_choice_and_cost },
		{ "each has a rule and an effect", test_rules },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
