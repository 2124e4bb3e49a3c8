/* SPDX-License-Identifier: GPL-2.0-only */
/* The release of the running kernel. Nothing but what no capability tells may depend on it. */
#ifndef LPAGE_RELEASE_H
#define LPAGE_RELEASE_H

#include <limits.h>
#include <stdbool.h>

/* A release as a number, to be compared with others. */
#define RELEASE(_major, _minor)	((_major) << 16 | (_minor))

/* The end of what no release has ended as yet. */
#define RELEASE_NONE	UINT_MAX

/* That of the running kernel. */
unsigned int release_running(void);

/* True if it is @first, @last or between them. */
bool release_is_within(unsigned int first, unsigned int last);

#endif /* LPAGE_RELEASE_H */
