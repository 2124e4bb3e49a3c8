/* SPDX-License-Identifier: GPL-2.0-only */
/* The mapping model and its brute-force twin, side by side. */
#ifndef LPAGE_MODEL_COMPARE_H
#define LPAGE_MODEL_COMPARE_H

#include "reference.h"

struct twins {
	struct mapping_model *model;
	struct ref ref;
};

void twins_init(struct twins *twins, const struct kernel_traits *traits, unsigned int nr_gfns);
void twins_free(struct twins *twins);

/*
 * Let the present case fail unless both agree on everything; @what says what was done
 * last.  Returns whether they agree.
 */
bool twins_agree(const struct twins *twins, const char *what);

/* Do the same to both. The results are compared where there are some. */
void twins_add_slot(struct twins *twins, const struct step *step);
void twins_convert(struct twins *twins, unsigned int start, unsigned int end, bool private);
bool twins_access(struct twins *twins, unsigned int gfn, enum access access);
bool twins_prefault(struct twins *twins, unsigned int gfn, unsigned int npages);
void twins_zap_all(struct twins *twins);

#endif /* LPAGE_MODEL_COMPARE_H */
