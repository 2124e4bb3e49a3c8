// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <string.h>

#include <linux/kernel.h>

#include "suite/failure_group.h"

/* Numbers that tell where or how many: 0x..., and those after an x. Levels stay. */
static const char *skip_number(const char *text, const char *start)
{
	if (text[0] == '0' && text[1] == 'x') {
		text += 2;
		while (isxdigit(*text))
			text++;
	} else if (text > start && text[-1] == 'x') {
		while (isdigit(*text))
			text++;
	}
	return text;
}

void failure_key(const char *message, char *key)
{
	const char *text = message;
	size_t len = 0;
	int depth = 0;

	/* In brackets stand case and step. */
	while (*text && *text != '\n' && len < FAILURE_KEY_MAX - 1) {
		const char *next = skip_number(text, message);

		if (next != text) {
			text = next;
			continue;
		}
		depth += *text == '(';
		if (!depth)
			key[len++] = *text;
		depth -= *text == ')';
		text++;
	}
	key[len] = '\0';
}

struct failure_group *failure_groups_add(struct failure_groups *groups, const char *message)
{
	struct failure_group *group;
	char key[FAILURE_KEY_MAX];
	size_t i;

	failure_key(message, key);
	for (i = 0; i < groups->nr; i++) {
		if (!strcmp(groups->group[i].key, key))
			break;
	}
	if (i == groups->nr && groups->nr < FAILURE_GROUPS_MAX)
		strcpy(groups->group[groups->nr++].key, key);

	group = &groups->group[min(i, (size_t)FAILURE_GROUPS_MAX - 1)];
	group->nr++;
	return group;
}
