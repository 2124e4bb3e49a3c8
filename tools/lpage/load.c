// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lpage.h"
#include "scenario_check.h"
#include "scenario_text.h"

/* Far above SCENARIO_MAX_STEPS long lines. */
#define MAX_TEXT	(4u << 20)

static FILE *open_text(const char *name)
{
	return strcmp(name, "-") ? fopen(name, "r") : stdin;
}

/* Returns the text, to be freed, and its length; NULL with errno if it cannot be read. */
static char *read_text(const char *name, size_t *len)
{
	FILE *in = open_text(name);
	char *text;

	if (!in)
		return NULL;

	text = malloc(MAX_TEXT);
	if (text) {
		*len = fread(text, 1, MAX_TEXT, in);
		errno = ferror(in) ? EIO : *len == MAX_TEXT ? EFBIG : 0;
	}
	if (text && errno) {
		free(text);
		text = NULL;
	}
	if (in != stdin)
		fclose(in);
	return text;
}

bool load_scenario(struct scenario *scenario, const char *name)
{
	char error[512];
	size_t len = 0;
	char *text = read_text(name, &len);
	bool usable;

	if (!text) {
		fprintf(stderr, "lpage: %s: %s\n", name, strerror(errno));
		return false;
	}

	usable = !scenario_parse(scenario, name, text, len, error, sizeof(error)) &&
		 scenario_check(scenario, name, error, sizeof(error));
	if (!usable) {
		fprintf(stderr, "%s\n", error);
		scenario_free(scenario);
	}
	free(text);
	return usable;
}
