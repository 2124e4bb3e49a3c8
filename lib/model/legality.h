/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rules about what is possible have in common: each says what it expected. */
#ifndef LPAGE_LEGALITY_H
#define LPAGE_LEGALITY_H

#include <linux/compiler.h>

#include "model/mapping_model.h"

/* Where the message goes. */
struct complaint {
	char *text;
	size_t size;
};

/* Note what was expected. Returns false. */
bool __printf(2, 3) complain(const struct complaint *complaint, const char *fmt, ...);

/* The step's range is not empty and lies where memslots may be. */
bool range_is_legal(const struct step *step, const struct complaint *complaint);

/* The memslot whose number @step has; NULL if there is none. */
const struct model_slot *slot_named(const struct mapping_model *model, const struct step *step,
				    const struct complaint *complaint);

/*
 * The same, if it may be changed.  A memslot with guest_memfd can be deleted, but neither moved nor
 * logged: __kvm_set_memory_region() (6.12), kvm_set_memory_region() (7.3) and
 * check_memory_region_flags() refuse it.
 */
const struct model_slot *slot_changeable(const struct mapping_model *model,
					 const struct step *step,
					 const struct complaint *complaint);

/* The memslot that holds the whole range of @step; NULL if none does. */
const struct model_slot *slot_around(const struct mapping_model *model, const struct step *step,
				     const struct complaint *complaint);

/* The same, if the host has a way to its memory. */
const struct model_slot *slot_reachable(const struct mapping_model *model,
					const struct step *step,
					const struct complaint *complaint);

/* The host does some things to whole pages of its own only. */
bool are_host_pages(const struct model_slot *slot, const struct step *step, enum level level,
		    const struct complaint *complaint);

#endif /* LPAGE_LEGALITY_H */
