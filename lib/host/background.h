/* SPDX-License-Identifier: GPL-2.0-only */
/* A call that may have to wait, made by a thread of its own, and what has become of it. */
#ifndef LPAGE_BACKGROUND_H
#define LPAGE_BACKGROUND_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

struct background {
	int (*call)(void *arg);
	void *arg;
	pthread_t thread;
	pid_t tid;
	int result;
	bool ended;
};

/* Let @call(@arg) begin. */
void background_start(struct background *background, int (*call)(void *arg), void *arg);

/* True if the call has ended, or ends within @ms milliseconds. */
bool background_ends_within(struct background *background, unsigned int ms);

/*
 * Wait for the call to sleep where no signal wakes it, as in synchronize_srcu().  Returns
 * false if it ends instead, or does not get there in 10 s.
 */
bool background_sleeps(struct background *background);

/* Interrupt the system call that it is in, once. */
void background_interrupt(struct background *background);

/* Wait for the end. Returns what the call returned. */
int background_join(struct background *background);

#endif /* LPAGE_BACKGROUND_H */
