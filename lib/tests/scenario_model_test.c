// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host does to the memory of a guest, against the brute-force reference: which
 * leaves go and what every page holds afterwards.
 */
#include <stdio.h>

#include <linux/kernel.h>

#include "model/scenario_check.h"
#include "model/scenario_model.h"
#include "model_compare.h"
#include "scenario/random.h"
#include "text.h"
#include "unit.h"

static u64 random_state;
static u64 last_tag;

static unsigned int below(unsigned int nr)
{
	return random_below(&random_state, nr);
}

/* Two memslots of each file, so that its pages are seen in several places; one of its own. */
static void add_slots(struct twins *twins, enum backing_kind backing)
{
	const unsigned int base[] = { 0, 25, 60 }, npages[] = { 24, 33, 7 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(base); i++) {
		struct step step = {
			.op = STEP_MEMSLOT,
			.slot = i + 1,
			.gpa = base[i] * GFN_BYTES,
			.size = npages[i] * GFN_BYTES,
			.hva = (below(2) ? base[i] : below(40)) * GFN_BYTES,
			.backing = i < 2 ? backing : below(NR_BACKING_KINDS),
			.gmem = below(2),
		};

		if (step.gmem)
			step.offset = (below(2) ? base[i] : below(40)) * GFN_BYTES;
		twins_add_slot(twins, &step);
	}
}

/* Let the guest write a new tag to @gfn, if it can. */
static void write_page(struct twins *twins, unsigned int gfn)
{
	struct model_slot *slot = mapping_model_slot_at(twins->model, gfn);

	twins_access(twins, gfn, ACCESS_WRITE);
	if (!slot || (twins->ref.private[gfn] && !slot->gmem))
		return;

	mapping_model_set_tag(twins->model, slot, gfn, ++last_tag);
	*ref_page(&twins->ref, gfn) = last_tag;
}

/* The part of the memslot at @start up to @end that the host has as whole pages of @unit. */
static bool whole_pages(const struct model_slot *slot, enum level unit, unsigned int *start,
			unsigned int *end)
{
	unsigned int pages = level_pages(unit);
	unsigned int first = slot->hva_page - slot->base_gfn;
	unsigned int slot_end = slot->base_gfn + slot->npages;

	while ((*start + first) % pages)
		++*start;
	*end = min(*end, slot_end);
	while (*end > *start && (*end + first) % pages)
		--*end;
	return *start < *end;
}

static void host_operation(struct twins *twins, const struct model_slot *slot, unsigned int start,
			   unsigned int end)
{
	unsigned int slot_end = slot->base_gfn + slot->npages;
	bool splits = backing_kind_splits(slot->backing);
	unsigned int op = below(splits ? 8 : 6);

	end = min(end, slot_end);
	if (op != 1 && model_slot_is_gmem_only(slot))
		return;
	if (op == 0) {
		scenario_model_fork(twins->model, start, ++last_tag);
		ref_fork(&twins->ref, start, last_tag);
		return;
	}
	if (op == 1) {
		if (!slot->gmem)
			return;
		if (below(3) == 0) {
			scenario_model_allocate(twins->model, start, end - start);
			ref_allocate(&twins->ref, start, end);
			return;
		}
		scenario_model_punch(twins->model, start, end - start);
		ref_punch(&twins->ref, start, end);
		return;
	}
	if (op == 5) {
		scenario_model_evacuate(twins->model);
		ref_evacuate(&twins->ref);
		return;
	}
	if (op == 6) {
		enum split_way way = below(NR_SPLIT_WAYS);

		scenario_model_split(twins->model, start, end - start, way);
		ref_split(&twins->ref, start, end, way);
		return;
	}
	if (!whole_pages(slot, op == 4 ? model_slot_moves_at(slot) :
			 op == 7 ? LEVEL_2M : backing_kind_unit(slot->backing), &start, &end))
		return;
	if (op == 4) {
		scenario_model_migrate(twins->model, start, end - start);
		ref_migrate(&twins->ref, start, end);
	} else if (op == 7) {
		scenario_model_collapse(twins->model, start, end - start);
		ref_collapse(&twins->ref, start, end);
	} else if (op == 2) {
		scenario_model_dontneed(twins->model, start, end - start);
		ref_dontneed(&twins->ref, start, end);
	} else if (!backing_kind_is_anonymous(slot->backing)) {
		scenario_model_discard(twins->model, start, end - start);
		ref_discard(&twins->ref, start, end);
	}
}

static void random_sequence(enum backing_kind backing, const struct kernel_traits *traits)
{
	struct twins twins;
	char what[64];
	unsigned int i;

	twins_init(&twins, traits, 70);
	add_slots(&twins, backing);
	for (i = 0; i < 400; i++) {
		unsigned int start = below(70), end = start + 1 + below(70 - start);
		struct model_slot *slot = mapping_model_slot_at(twins.model, start);

		snprintf(what, sizeof(what), "%s, traits %d %d %d, step %u",
			 backing_kind_name(backing), traits->gmem_level, traits->gmem_hole_splits,
			 traits->gmem_reserves_exactly, i);
		if (below(3))
			write_page(&twins, start);
		else if (below(2))
			twins_convert(&twins, start, min(end, start + 9), below(2));
		else if (slot)
			host_operation(&twins, slot, start, end);
		if (!twins_agree(&twins, what))
			break;
	}
	twins_free(&twins);
}

