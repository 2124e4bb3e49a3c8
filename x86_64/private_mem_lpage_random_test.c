// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: KVM does what the mapping model says in random scenarios, too.  A failing one is
 * reduced to the few steps that matter, and saved.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/kernel.h>

#include "kselftest.h"
#include "test_util.h"

#include "host/host_node.h"
#include "host/pressure.h"
#include "kvm/known_bug.h"
#include "kvm/vm_driver.h"
#include "scenario/scenario_text.h"
#include "suite/failure_group.h"
#include "suite/scenario_child.h"
#include "suite/scenario_reduce.h"
#include "suite/options.h"
#include "suite/suite.h"

/* What the ordinary suite runs: about 4 s under emulation. */
#define DEFAULT_SEEDS	8
#define DEFAULT_STEPS	150

/* A scenario takes well below a second; one that takes this long hangs. */
#define CHILD_SECONDS	60

/* Reducing one takes seconds: a broken kernel must not keep the suite past its time limit. */
#define MAX_REDUCED	2

#define MAX_JOBS	64

struct options {
	u64 seed;
	bool one_seed;
	unsigned int seeds;		/* how many, one after the other */
	unsigned int steps;
	unsigned int mib;		/* in big conversions; 0: as many as usual */
	unsigned int seconds;		/* 0: not by time but so many seeds */
	unsigned int jobs;
};

static struct options options = { .steps = DEFAULT_STEPS, .jobs = 1 };
static unsigned int nr_reduced;

static void usage(const char *program, FILE *out)
{
	fprintf(out,
		"Usage: %s [-s SEED] [-c COUNT] [-n STEPS] [-g MIB] [-t SECONDS] [-j JOBS]\n"
		"  -s SEED     run the scenario of this seed, or begin with it if there is -c or -t\n"
		"  -c COUNT    run the scenarios of so many seeds, from SEED or 1 on\n"
		"  -n STEPS    of each scenario (default %d)\n"
		"  -g MIB      in big conversions, in 7 of 8 scenarios (default 4096 in each)\n"
		"  -t SECONDS  run one seed after the other for so long, from SEED or a fresh one on\n"
		"  -j JOBS     so many at a time, with -t\n"
		"Without -s, -c and -t: seeds 1 to %d.\n", program, DEFAULT_STEPS, DEFAULT_SEEDS);
}

static void parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "s:c:n:g:t:j:h")) != -1) {
		switch (option) {
		case 's':
			options.seed = options_number(optarg, 0, ~0ull, "a seed");
			options.one_seed = true;
			break;
		case 'c':
			options.seeds = options_number(optarg, 1, 1000000, "seeds");
			break;
		case 'n':
			options.steps = options_number(optarg, 1, SCENARIO_MAX_STEPS, "steps");
			break;
		case 'g':
			options.mib = options_number(optarg, 1, 4096, "MiB");
			break;
		case 't':
			options.seconds = options_number(optarg, 1, INT_MAX, "seconds");
			break;
		case 'j':
			options.jobs = options_number(optarg, 1, MAX_JOBS, "jobs");
			break;
		default:
			options_help(option, argv[0], usage);
		}
	}
}

static unsigned int available_backings(void)
{
	unsigned int backings = 0;
	enum backing_kind kind;

	for (kind = 0; kind < NR_BACKING_KINDS; kind++) {
		if (!suite_missing(kind))
			backings |= BIT(kind);
	}
	return backings;
}

/*
 * True if allocations are to fail: not where one that did leaves known bugs behind which no
 * later step could be told from.
 */
static bool prepare_failing(void)
{
	return !known_bug_expected(RESERVED_ENTRIES_COUNT) &&
	       !known_bug_expected(CLEARING_NEEDS_MEMORY) &&
	       !known_bug_expected(BINDING_LOST) && !pressure_prepare_slab();
}

static bool can_fail;
static bool can_change_modes;
static bool can_move_memory;

