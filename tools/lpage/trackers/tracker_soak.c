// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>

#include "model/attr_map.h"
#include "scenario/random.h"
#include "tracker_registry.h"
#include "tracker_soak.h"
#include "tracker_store.h"

/* An address space is used for this many updates before another takes its place. */
#define ROUND_UPDATES	4096
#define COMPARE_ALL	64
#define MAX_SLOTS	4

/* Some trackers over the same attributes and memslots. */
struct bank {
	struct tracker_soak *soak;
	u64 random;
	u64 ngfns;
	struct attr_map *attrs;
	struct tracker_vm vm[TRACKERS_MAX];
	size_t nr;
	size_t nr_slots;
};

/* A number below @limit, which is small. */
static u64 below(struct bank *bank, u64 limit)
{
	return random_below(&bank->random, limit);
}

static bool blame(struct bank *bank, size_t i, const struct tracker_diff *diff)
{
	bank->soak->diff = *diff;
	bank->soak->culprit = bank->vm[i].tracker->ops;
	return false;
}

static bool compare_all(struct bank *bank)
{
	struct tracker_diff diff;
	size_t i;

	for (i = 0; i < bank->nr; i++) {
		if (!tracker_vm_is_right(&bank->vm[i], &diff))
			return blame(bank, i, &diff);
	}
	return true;
}

static bool compare_range(struct bank *bank, u64 start, u64 end)
{
	struct tracker_slot *slot;
	struct tracker_diff diff;
	size_t i;

	for (i = 0; i < bank->nr; i++) {
		for (slot = bank->vm[i].tracker->slots; slot; slot = slot->next) {
			if (!tracker_vm_slot_is_right(&bank->vm[i], slot, start, end, &diff))
				return blame(bank, i, &diff);
		}
	}
	return true;
}

static void add_slot(struct bank *bank, u32 id, u64 start, u64 end)
{
	size_t i;

	for (i = 0; i < bank->nr; i++)
		tracker_add_slot(bank->vm[i].tracker, id, start, end - start);
}

/* One to four memslots with or without gaps, most of them misaligned. */
static void add_slots(struct bank *bank)
{
	u64 gfn = below(bank, bank->ngfns / 4);

	bank->nr_slots = 0;
	do {
		u64 end = gfn + 1 + below(bank, bank->ngfns >> below(bank, 4));

		end = min(end, bank->ngfns);
		add_slot(bank, ++bank->nr_slots, gfn, end);
		gfn = end + (below(bank, 2) ? below(bank, bank->ngfns / 8) : 0);
	} while (gfn < bank->ngfns && bank->nr_slots < MAX_SLOTS && below(bank, 4));
}

/* Delete one memslot and create it again, over whatever the attributes are now. */
static void renew_slot(struct bank *bank)
{
	u32 id = 1 + below(bank, bank->nr_slots);
	size_t i;

	for (i = 0; i < bank->nr; i++) {
		struct tracker *tracker = bank->vm[i].tracker;
		struct tracker_slot slot = *tracker_slot(tracker, id);

		tracker_remove_slot(tracker, id);
		tracker_add_slot(tracker, id, slot.base_gfn, slot.npages);
	}
}

/* A range: a page, a few, whole hugepages, or anything. */
static void choose_range(struct bank *bank, u64 *start, u64 *end)
{
	enum level level = LEVEL_2M + below(bank, 2);

	*start = below(bank, bank->ngfns);
	switch (below(bank, 4)) {
	case 0:
		*end = *start + 1;
		break;
	case 1:
		*end = *start + 1 + below(bank, level_pages(LEVEL_2M));
		break;
	case 2:
		*start = level_round(*start, level);
		*end = *start + level_pages(level);
		break;
	default:
		*end = *start + 1 + below(bank, bank->ngfns);
		break;
	}
	*end = min(*end, bank->ngfns);
}

static bool convert(struct bank *bank)
{
	bool private = below(bank, 2);
	u64 start, end;
	size_t i;

	choose_range(bank, &start, &end);
	attr_map_set(bank->attrs, start, end, private);
	for (i = 0; i < bank->nr; i++)
		tracker_update(bank->vm[i].tracker, start, end, private);
	return compare_range(bank, start, end);
}

static void add_tracker(struct bank *bank, const struct tracker_ops *ops)
{
	struct tracker_vm *vm = &bank->vm[bank->nr++];

	vm->compared = 0;
	vm->attrs = bank->attrs;
	vm->store = tracker_store(bank->attrs);
	vm->tracker = tracker_alloc(ops, &vm->store);
}

static void add_trackers(struct bank *bank)
{
	const struct tracker_ops *ops;
	size_t i;

	bank->nr = 0;
	if (bank->soak->only)
		add_tracker(bank, bank->soak->only);

	for (i = 0; !bank->soak->only && (ops = tracker_nth(i)); i++) {
		if (!ops->bugs)
			add_tracker(bank, ops);
	}
	bank->soak->nr_trackers = bank->nr;
}

static void init_bank(struct bank *bank)
{
	level_bits = 1 + below(bank, 3);
	bank->ngfns = 4 * level_pages(LEVEL_1G);
	bank->attrs = attr_map_alloc();
	add_trackers(bank);
	add_slots(bank);
}

static void free_bank(struct bank *bank)
{
	size_t i;

	for (i = 0; i < bank->nr; i++) {
		bank->soak->compared += bank->vm[i].compared;
		tracker_free(bank->vm[i].tracker);
	}
	attr_map_free(bank->attrs);
}

static bool run_round(struct bank *bank)
{
	struct tracker_soak *soak = bank->soak;
	unsigned int i;

	for (i = 1; i <= ROUND_UPDATES && soak->done < soak->updates; i++) {
		if (!convert(bank))
			return false;
		soak->done++;
		if (i % COMPARE_ALL)
			continue;
		renew_slot(bank);
		if (!compare_all(bank))
			return false;
	}
	return compare_all(bank);
}

bool tracker_soak_run(struct tracker_soak *soak)
{
	/* xorshift stays at 0 for ever, so make sure of one bit. */
	struct bank bank = { .soak = soak, .random = soak->seed * 2 + 1 };
	unsigned int saved_bits = level_bits;
	bool right = true;

	while (soak->done < soak->updates && right) {
		init_bank(&bank);
		right = run_round(&bank);
		free_bank(&bank);
	}
	level_bits = saved_bits;
	return right;
}
