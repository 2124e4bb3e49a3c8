/* SPDX-License-Identifier: GPL-2.0-only */
/* The release of the running kernel. Nothing but what no capability tells may depend on it. */
#ifndef LPAGE_RELEASE_H
#define LPAGE_RELEASE_H

/* A release as a number, to be compared with others. */
#define RELEASE(_major, _minor)	((_major) << 16 | (_minor))

/* That of the running kernel. */
unsigned int release_running(void);

#endif /* LPAGE_RELEASE_H */
