// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: whatever bytes come, the parser either refuses them with a message of
 * the promised form and leaves nothing behind, or what it read is printed in a form that
 * it reads as the same.  What parses is also checked, which runs the model over it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_util.h"

#include "model/scenario_check.h"
#include "scenario/scenario_text.h"

#define NAME	"input"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* NAME:LINE:COLUMN: expected ..., within the @size bytes at @text. */
static void check_message(const char *error, const char *text, size_t size)
{
	unsigned int line, column;
	int len = -1;

	TEST_ASSERT(sscanf(error, NAME ":%u:%u: expected %n", &line, &column, &len) == 2 &&
		    len > 0 && error[len] && !strchr(error, '\n'), "malformed: %s", error);
	TEST_ASSERT(line && column, "counts from 0: %s", error);

	for (; line > 1; line--) {
		const char *newline = memchr(text, '\n', size);

		TEST_ASSERT(newline, "no such line: %s", error);
		size -= newline + 1 - text;
		text = newline + 1;
	}
	TEST_ASSERT(column <= size + 1, "no such column: %s", error);
	TEST_ASSERT(!memchr(text, '\n', column - 1), "no such column: %s", error);
}

static void check_same(const struct scenario *a, const struct scenario *b)
{
	size_t i;

	TEST_ASSERT(a->nr == b->nr, "%zu steps became %zu", a->nr, b->nr);
	for (i = 0; i < a->nr; i++) {
		struct step x = a->step[i], y = b->step[i];

		/* Comments and blank lines are gone. */
		y.line = x.line;
		TEST_ASSERT(!memcmp(&x, &y, sizeof(x)), "step %zu changed", i);
	}
}

static char *print(const struct scenario *scenario, size_t *size)
{
	char *text;
	FILE *out = open_memstream(&text, size);

	scenario_print(scenario, out);
	fclose(out);
	return text;
}

static void check_good(const struct scenario *scenario)
{
	struct scenario again = { };
	char error[256] = "";
	size_t size, size_again;
	char *text = print(scenario, &size);
	char *text_again;

	TEST_ASSERT(!scenario_parse(&again, NAME, text, size, error, sizeof(error)),
		    "not read back: %s", error);
	check_same(scenario, &again);

	text_again = print(&again, &size_again);
	TEST_ASSERT(!strcmp(text, text_again), "printed differently");

	if (!scenario_check(scenario, NAME, error, sizeof(error)))
		TEST_ASSERT(!strncmp(error, NAME ":", strlen(NAME ":")), "malformed: %s", error);

	scenario_free(&again);
	free(text_again);
	free(text);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *text = (const char *)data;
	struct scenario scenario = { };
	char error[512] = "";

	if (!scenario_parse(&scenario, NAME, text, size, error, sizeof(error))) {
		TEST_ASSERT(!error[0], "a message without an error");
		check_good(&scenario);
	} else {
		TEST_ASSERT(!scenario.nr, "something half done");
		check_message(error, text, size);
	}
	scenario_free(&scenario);
	return 0;
}
