// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/scenario_check.h"
#include "model/scenario_file.h"
#include "scenario/scenario_text.h"

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
		errno = 0;
		*len = fread(text, 1, MAX_TEXT, in);
		if (!ferror(in))
			errno = *len == MAX_TEXT ? EFBIG : 0;
		else if (!errno)
			errno = EIO;
	}
	if (text && errno) {
		free(text);
		text = NULL;
	}
	if (in != stdin)
		fclose(in);
	return text;
}

/* A file that was cut off would pass as a scenario that has shown nothing. */
static bool has_steps(const struct scenario *scenario, const char *name, char *error,
		      size_t error_size)
{
	if (!scenario->nr)
		snprintf(error, error_size, "%s:1:1: expected a step", name);
	return scenario->nr;
}

bool scenario_load(struct scenario *scenario, const char *name, char *error, size_t error_size)
{
	size_t len = 0;
	char *text = read_text(name, &len);
	bool usable;

	if (!text) {
		snprintf(error, error_size, "%s: %s", name, strerror(errno));
		return false;
	}

	usable = !scenario_parse(scenario, name, text, len, error, error_size) &&
		 has_steps(scenario, name, error, error_size) &&
		 scenario_check(scenario, name, error, error_size);
	if (!usable)
		scenario_free(scenario);
	free(text);
	return usable;
}
