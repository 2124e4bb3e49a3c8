// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mapping model against the brute-force reference: exhaustively where an address
 * space of a few pages has all three levels, at random beyond.
 */
#include <errno.h>
#include <stdio.h>

#include <linux/kernel.h>

#include "model_compare.h"
#include "scenario/random.h"
#include "unit.h"

/* With level_bits of 1: two hugepage ranges of 1G, each of two of 2M, each of two pages. */
#define NR_GFNS	8u

static const struct kernel_traits plain = { .gmem_level = LEVEL_4K };

static struct step memslot(u32 id, u64 base, u64 npages, u64 hva, enum backing_kind backing,
			   bool gmem)
{
	return (struct step) {
		.op = STEP_MEMSLOT,
		.slot = id,
		.gpa = base * GFN_BYTES,
		.size = npages * GFN_BYTES,
		.hva = hva * GFN_BYTES,
		.backing = backing,
		.gmem = gmem,
	};
}

typedef void (*visit_fn)(const struct step *memslot);

/* Call @visit for every memslot that fits, with every misalignment of the host address. */
static void visit_geometries(visit_fn visit)
{
	unsigned int base, npages, hva, backing, gmem;

	for (base = 0; base < NR_GFNS; base++) {
		for (npages = 1; base + npages <= NR_GFNS; npages++) {
			for (hva = 0; hva < 4; hva++) {
				for (backing = BACKING_SHMEM; backing < NR_BACKING_KINDS;
				     backing++) {
					for (gmem = 0; gmem < 2; gmem++) {
						struct step step = memslot(1, base, npages, hva,
									   backing, gmem);

						visit(&step);
					}
				}
			}
		}
	}
}

/* Change attributes in Gray code order: all patterns, one conversion of one page at a time. */
static void next_pattern(struct twins *twins, unsigned int i)
{
	unsigned int gfn = __builtin_ctz(i);

	twins_convert(twins, gfn, gfn + 1, !twins->ref.private[gfn]);
}

/*
 * In every pattern the highest level of each gfn, and what touching does: all in turn, and
 * then first one gfn of each 1G, which must leave no room for smaller leaves around it.
 */
static void patterns_of(const struct step *memslot)
{
	struct twins twins;
	unsigned int i, gfn;
	char what[64];

	/* Without guest_memfd and with 4K backing there is little to see: some samples. */
	if (memslot->backing == BACKING_SHMEM && memslot->hva)
		return;

	twins_init(&twins, &plain, NR_GFNS);
	twins_add_slot(&twins, memslot);
	for (i = 1; i <= 1u << NR_GFNS; i++) {
		snprintf(what, sizeof(what), "base %u pages %u hva %u pattern %u",
			 twins.ref.slot[0].base, twins.ref.slot[0].npages, twins.ref.slot[0].hva,
			 i);
		for (gfn = 0; gfn < NR_GFNS; gfn++)
			twins_access(&twins, (gfn * 3 + i) % NR_GFNS, ACCESS_READ);
		if (!twins_agree(&twins, what))
			break;

		/* A conversion zaps what the next round maps; now and then all of it. */
		if (i % 8 == 0)
			twins_zap_all(&twins);
		if (i < 1u << NR_GFNS)
			next_pattern(&twins, i);
	}
	twins_free(&twins);
}

static void test_patterns(void)
{
	level_bits = 1;
	visit_geometries(patterns_of);
	level_bits = 9;
}

/* Every conversion in every pattern, with all mapped before; then all is touched again. */
static void conversions_of(const struct step *memslot)
{
	unsigned int pattern, start, end, private, gfn;
	struct twins twins;
	char what[64];

	twins_init(&twins, &plain, NR_GFNS);
	twins_add_slot(&twins, memslot);
	for (pattern = 0; pattern < 1u << NR_GFNS; pattern++) {
		for (start = 0; start < NR_GFNS; start++) {
			for (end = start + 1; end <= NR_GFNS; end++) {
				private = (start + end + pattern) & 1;
				for (gfn = 0; gfn < NR_GFNS; gfn++)
					twins_convert(&twins, gfn, gfn + 1, pattern >> gfn & 1);
				twins_prefault(&twins, 0, NR_GFNS);
				for (gfn = 0; gfn < NR_GFNS; gfn++)
					twins_access(&twins, gfn, ACCESS_WRITE);

				twins_convert(&twins, start, end, private);
				snprintf(what, sizeof(what), "pattern 0x%x, [%u, %u) to %u",
					 pattern, start, end, private);
				if (!twins_agree(&twins, what))
					goto out;
				twins_access(&twins, (start + pattern) % NR_GFNS, ACCESS_READ);
				if (!twins_agree(&twins, what))
					goto out;
			}
		}
	}
out:
	twins_free(&twins);
}

