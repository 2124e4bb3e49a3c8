/* SPDX-License-Identifier: GPL-2.0-only */
/* Time limits on machines that are slow for a reason: emulation, a kernel that checks itself. */
#ifndef LPAGE_SLOW_MACHINE_H
#define LPAGE_SLOW_MACHINE_H

/* What a limit is multiplied by; tools/lib.sh has the same number. */
#define SLOW_MACHINE_FACTOR	6

/*
 * The limit that stands for @seconds, which suit an ordinary kernel: more of them where
 * KSFT_MACHINE_SLOW, kselftest's word for it, is in the environment and not empty.
 */
unsigned int slow_machine_seconds(unsigned int seconds);

#endif /* LPAGE_SLOW_MACHINE_H */
