/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of the traits that kernel_traits.c measures.  The model takes a kernel as it was
 * measured, so that one which falls back to what older ones did would pass for one of these.
 */
#ifndef LPAGE_KNOWN_TRAIT_H
#define LPAGE_KNOWN_TRAIT_H

#include "model/mapping_model.h"

enum known_trait_id {
	DELETION_SPARES_OTHER_MEMSLOTS,
	FAULT_LEAVES_MAPPED_PAGE_ALONE,
	LOG_SPLITS_AS_ASKED,
	UNLOG_PROMOTES_IN_PLACE,
	GUEST_MEMFD_IS_MAPPED_SMALL,
	MIXED_BECOMES_HUGE_AGAIN,
	NR_KNOWN_TRAITS,
};

/* The name as it appears in messages and names of sub-tests. */
const char *known_trait_name(enum known_trait_id id);

/*
 * A constant reason why either is right on the running kernel, or NULL where only the trait named
 * by @id is.
 */
const char *known_trait_missing(enum known_trait_id id);

/*
 * How @traits depart from the trait @id, as a line about the case @test, to be freed; NULL if they
 * do not.
 */
char *known_trait_check(enum known_trait_id id, const struct kernel_traits *traits,
			const char *test);

#endif /* LPAGE_KNOWN_TRAIT_H */