/* They are the whole system's: scenarios that run side by side would get into each other's way. */
static bool prepare_modes(void)
{
	return options.jobs == 1 &&
	       !suite_missing_modes("manual_protect on\neager_split on\nnx_hugepages on\n");
}

/* With -g one scenario in so many converts as much as usual, a whole 1G hugepage for one. */
#define UNLIMITED	8

static struct generator_limits generator_limits(u64 seed)
{
	/* Not this kernel's own traits: a seed must mean the same everywhere. */
	return (struct generator_limits) {
		.steps = options.steps,
		.converted = seed % UNLIMITED ? (u64)options.mib << 20 : 0,
		.backings = available_backings(),
		.prefault = vm_driver_has_prefault(),
		.failing = can_fail,
		.modes = can_change_modes,
		.rings = !vm_driver_missing_ring(),
		.nodes = can_move_memory,
		.traits = { .gmem_level = LEVEL_4K, .log_splits_eagerly = true },
	};
}

/* Say how the scenario of @seed fails, in few steps if that does not take too long. */
static void report(struct scenario *scenario, u64 seed, char *name, struct child_result *result)
{
	char file[32], mib[16] = "";

	if (options.mib)
		snprintf(mib, sizeof(mib), " -g %u", options.mib);
	printf("# The scenario had %zu steps\n", min(scenario->nr, result->nr_steps));
	suite_print_replay("-s %llu -n %u%s", (unsigned long long)seed, options.steps, mib);
	fflush(stdout);
	if (nr_reduced++ >= MAX_REDUCED) {
		suite_print_comment(result->message);
		return;
	}

	snprintf(file, sizeof(file), "random-%llu", (unsigned long long)seed);
	scenario_reduce(scenario, name, file, result);
}

/* Returns true if the scenario of @seed passes. */
static bool run_seed(u64 seed, struct child_result *result)
{
	struct generator_limits limits = generator_limits(seed);
	struct scenario scenario = { };
	char name[64];

	snprintf(name, sizeof(name), "seed %llu", (unsigned long long)seed);
	scenario_child_random(&scenario, seed, &limits, name, CHILD_SECONDS, result);
	if (result->failed)
		report(&scenario, seed, name, result);
	scenario_free(&scenario);
	return !result->failed;
}

static int run_seeds(u64 first, unsigned int nr)
{
	struct child_result result;
	u64 steps = 0, tolerated = 0;
	unsigned int i;

	ksft_print_header();
	ksft_set_plan(nr);
	for (i = 0; i < nr; i++) {
		bool passed = run_seed(first + i, &result);

		steps += result.nr_steps;
		tolerated += result.nr_tolerated;
		ksft_test_result(passed, "random.seed_%llu\n", (unsigned long long)(first + i));
	}
	ksft_print_msg("%llu steps verified, %llu known kernel bugs met\n",
		       (unsigned long long)steps, (unsigned long long)tolerated);
	ksft_finished();
}

/* The seed that a worker of a soak is at. */
struct worker {
	pid_t pid;
	u64 seed;
};

/* What the workers share. */
struct soak {
	struct worker worker[MAX_JOBS];
	u64 next_seed;
	u64 seeds;
	u64 steps;
	u64 failed;
	pthread_mutex_t groups_lock;
	struct failure_groups groups;
};

static void count_failure(struct soak *soak, const char *message)
{
	pthread_mutex_lock(&soak->groups_lock);
	soak->failed++;
	failure_groups_add(&soak->groups, message);
	pthread_mutex_unlock(&soak->groups_lock);
}

static void soak_worker(struct soak *soak, struct worker *worker, time_t end)
{
	while (time(NULL) < end) {
		u64 seed = __atomic_fetch_add(&soak->next_seed, 1, __ATOMIC_RELAXED);
		struct child_result result;

		worker->seed = seed;
		if (!run_seed(seed, &result))
			count_failure(soak, result.message);
		__atomic_fetch_add(&soak->seeds, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&soak->steps, result.nr_steps, __ATOMIC_RELAXED);
	}
}

