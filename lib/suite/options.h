/* SPDX-License-Identifier: GPL-2.0-only */
/* Command lines of programs that are no harness tests: a mistake is told in a line; status 2. */
#ifndef LPAGE_OPTIONS_H
#define LPAGE_OPTIONS_H

#include <stdio.h>

#include <linux/types.h>

/* The number @text; exits with "expected @what from @least to @most" if it is none such. */
u64 options_number(const char *text, u64 least, u64 most, const char *what);

/* What getopt() has returned is no option of the program, or -h: say how it is called, and exit. */
void options_help(int option, const char *program, void (*usage)(const char *program, FILE *out));

#endif /* LPAGE_OPTIONS_H */