static void test_conversions(void)
{
	const struct step slot[] = {
		memslot(1, 0, 8, 0, BACKING_HUGETLB_1GB, true),
		memslot(1, 0, 8, 0, BACKING_HUGETLB_1GB, false),
		memslot(1, 1, 7, 1, BACKING_HUGETLB_1GB, true),
		memslot(1, 2, 5, 0, BACKING_HUGETLB_1GB, true),
	};
	unsigned int i;

	level_bits = 1;
	for (i = 0; i < ARRAY_SIZE(slot); i++)
		conversions_of(&slot[i]);
	level_bits = 9;
}

/* Random sequences of everything */

static u64 random_state;

static unsigned int below(unsigned int nr)
{
	return random_below(&random_state, nr);
}

static bool is_free(struct ref *ref, unsigned int base, unsigned int npages, unsigned int but)
{
	unsigned int gfn;

	for (gfn = base; gfn < base + npages; gfn++) {
		const struct ref_slot *slot = ref_slot_at(ref, gfn);

		if (slot && slot != &ref->slot[but - 1])
			return false;
	}
	return true;
}

static void change_slot(struct twins *twins, unsigned int id)
{
	struct ref *ref = &twins->ref;
	struct ref_slot *slot = &ref->slot[id - 1];
	unsigned int base = below(ref->nr_gfns);
	unsigned int npages = 1 + below(ref->nr_gfns - base);
	struct step step = memslot(id, base, npages, below(2) ? base : below(ref->nr_gfns),
				   below(NR_BACKING_KINDS), below(2));

	if (step.gmem)
		step.offset = GFN_BYTES * (below(2) ? base : below(ref->nr_gfns));
	if (!slot->used) {
		if (is_free(ref, base, npages, id))
			twins_add_slot(twins, &step);
	} else if (below(3) == 0) {
		mapping_model_delete_slot(twins->model, id);
		ref_delete_slot(ref, id);
	} else if (below(2)) {
		bool on = below(2);

		mapping_model_log(twins->model, id, on);
		ref_log(ref, id, on);
	} else if (base + slot->npages <= ref->nr_gfns && is_free(ref, base, slot->npages, id)) {
		/* Sometimes to where it is already. */
		base = below(4) ? base : slot->base;
		mapping_model_move_slot(twins->model, id, base);
		ref_move_slot(ref, id, base);
	}
}

static bool any_logged(struct ref *ref)
{
	return ref->slot[0].logged || ref->slot[1].logged || ref->slot[2].logged;
}

/* Dirty logs and the NX mitigation, beside switching logging itself. */
static void change_mode(struct twins *twins, unsigned int id, unsigned int start,
			unsigned int end)
{
	struct ref *ref = &twins->ref;
	struct ref_slot *slot = ref_slot_at(ref, start);
	unsigned int ratio;
	bool on;

	switch (below(7)) {
	case 0:
		if (any_logged(ref))
			break;
		ref->protect = below(NR_MANUAL_PROTECTS);
		twins->model->protect = ref->protect;
		break;
	case 1:
		ref->eager = below(2);
		twins->model->eager_split = ref->eager;
		break;
	case 2:
		on = below(4);
		ref_set_nx(ref, on);
		mapping_model_set_nx(twins->model, on);
		break;
	case 3:
		ratio = 1 + below(4);
		ref_recover_nx(ref, ratio);
		mapping_model_recover_nx(twins->model,
					 mapping_model_nx_share(twins->model, ratio));
		break;
	case 4:
		if (!ref->slot[id - 1].used || !ref->slot[id - 1].logged)
			break;
		ref_get_log(ref, id);
		mapping_model_get_log(twins->model, id);
		break;
	default:
		if (!slot || !slot->logged)
			break;
		end = min(end, slot->base + slot->npages);
		ref_clear_log(ref, start, end);
		mapping_model_clear_log(twins->model, start, end - start);
		break;
	}
}

