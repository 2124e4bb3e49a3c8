// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "model_compare.h"
#include "unit.h"

void twins_init(struct twins *twins, const struct kernel_traits *traits, unsigned int nr_gfns)
{
	twins->model = mapping_model_alloc(traits);
	ref_init(&twins->ref, traits, nr_gfns);
}

void twins_free(struct twins *twins)
{
	mapping_model_free(twins->model);
}

static bool agree_on_gfn(const struct twins *twins, unsigned int gfn, const char *what)
{
	/* The questions do not change the answers. */
	struct ref *ref = (struct ref *)&twins->ref;
	const struct model_slot *slot = mapping_model_slot_at(twins->model, gfn);
	bool same = true;

	same &= CHECK(attr_map_is_private(twins->model->attrs, gfn) == ref->private[gfn],
		      "%s: attribute of gfn %u is wrong", what, gfn);
	same &= CHECK((int)mapping_model_leaf(twins->model, gfn) == ref->leaf[gfn],
		      "%s: leaf at gfn %u is %s, want %s", what, gfn,
		      level_name(mapping_model_leaf(twins->model, gfn)),
		      level_name(ref->leaf[gfn]));
	if (!CHECK(!slot == !ref_slot_at(ref, gfn), "%s: memslot at gfn %u", what, gfn) || !slot)
		return same && !slot;

	if (slot->logged)
		same &= CHECK(mapping_model_is_dirty(slot, gfn) == ref_is_dirty(ref, gfn),
			      "%s: dirty bit of gfn %u", what, gfn);
	same &= CHECK((int)mapping_model_max_level(twins->model, slot, gfn) ==
		      ref_max_level(ref, gfn), "%s: highest level of gfn %u is %s, want %s",
		      what, gfn, level_name(mapping_model_max_level(twins->model, slot, gfn)),
		      level_name(ref_max_level(ref, gfn)));
	if (!ref->private[gfn] || slot->gmem)
		same &= CHECK(mapping_model_tag(twins->model, slot, gfn) == *ref_page(ref, gfn),
			      "%s: contents of gfn %u", what, gfn);
	return same;
}

bool twins_agree(const struct twins *twins, const char *what)
{
	struct ref *ref = (struct ref *)&twins->ref;
	unsigned int gfn;
	enum level level;
	bool same = true;

	for (gfn = 0; gfn < ref->nr_gfns; gfn++)
		same &= agree_on_gfn(twins, gfn, what);
	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		same &= CHECK(mapping_model_count(twins->model, level) == ref_count(ref, level),
			      "%s: %u leaves of %s, want %u", what,
			      (unsigned int)mapping_model_count(twins->model, level),
			      level_name(level), ref_count(ref, level));
	same &= CHECK(page_tables_nr_tracked(twins->model->tables) == ref_nr_split(ref),
		      "%s: %u tables split for execution, want %u", what,
		      (unsigned int)page_tables_nr_tracked(twins->model->tables),
		      ref_nr_split(ref));
	return same;
}

void twins_add_slot(struct twins *twins, const struct step *step)
{
	mapping_model_add_slot(twins->model, step);
	ref_add_slot(&twins->ref, step);
}

void twins_convert(struct twins *twins, unsigned int start, unsigned int end, bool private)
{
	mapping_model_convert(twins->model, start, end, private);
	ref_convert(&twins->ref, start, end, private);
}

bool twins_access(struct twins *twins, unsigned int gfn, enum access access)
{
	enum access_end got = mapping_model_access(twins->model, gfn, access);
	enum access_end want = ref_access(&twins->ref, gfn, access);

	return CHECK(got == want, "access to gfn %u ends as %d, want %d", gfn, got, want);
}

bool twins_prefault(struct twins *twins, unsigned int gfn, unsigned int npages)
{
	unsigned int want_stopped = 0;
	u64 got_stopped = 0;
	int got = mapping_model_prefault(twins->model, gfn, npages, &got_stopped);
	int want = ref_prefault(&twins->ref, gfn, npages, &want_stopped);

	return CHECK(got == want, "pre-fault of gfn %u ends with %d, want %d", gfn, got, want) &&
	       CHECK(!got || got_stopped == want_stopped, "pre-fault stops at %u, want %u",
		     (unsigned int)got_stopped, want_stopped);
}

void twins_zap_all(struct twins *twins)
{
	mapping_model_zap(twins->model, 0, twins->ref.nr_gfns);
	ref_zap(&twins->ref, 0, twins->ref.nr_gfns);
}