static void print_progress(const struct soak *soak, time_t left)
{
	ksft_print_msg("%llu seeds, %llu steps, %llu failed, %lld s left\n",
		       (unsigned long long)soak->seeds, (unsigned long long)soak->steps,
		       (unsigned long long)soak->failed, (long long)left);
	fflush(stdout);
}

/* A scenario runs in a child of its worker: what it does ends no worker. */
static void count_ended_worker(struct soak *soak, pid_t pid)
{
	char message[80];
	unsigned int i;

	for (i = 0; i + 1 < options.jobs && soak->worker[i].pid != pid; i++)
		;
	snprintf(message, sizeof(message), "a worker has not come to its end, at seed %llu",
		 (unsigned long long)soak->worker[i].seed);
	count_failure(soak, message);
}

/* Watch the workers, and say every few seconds how far they are. */
static void watch(struct soak *soak, time_t end)
{
	time_t last = time(NULL);
	unsigned int running = options.jobs;
	pid_t ended;
	int status;

	while (running) {
		ended = waitpid(-1, &status, WNOHANG);
		if (ended > 0) {
			running--;
			if (status)
				count_ended_worker(soak, ended);
			continue;
		}
		usleep(100 * 1000);
		if (time(NULL) >= last + 10) {
			last = time(NULL);
			print_progress(soak, max(end - last, (time_t)0));
		}
	}
}

/* All zero, in memory that the workers share. */
static struct soak *create_soak(void)
{
	struct soak *soak = mmap(NULL, sizeof(*soak), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t shared;

	TEST_ASSERT(soak != MAP_FAILED, "out of memory");
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&soak->groups_lock, &shared);
	return soak;
}

static int run_for_seconds(u64 first)
{
	struct soak *soak = create_soak();
	time_t end = time(NULL) + options.seconds;
	unsigned int i;

	soak->next_seed = first;
	ksft_print_header();
	ksft_set_plan(1);
	printf("# Seeds from %llu on\n", (unsigned long long)first);
	fflush(stdout);
	for (i = 0; i < options.jobs; i++) {
		pid_t child = fork();

		TEST_ASSERT(child >= 0, "Cannot fork");
		if (!child) {
			/* Two must not write to the same hugepages. */
			if (i)
				suite_own_backings();
			soak_worker(soak, &soak->worker[i], end);
			fflush(stdout);
			_exit(0);
		}
		soak->worker[i].pid = child;
	}
	watch(soak, end);

	print_progress(soak, 0);
	for (i = 0; i < soak->groups.nr; i++)
		ksft_print_msg("%u times: %s\n", soak->groups.group[i].nr,
			       soak->groups.group[i].key);
	/* By name, those of several VMs of one run are told apart. */
	ksft_test_result(!soak->failed && soak->seeds, "random.soak_from_seed_%llu\n",
			 (unsigned long long)first);
	ksft_finished();
}

/* VMs that begin in the same second must not try the same seeds. */
static u64 fresh_seed(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

int main(int argc, char **argv)
{
	parse_options(argc, argv);
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB) |
		    BIT(BACKING_ANONYMOUS_THP) | BIT(BACKING_GUEST_MEMFD));
	can_fail = prepare_failing();
	can_change_modes = prepare_modes();
	/* Asked once: what is free of the nodes' hugepages changes with what scenarios use. */
	can_move_memory = !host_node_missing_2m();

	if (options.seconds)
		return run_for_seconds(options.one_seed ? options.seed : fresh_seed());
	if (!options.seeds)
		options.seeds = options.one_seed ? 1 : DEFAULT_SEEDS;
	return run_seeds(options.one_seed ? options.seed : 1, options.seeds);
}
