/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of lpage: what trackers believe about scenarios, without KVM. */
#ifndef LPAGE_LPAGE_H
#define LPAGE_LPAGE_H

#include "model/traits.h"
#include "scenario/scenario.h"
#include "tracker_vm.h"

/* Exit codes, as those of the other tools. */
enum verdict {
	VERDICT_RIGHT,
	VERDICT_WRONG,		/* a tracker is wrong, or a kept scenario does not show it */
	VERDICT_UNUSABLE,	/* wrong arguments, unreadable file */
};

/* What the options said; each command uses some of them. */
struct options {
	const struct tracker_ops *tracker;	/* -t; NULL: the command's default */
	enum tracker_bug bug;		/* -f; NR_TRACKER_BUGS: not given */
	enum tracker_wrong wrong;		/* -w; TRACKER_RIGHT: not given */
	unsigned long long seed;		/* -s */
	unsigned long long number;		/* -n; 0: not given */
	unsigned long long count;		/* -c; 0: not given */
	bool old_unlog;				/* -z: the end of dirty logging zaps */
	char **file;				/* the other arguments */
	int nr_files;
};

enum verdict command_list(const struct options *options);
enum verdict command_check(const struct options *options);
enum verdict command_explain(const struct options *options);
enum verdict command_draw(const struct options *options);
enum verdict command_random(const struct options *options);
enum verdict command_shrink(const struct options *options);
enum verdict command_verify(const struct options *options);
enum verdict command_to_c(const struct options *options);
enum verdict command_film(const struct options *options);
enum verdict command_soak(const struct options *options);

/*
 * Read the scenario in the file @name, "-" for standard input, into @scenario, which must
 * be initialised. Returns false, with the reason on stderr, if there is none in it.
 */
bool load_scenario(struct scenario *scenario, const char *name);

/*
 * What every KVM since 6.8 has been, as far as VMs with memory attributes go; options->old_unlog
 * tells how the end of dirty logging does differ.
 */
struct kernel_traits usual_traits(const struct options *options);

#endif /* LPAGE_LPAGE_H */
