// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: KVM does what the mapping model says in every scenario that is worth keeping:
 * in those of the folder lpage_scenarios, or in the files given.
 */
#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>

#include <linux/bits.h>

#include "kselftest.h"
#include "test_util.h"

#include "host/pressure.h"
#include "kvm/vm_driver.h"
#include "model/scenario_file.h"
#include "suite/scenario_bench.h"
#include "suite/scenario_child.h"
#include "suite/scenario_reduce.h"
#include "suite/options.h"
#include "suite/suite.h"

#define FOLDER		"lpage_scenarios"
#define SUFFIX		".scenario"

/* A scenario takes well below a second; one that takes this long hangs. */
#define CHILD_SECONDS	60

/* What -b runs: as the random test does by default. */
#define BENCH_SEEDS	24
#define BENCH_STEPS	150

struct options {
	unsigned int times;
	unsigned int rounds;		/* 0: no bench */
	char **file;
	size_t nr_files;
	bool kept;			/* the files are those of the folder */
	bool reduce;
};

static struct options options = { .times = 1 };

static void usage(const char *program, FILE *out)
{
	fprintf(out,
		"Usage: %s [-n TIMES] [-m] [FILE...]\n"
		"       %s -b ROUNDS\n"
		"  -n TIMES   run each scenario so often\n"
		"  -m         make one that fails as small as possible, and save it\n"
		"  -b ROUNDS  time random scenarios, so often, with and without verification\n"
		"Without FILE: all in the folder " FOLDER " beside or above the program.\n",
		program, program);
}

static void parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "n:mb:h")) != -1) {
		switch (option) {
		case 'n':
			options.times = options_number(optarg, 1, INT_MAX, "times");
			break;
		case 'm':
			options.reduce = true;
			break;
		case 'b':
			options.rounds = options_number(optarg, 1, INT_MAX, "times");
			break;
		default:
			options_help(option, argv[0], usage);
		}
	}
	options.file = argv + optind;
	options.nr_files = argc - optind;
}

/* The kept scenarios: installed beside the program, in a kernel tree in the folder above. */
static void find_kept(const char *program)
{
	static const char * const place[] = { "", "/.." };
	static glob_t found;
	char self[PATH_MAX], pattern[2 * PATH_MAX];
	const char *folder;
	size_t i;

	snprintf(self, sizeof(self), "%s", program);
	folder = dirname(self);
	options.kept = true;
	for (i = 0; i < ARRAY_SIZE(place) && !options.nr_files; i++) {
		snprintf(pattern, sizeof(pattern), "%s%s/" FOLDER "/*" SUFFIX, folder, place[i]);
		if (glob(pattern, 0, NULL, &found))
			continue;
		options.file = found.gl_pathv;
		options.nr_files = found.gl_pathc;
	}
}

/* The files must be good before anything else is asked for. */
static struct scenario *load_all(void)
{
	struct scenario *scenarios = calloc(options.nr_files + 1, sizeof(*scenarios));
	char error[512];
	size_t i;

	TEST_ASSERT(scenarios, "out of memory");
	for (i = 0; i < options.nr_files; i++) {
		if (scenario_load(&scenarios[i], options.file[i], error, sizeof(error)))
			continue;
		fprintf(stderr, "%s\n", error);
		exit(2);
	}
	return scenarios;
}

static unsigned int backings_of(const struct scenario *scenario)
{
	unsigned int backings = 0;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].op == STEP_MEMSLOT)
			backings |= BIT(scenario->step[i].backing);
	}
	return backings;
}

/* A constant reason why @scenario cannot be run here, or NULL. */
static const char *missing_for(const struct scenario *scenario)
{
	unsigned int backings = backings_of(scenario);
	enum backing_kind kind;
	size_t i;

	for (kind = 0; kind < NR_BACKING_KINDS; kind++) {
		if (backings & BIT(kind) && suite_missing(kind))
			return suite_missing(kind);
	}
	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].pressure.first && pressure_missing_slab())
			return pressure_missing_slab();
		if (scenario->step[i].pressure.room && pressure_missing_cgroup())
			return pressure_missing_cgroup();
		if (suite_missing_mode(&scenario->step[i]))
			return suite_missing_mode(&scenario->step[i]);
	}
	return NULL;
}

