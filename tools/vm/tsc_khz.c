// SPDX-License-Identifier: GPL-2.0-only
/*
 * Print how fast this machine's TSC counts, in kHz, which under TCG is the VM's as well.  A busy
 * machine makes the VM's own calibration wrong by factors, and its time limits with it.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define TRIES		8
#define NS_PER_MS	1000000ull

struct sample {
	uint64_t ns;
	uint64_t ticks;
};

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 * NS_PER_MS + ts.tv_nsec;
}

/* Time and ticks at one moment: of several tries the one that nothing came between. */
static struct sample sample(void)
{
	uint64_t best = UINT64_MAX;
	struct sample found = { };
	int i;

	for (i = 0; i < TRIES; i++) {
		uint64_t before = now();
		uint64_t ticks = __rdtsc();
		uint64_t took = now() - before;

		if (took < best) {
			best = took;
			found = (struct sample) { before + took / 2, ticks };
		}
	}
	return found;
}

int main(void)
{
	const struct timespec while_it_counts = { .tv_nsec = 100 * NS_PER_MS };
	struct sample first = sample(), second;

	nanosleep(&while_it_counts, NULL);
	second = sample();
	printf("%llu\n", (unsigned long long)((second.ticks - first.ticks) * NS_PER_MS /
					      (second.ns - first.ns)));
	return 0;
}
