// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "test_util.h"

#include "text.h"
#include "unit.h"

void text_parse(struct scenario *scenario, const char *text)
{
	char error[256] = "";
	int r = scenario_parse(scenario, "text", text, strlen(text), error, sizeof(error));

	CHECK(!r, "%s", error);
}

char *text_print(const struct scenario *scenario)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	TEST_ASSERT(out, "out of memory");
	scenario_print(scenario, out);
	fclose(out);
	return text;
}