/* Only for scenarios that need it: it changes settings of the system. */
static void prepare_pressure(const struct scenario *scenarios, size_t nr)
{
	bool slab = false, cgroup = false;
	size_t i, k;

	for (i = 0; i < nr; i++) {
		for (k = 0; k < scenarios[i].nr; k++) {
			slab |= scenarios[i].step[k].pressure.first;
			cgroup |= scenarios[i].step[k].pressure.room;
		}
	}
	if (slab)
		pressure_prepare_slab();
	if (cgroup)
		pressure_prepare_cgroup();
}

/* The name of the case: that of the file, without folder and ending. */
static void name_case(const char *file, char *name, size_t size)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	size_t len = strlen(base);

	if (len > strlen(SUFFIX) && !strcmp(base + len - strlen(SUFFIX), SUFFIX))
		len -= strlen(SUFFIX);
	snprintf(name, size, "scenario.%.*s", (int)len, base);
}

static void print_failure(const char *name, const char *file, struct child_result *result)
{
	char found[PATH_MAX];

	suite_print_comment(result->message);
	if (!options.kept)
		return;
	snprintf(found, sizeof(found), "x86_64/scenarios/%s" SUFFIX, name + strlen("scenario."));
	suite_print_scenario_replay(found, file);
}

/*
 * Returns true if @scenario passes every time; says of the first failure how it looks, and if it
 * is to be reduced, goes no further.  *@left_out becomes a constant reason why not all was looked
 * at, or NULL.
 */
static bool run_times(struct scenario *scenario, const char *file, char *name,
		      const char **left_out)
{
	struct child_result result;
	unsigned int i, failed = 0;
	u64 tolerated = 0;

	for (i = 0; i < options.times && !(failed && options.reduce); i++) {
		scenario_child_run(scenario, name, CHILD_SECONDS, &result);
		tolerated += result.nr_tolerated;
		*left_out = *left_out ? : result.left_out;
		if (!result.failed || failed++)
			continue;
		if (options.reduce)
			scenario_reduce(scenario, name, name + strlen("scenario."), &result);
		else
			print_failure(name, file, &result);
	}
	if (tolerated)
		ksft_print_msg("%llu known kernel bugs met\n", (unsigned long long)tolerated);
	if (options.times > 1)
		ksft_print_msg("failed %u of %u times\n", failed, i);
	return !failed;
}

static void run_file(struct scenario *scenario, const char *file)
{
	const char *reason = missing_for(scenario);
	char name[128];
	bool passed;

	name_case(file, name, sizeof(name));
	passed = reason || run_times(scenario, file, name, &reason);
	if (passed && reason)
		ksft_test_result_code(KSFT_SKIP, name, "%s", reason);
	else
		ksft_test_result(passed, "%s\n", name);
}

static int time_steps(void)
{
	unsigned int backings = BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB);
	struct generator_limits limits = {
		.steps = BENCH_STEPS,
		.backings = BIT(BACKING_ANONYMOUS) | BIT(BACKING_SHMEM),
		.prefault = vm_driver_has_prefault(),
		.traits = { .gmem_level = LEVEL_4K, .log_splits_eagerly = true },
	};
	enum backing_kind kind;
	char *failure;

	suite_start(backings);
	for (kind = BACKING_HUGETLB_2MB; kind < NR_BACKING_KINDS; kind++)
		limits.backings |= suite_missing(kind) ? 0 : BIT(kind);

	ksft_print_header();
	ksft_set_plan(1);
	failure = scenario_bench(&limits, BENCH_SEEDS, options.rounds);
	if (failure)
		suite_print_comment(failure);
	ksft_test_result(!failure, "scenario.bench\n");
	free(failure);
	ksft_finished();
}

int main(int argc, char **argv)
{
	struct scenario *scenarios;
	unsigned int backings = 0;
	size_t i;

	parse_options(argc, argv);
	if (options.rounds)
		return time_steps();
	if (!options.nr_files)
		find_kept(argv[0]);
	if (!options.nr_files) {
		printf("TAP version 13\n1..0 # SKIP folder " FOLDER "\n");
		return KSFT_SKIP;
	}

	scenarios = load_all();
	for (i = 0; i < options.nr_files; i++)
		backings |= backings_of(&scenarios[i]);
	suite_start(backings);
	prepare_pressure(scenarios, options.nr_files);

	ksft_print_header();
	ksft_set_plan(options.nr_files);
	for (i = 0; i < options.nr_files; i++) {
		suite_touch_where_no_prefault(&scenarios[i]);
		run_file(&scenarios[i], options.file[i]);
		scenario_free(&scenarios[i]);
	}
	free(scenarios);
	ksft_finished();
}
