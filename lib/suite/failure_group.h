/* SPDX-License-Identifier: GPL-2.0-only */
/* Failures that say the same but for where it happened are one failure, seen again. */
#ifndef LPAGE_FAILURE_GROUP_H
#define LPAGE_FAILURE_GROUP_H

#include <stddef.h>

#define FAILURE_KEY_MAX		200
#define FAILURE_GROUPS_MAX	64

struct failure_group {
	char key[FAILURE_KEY_MAX];
	unsigned int nr;
};

struct failure_groups {
	struct failure_group group[FAILURE_GROUPS_MAX];
	size_t nr;
};

/*
 * What @message says of wanted and got, without addresses and counts, into @key, which
 * holds FAILURE_KEY_MAX.
 */
void failure_key(const char *message, char *key);

/* Count @message. Returns its group; the last one takes all that find no room. */
struct failure_group *failure_groups_add(struct failure_groups *groups, const char *message);

#endif /* LPAGE_FAILURE_GROUP_H */
