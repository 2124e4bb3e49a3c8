// SPDX-License-Identifier: GPL-2.0-only
/*
 * lpage: what the trackers of mixed hugepages believe, and where they are wrong.  Host
 * only: nothing here needs KVM.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "lpage.h"
#include "tracker_registry.h"

static const struct command {
	const char *name;
	enum verdict (*run)(const struct options *options);
	const char *options;		/* that it takes, for getopt() */
	int min_files;
	int max_files;
	const char *usage;
	const char *about;
} commands[] = {
	{ "list", command_list, "", 0, 0, "list",
	  "name the trackers, and the bugs they had as posted" },
	{ "check", command_check, "", 1, 1 << 20, "check FILE...",
	  "whether each file holds a scenario that is possible" },
	{ "explain", command_explain, "t:", 1, 1, "explain [-t TRACKER] FILE",
	  "after each step: what is mixed, and what each tracker believes" },
	{ "draw", command_draw, "t:", 1, 1, "draw [-t TRACKER] FILE",
	  "the levels around the last conversion, as they should be and with a tracker" },
	{ "random", command_random, "s:n:c:t:f:w:", 0, 0,
	  "random [-s SEED] [-n STEPS] [-c SCENARIOS] [-t TRACKER] [-f FAULT] [-w WRONG]",
	  "look for a scenario that a tracker gets wrong" },
	{ "shrink", command_shrink, "t:f:w:", 1, 1,
	  "shrink [-t TRACKER] [-f FAULT] [-w WRONG] FILE",
	  "reduce such a scenario" },
	{ "verify", command_verify, "", 1, 1 << 20, "verify FILE...",
	  "each file, named after a bug, must show it, and corrected trackers pass" },
	{ "to-c", command_to_c, "z", 1, 1, "to-c [-z] FILE",
	  "print a KVM selftest in C that does the same; -z: for kernels up to 6.12" },
	{ "film", command_film, "z", 1, 1, "film [-z] FILE",
	  "what the model holds after each step, as JSON; -z: as kernels up to 6.12" },
	{ "soak", command_soak, "s:n:", 0, 0, "soak [-s SEED] [-n UPDATES]",
	  "random updates for every tracker without a bug, compared with the definition" },
};

static void print_usage(FILE *out)
{
	size_t i;

	fprintf(out, "usage: lpage COMMAND ...\n\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  lpage %s\n      %s\n", commands[i].usage, commands[i].about);
	fprintf(out,
		"\nA FILE is a scenario; - is standard input. WRONG: flag (a wrong mixed flag), info\n"
		"(lpage_info read outside its array), attr (an attribute outside the memslot).\n"
		"Exit status: 0 right, 1 a tracker is wrong, 2 it could not be tried.\n");
}

static bool parse_number(const char *text, unsigned long long *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

static enum tracker_wrong find_wrong(const char *name)
{
	static const char * const names[NR_TRACKER_WRONGS] = {
		[TRACKER_RIGHT] = "",
		[TRACKER_STRAY_ATTR] = "attr",
		[TRACKER_WRONG_FLAG] = "flag",
		[TRACKER_STRAY_INFO] = "info",
	};
	enum tracker_wrong wrong;

	for (wrong = NR_TRACKER_WRONGS - 1; wrong > TRACKER_RIGHT; wrong--) {
		if (!strcmp(names[wrong], name))
			break;
	}
	return wrong;
}

static bool parse_option(int option, struct options *options)
{
	switch (option) {
	case 's':
		return parse_number(optarg, &options->seed);
	case 'n':
		return parse_number(optarg, &options->number) && options->number;
	case 'c':
		return parse_number(optarg, &options->count) && options->count;
	case 't':
		options->tracker = tracker_find(optarg);
		return options->tracker;
	case 'f':
		options->bug = tracker_bug_find(optarg);
		return options->bug != NR_TRACKER_BUGS;
	case 'w':
		options->wrong = find_wrong(optarg);
		return options->wrong != TRACKER_RIGHT;
	case 'z':
		options->old_unlog = true;
		return true;
	default:
		return false;
	}
}

static bool parse_options(const struct command *command, int argc, char **argv,
			  struct options *options)
{
	int option;

	while ((option = getopt(argc, argv, command->options)) != -1) {
		if (parse_option(option, options))
			continue;
		if (option != '?')
			fprintf(stderr, "lpage %s: -%c cannot be %s\n", command->name, option,
				optarg);
		return false;
	}
	options->file = argv + optind;
	options->nr_files = argc - optind;
	return options->nr_files >= command->min_files && options->nr_files <= command->max_files;
}

enum verdict command_list(const struct options *options)
{
	const struct tracker_ops *ops;
	enum tracker_bug bug;
	size_t i;

	for (i = 0; (ops = tracker_nth(i)); i++) {
		printf("%-18s %s\n", ops->name, ops->about);
		for (bug = 0; bug < NR_TRACKER_BUGS; bug++) {
			if (ops->bugs & bug_bit(bug))
				printf("%-18s   %-16s %s\n", "", tracker_bug_name(bug),
				       tracker_bug_about(bug));
		}
	}
	return VERDICT_RIGHT;
}

enum verdict command_check(const struct options *options)
{
	struct scenario scenario = { };
	int i;

	for (i = 0; i < options->nr_files; i++) {
		if (!load_scenario(&scenario, options->file[i]))
			return VERDICT_UNUSABLE;
		scenario_free(&scenario);
	}
	return VERDICT_RIGHT;
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
	struct options options = { .seed = 1, .bug = NR_TRACKER_BUGS };

	if (argc > 1 && (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help"))) {
		print_usage(stdout);
		return VERDICT_RIGHT;
	}
	if (!command) {
		print_usage(stderr);
		return VERDICT_UNUSABLE;
	}
	if (!parse_options(command, argc - 1, argv + 1, &options)) {
		fprintf(stderr, "usage: lpage %s\n", command->usage);
		return VERDICT_UNUSABLE;
	}
	return command->run(&options);
}
