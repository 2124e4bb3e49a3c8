// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "tracker_fault.h"

static const struct {
	const char *name;
	const char *about;
} fault_text[NR_TRACKER_FAULTS] = {
	[FAULT_EARLY_RETURN] = {
		"early-return",
		"a conversion inside one 2M hugepage never reaches the 1G flag"
	},
	[FAULT_NO_BOUNDS] = {
		"no-bounds",
		"entries of hugepages that reach out of the memslot are looked at"
	},
	[FAULT_CLOBBERED_RANGE] = {
		"clobbered-range",
		"after the first memslot nothing is left of the range for the others"
	},
	[FAULT_PAST_END] = {
		"past-end",
		"the first page after a hugepage decides whether the hugepage is mixed"
	},
	[FAULT_TAIL_UNSEEN] = {
		"tail-unseen",
		"inside one hugepage the pages after the range are not looked at"
	},
	[FAULT_NO_INIT] = {
		"no-init",
		"a new memslot over mixed attributes counts as uniform"
	},
};

const char *tracker_fault_name(enum tracker_fault fault)
{
	return fault_text[fault].name;
}

const char *tracker_fault_about(enum tracker_fault fault)
{
	return fault_text[fault].about;
}

enum tracker_fault tracker_fault_find(const char *name)
{
	enum tracker_fault fault;

	for (fault = 0; fault < NR_TRACKER_FAULTS; fault++) {
		if (!strcmp(fault_text[fault].name, name))
			break;
	}
	return fault;
}
