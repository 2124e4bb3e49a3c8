// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "test_util.h"

#include "tracker_registry.h"

static const struct tracker_ops *trackers[TRACKERS_MAX + 1] = {
	&tracker_v8_posted,
	&tracker_v8_corrected,
	&tracker_refined_posted,
	&tracker_refined_corrected,
	&tracker_updated_posted,
	&tracker_updated_corrected,
	&tracker_merged,
};

void tracker_register(const struct tracker_ops *ops)
{
	size_t nr = 0;

	TEST_ASSERT(!tracker_find(ops->name), "There are two trackers called %s", ops->name);
	while (trackers[nr])
		nr++;
	TEST_ASSERT(nr < TRACKERS_MAX, "No room for the tracker %s", ops->name);
	trackers[nr] = ops;
}

const struct tracker_ops *tracker_nth(size_t n)
{
	return n < TRACKERS_MAX ? trackers[n] : NULL;
}

const struct tracker_ops *tracker_find(const char *name)
{
	size_t i;

	for (i = 0; trackers[i]; i++) {
		if (!strcmp(trackers[i]->name, name))
			return trackers[i];
	}
	return NULL;
}
