// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "suite/options.h"

u64 options_number(const char *text, u64 least, u64 most, const char *what)
{
	char *end;
	u64 value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || value < least || value > most) {
		fprintf(stderr, "expected %s from %llu to %llu, not \"%s\"\n", what,
			(unsigned long long)least, (unsigned long long)most, text);
		exit(2);
	}
	return value;
}

void options_help(int option, const char *program, void (*usage)(const char *program, FILE *out))
{
	usage(program, option == 'h' ? stdout : stderr);
	exit(option == 'h' ? 0 : 2);
}
