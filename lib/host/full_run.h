/* SPDX-License-Identifier: GPL-2.0-only */
/* What takes too long for every day runs when it is asked for: FULL=1. */
#ifndef LPAGE_FULL_RUN_H
#define LPAGE_FULL_RUN_H

/* A constant reason to leave it out, or NULL where KVM_LPAGE_FULL is in the environment. */
const char *full_run_missing(void);

#endif /* LPAGE_FULL_RUN_H */
