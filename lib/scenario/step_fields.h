/* SPDX-License-Identifier: GPL-2.0-only */
/* What the line of each kind of step has: parser and printer go by it. */
#ifndef LPAGE_STEP_FIELDS_H
#define LPAGE_STEP_FIELDS_H

#include "scenario/scenario.h"

enum field_kind {
	FIELD_SLOT,		/* u32: the number of a memslot */
	FIELD_BYTES,		/* u64: an address or a size */
	FIELD_CHOICE,		/* enum: one of several names */
	FIELD_SWITCH,		/* bool: one of two names */
	FIELD_FLAG,		/* bool: true if the keyword is there */
	FIELD_COUNT,		/* u32: a number from 1 on; 0 if it is not there */
	FIELD_TIMES,		/* the same with an x before it: x511 */
};

struct field {
	enum field_kind kind;
	const char *keyword;	/* words before the value; NULL: none */
	size_t offset;		/* in struct step */
	bool optional;		/* FIELD_CHOICE: the value 0 says that it is not there */
	u64 absent;		/* FIELD_BYTES: the value if the field is not there */
	const char *(*name)(unsigned int value);	/* FIELD_CHOICE, FIELD_SWITCH */
	unsigned int nr_names;
};

struct step_fields {
	const struct field *field;
	unsigned int nr;
};

/* Those of @op, in the order of its line. */
struct step_fields step_fields(enum step_op op);

/* Those that may follow if memory may be made scarce for a step. */
struct step_fields step_scarcity_fields(void);

#endif /* LPAGE_STEP_FIELDS_H */