static void test_random(void)
{
	enum backing_kind backing;
	int i;

	level_bits = 2;
	random_state = 3;
	for (i = 0; i < 18; i++) {
		const struct kernel_traits traits = {
			.gmem_level = LEVEL_4K + i % 3,
			.gmem_hole_splits = i / 3 & 1,
			.gmem_reserves_exactly = i / 6 & 1,
		};

		for (backing = 0; backing < NR_BACKING_KINDS; backing++)
			random_sequence(backing, &traits);
	}
	level_bits = 9;
}

/* A step has the same effect as the function for it; checked for one of each. */
static void test_steps(void)
{
	const struct kernel_traits traits = { .gmem_level = LEVEL_4K };
	const u64 gpa = 16ull << 30, page = GFN_BYTES, huge = level_bytes(LEVEL_2M);
	const struct step memslot = { .op = STEP_MEMSLOT, .slot = 1, .gpa = gpa, .size = 4 * huge,
				      .backing = BACKING_HUGETLB_2MB };
	const struct {
		struct step step;
		u64 leaves_4k, leaves_2m;
	} sequence[] = {
		{ memslot, 0, 0 },
		{ { .op = STEP_PREFAULT, .gpa = gpa, .size = 4 * huge }, 0, 4 },
		{ { .op = STEP_CONVERT, .gpa = gpa, .size = page, .private = true }, 0, 3 },
		{ { .op = STEP_TOUCH, .gpa = gpa + page, .size = 2 * page }, 2, 3 },
		{ { .op = STEP_DONTNEED, .gpa = gpa + 2 * huge, .size = huge }, 2, 2 },
		{ { .op = STEP_DISCARD, .gpa = gpa, .size = huge }, 0, 2 },
		{ { .op = STEP_LOG, .slot = 1, .on = true }, 0, 2 },
		{ { .op = STEP_TOUCH, .gpa = gpa + huge, .size = page, .access = ACCESS_WRITE },
		  512, 1 },
		{ { .op = STEP_LOG, .slot = 1, .on = false }, 0, 1 },
		{ { .op = STEP_FORK, .gpa = gpa }, 0, 1 },
		{ { .op = STEP_PREFAULT, .gpa = gpa + huge, .size = huge }, 0, 2 },
		{ { .op = STEP_PLACE, .placement = PLACE_NODE_1 }, 0, 2 },
		{ { .op = STEP_MIGRATE, .gpa = gpa + huge, .size = huge, .node = 1 }, 0, 1 },
		{ { .op = STEP_EVACUATE, .node = 1 }, 0, 0 },
		{ { .op = STEP_MOVE, .slot = 1, .gpa = 2 * gpa }, 0, 0 },
		{ { .op = STEP_TOUCH, .gpa = 2 * gpa, .size = page }, 0, 1 },
		{ { .op = STEP_DELETE, .slot = 1 }, 0, 0 },
	};
	struct mapping_model *model = mapping_model_alloc(&traits);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sequence); i++) {
		scenario_model_step(model, &sequence[i].step);
		CHECK(mapping_model_count(model, LEVEL_4K) == sequence[i].leaves_4k &&
		      mapping_model_count(model, LEVEL_2M) == sequence[i].leaves_2m,
		      "step %zu: %llu of 4K, %llu of 2M", i,
		      (unsigned long long)mapping_model_count(model, LEVEL_4K),
		      (unsigned long long)mapping_model_count(model, LEVEL_2M));
	}
	CHECK(!model->slots, "a memslot is left");
	mapping_model_free(model);
}

static void test_takes_memory(void)
{
	static const struct {
		const char *text;	/* the last step is asked for */
		bool takes;
	} sample[] = {
		{ "convert private 16G 8K", true },
		{ "convert private 16G 8K\nconvert private 16G 8K", false },
		{ "convert private 16G 4K\nconvert private 16G 8K", true },
		{ "convert private 16G 8K\nconvert shared 16G 4K", false },
		{ "memslot 1 gpa 16G size 8M backing hugetlb_2mb", true },
		{ "memslot 1 gpa 16G size 8M backing hugetlb_2mb guest_memfd\n"
		  "punch 16G 4K", false },
		{ "memslot 1 gpa 16G size 8M backing hugetlb_2mb\ntouch read 16G 4M", true },
		{ "memslot 1 gpa 16G size 8M backing hugetlb_2mb\ntouch read 16G 4K\n"
		  "touch read 16G 2M", false },
		{ "memslot 1 gpa 16G size 8M backing hugetlb_2mb\ntouch read 16G 4K\n"
		  "touch read 16G 2M+4K", true },
		{ "memslot 1 gpa 16G size 8M backing hugetlb_2mb\ntouch read 16G 4K\n"
		  "touch execute 16G", true },
	};
	const struct kernel_traits traits = { .gmem_level = LEVEL_4K };
	struct scenario scenario = { };
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(sample); i++) {
		struct mapping_model *model = mapping_model_alloc(&traits);

		text_parse(&scenario, sample[i].text);
		for (k = 0; k + 1 < scenario.nr; k++)
			scenario_model_step(model, &scenario.step[k]);
		CHECK(scenario_model_takes_memory(model, &scenario.step[k]) == sample[i].takes,
		      "%s", sample[i].text);
		mapping_model_free(model);
	}
	scenario_free(&scenario);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "random host operations", test_random },
		{ "steps", test_steps },
		{ "which steps take memory", test_takes_memory },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