static void random_operation(struct twins *twins)
{
	struct ref *ref = &twins->ref;
	unsigned int start = below(ref->nr_gfns);
	unsigned int end = start + 1 + below(ref->nr_gfns - start);

	switch (below(12)) {
	case 10:
	case 11:
		change_mode(twins, 1 + below(3), start, end);
		break;
	case 0:
		change_slot(twins, 1 + below(3));
		break;
	case 1:
	case 2:
		twins_convert(twins, start, below(2) ? end : start + 1, below(2));
		break;
	case 3:
		twins_prefault(twins, start, end - start);
		break;
	case 4:
		end = below(2) ? end : start + 1;
		mapping_model_zap(twins->model, start, end);
		ref_zap(ref, start, end);
		break;
	default:
		twins_access(twins, start, below(NR_ACCESSES));
		break;
	}
}

static void random_sequence(const struct kernel_traits *traits, unsigned int nr_gfns,
			    unsigned int steps)
{
	struct twins twins;
	char what[80];
	unsigned int i;

	twins_init(&twins, traits, nr_gfns);
	for (i = 0; i < steps; i++) {
		random_operation(&twins);
		snprintf(what, sizeof(what), "level_bits %u, traits %d %d %d %d %d, step %u",
			 level_bits, traits->gmem_level, traits->mixed_stays_small,
			 traits->delete_zaps_all, traits->log_splits_eagerly,
			 traits->unlog_promotes, i);
		if (!twins_agree(&twins, what))
			break;
	}
	twins_free(&twins);
}

static void test_random(void)
{
	unsigned int bits;

	random_state = 1;
	for (bits = 0; bits < 48; bits++) {
		const struct kernel_traits traits = {
			.gmem_level = LEVEL_4K + bits / 8 % 3,
			.mixed_stays_small = bits % 5 == 4,
			.delete_zaps_all = bits & 1,
			.log_splits_eagerly = bits & 2,
			.unlog_promotes = bits & 4,
			.fault_remaps = bits >= 24,
			.nx_hugepages = bits & 1,
		};

		level_bits = 1;
		random_sequence(&traits, 16, 3000);
		level_bits = 2;
		random_sequence(&traits, 64, 1500);
		/* A space that is no whole number of 1G. */
		random_sequence(&traits, 76, 500);
	}
	level_bits = 9;
}

/* The real sizes, by hand: what the tiny ones cannot show is overflow and cost. */
static void test_real_sizes(void)
{
	const u64 gig = level_pages(LEVEL_1G), base = 16 * gig;
	struct step step = memslot(1, base, 4 * gig, 0, BACKING_HUGETLB_1GB, true);
	struct mapping_model *model = mapping_model_alloc(&plain);
	u64 stopped;

	mapping_model_convert(model, base + gig + 5, base + gig + 6, true);
	mapping_model_add_slot(model, &step);
	CHECK(mapping_model_prefault(model, base, 4 * gig, &stopped) == 0, "pre-fault fails");
	CHECK(mapping_model_count(model, LEVEL_1G) == 3, "1G leaves");
	CHECK(mapping_model_count(model, LEVEL_2M) == 511, "2M leaves");
	CHECK(mapping_model_count(model, LEVEL_4K) == 512, "4K leaves");

	mapping_model_convert(model, 0, GFN_END, false);
	CHECK(mapping_model_count(model, LEVEL_1G) == 0, "leaves after a conversion of all");
	mapping_model_access(model, base + 2 * gig - 1, ACCESS_WRITE);
	CHECK(mapping_model_leaf(model, base + gig) == LEVEL_1G, "1G again");
	CHECK(mapping_model_prefault(model, base + 4 * gig - 1, 2, &stopped) == ENOENT,
	      "pre-fault beyond the memslot");
	CHECK(stopped == base + 4 * gig, "where it stopped");

	CHECK(mapping_model_overlaps(model, base - 1, 2, 0), "overlap at the start");
	CHECK(!mapping_model_overlaps(model, base - 1, 1, 0), "no overlap before");
	CHECK(!mapping_model_overlaps(model, base + 4 * gig, 1, 0), "no overlap after");
	CHECK(!mapping_model_overlaps(model, base, 1, 1), "a memslot overlaps with itself");
	mapping_model_free(model);
	mapping_model_free(NULL);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "every memslot in every attribute pattern", test_patterns },
		{ "every conversion of every attribute pattern", test_conversions },
		{ "random sequences with all kernel traits", test_random },
		{ "real page sizes", test_real_sizes },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
