// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/bits.h>

#include "kselftest.h"
#include "test_util.h"

#include "host/backing.h"
#include "host/host_node.h"
#include "host/setting.h"
#include "kvm/kernel_log.h"
#include "kvm/kernel_traits.h"
#include "kvm/kvm_parameter.h"
#include "kvm/vm_driver.h"
#include "kvm/vm_memory.h"
#include "model/scenario_check.h"
#include "run/scenario_run.h"
#include "scenario/scenario_text.h"
#include "suite/suite.h"

static struct kernel_traits traits;
static unsigned int asked_for;
static const char *missing[NR_BACKING_KINDS];
static bool others;	/* have VMs here */

static void skip_all(const char *reason)
{
	printf("TAP version 13\n1..0 # SKIP %s\n", reason);
	exit(KSFT_SKIP);
}

static void prepare_backings(void)
{
	enum backing_kind kind;

	for (kind = 0; kind < NR_BACKING_KINDS; kind++) {
		if (!(asked_for & BIT(kind)))
			continue;
		missing[kind] = kind == BACKING_GUEST_MEMFD ? vm_driver_missing_gmem_only() :
							      backing_prepare(kind);
	}
}

static void change_if_possible(const char *path, const char *value)
{
	if (setting_can_change(path))
		setting_change(path, value);
}

/*
 * To see who uses memory, NUMA balancing unmaps it now and then, which takes leaves as well
 * (change_protection(), mmu notifiers). Where it is off already nothing is left to be given back.
 */
static void stop_numa_balancing(void)
{
	char value[8];

	if (!setting_read(NUMA_BALANCING_SETTING, value, sizeof(value)) && strcmp(value, "0"))
		change_if_possible(NUMA_BALANCING_SETTING, "0");
}

/*
 * While a step collapses a hugepage all memory of this process may be huge, so that khugepaged
 * might collapse another one. It wakes up, and sleeps so long that it never does again.
 */
static void stop_khugepaged(void)
{
	change_if_possible(KHUGEPAGED_SLEEP_SETTING, "4294967295");
}

/*
 * On hosts that have run for long, kcompactd moves pages ahead of need, which takes their
 * leaves.  What nobody can switch off is that it does so for who lacks a large page.
 */
static void stop_compaction(void)
{
	change_if_possible(COMPACTION_SETTING, "0");
}

static void print_conditions(void)
{
	printf("# Memory attributes: %s\n", vm_driver_attributes());
	if (!kernel_log_is_readable())
		printf("# The kernel's log cannot be read: its warnings are not looked at\n");
}

/* What this program's predecessor had is gone in a moment. */
static bool others_have_vms(void)
{
	int tries;

	for (tries = 0; tries < 100 && vm_memory_has_vms(); tries++)
		usleep(10000);
	return vm_memory_has_vms();
}

/* Nobody but the test is to change how memory is mapped. */
static void keep_mappings(void)
{
	setting_guard();
	others = others_have_vms();
	stop_numa_balancing();
	stop_khugepaged();
	stop_compaction();
}

void suite_start(unsigned int backings)
{
	const char *reason = vm_driver_missing();

	print_conditions();
	if (reason)
		skip_all(reason);

	keep_mappings();
	asked_for = backings | BIT(BACKING_HUGETLB_2MB);
	prepare_backings();
	if (missing[BACKING_HUGETLB_2MB])
		skip_all(missing[BACKING_HUGETLB_2MB]);

	traits = kernel_traits_measure();
}

void suite_start_in_place(void)
{
	print_conditions();
	keep_mappings();
}

void suite_own_backings(void)
{
	backing_leave();
	prepare_backings();
}

const struct kernel_traits *suite_traits(void)
{
	return &traits;
}

const char *suite_missing(enum backing_kind kind)
{
	return missing[kind];
}

/*
 * NX hugepages can be switched off for good: the parameter then reads so, and refuses.  It is
 * of all VMs: those of others are not to lose what keeps their guests from stopping the CPU.
 */
static const char *missing_nx(void)
{
	char value[8];

	if (others)
		return MISSING_QUIET;

	if (setting_read(NX_SETTING, value, sizeof(value)) || !*value ||
	    !setting_can_change(NX_SETTING) || !strcmp(value, "never"))
		return "kvm.nx_huge_pages cannot be changed";
	return NULL;
}

const char *suite_missing_huge_again(void)
{
	return suite_traits()->mixed_stays_small ? "what was mixed stays small" : NULL;
}

const char *suite_missing_mode(const struct step *step)
{
	if (step->op == STEP_MANUAL_PROTECT)
		return vm_driver_missing_protect(step->protect);
	if (step->op == STEP_EAGER_SPLIT && !setting_can_change(EAGER_SPLIT_SETTING))
		return "kvm.eager_page_split cannot be changed";
	if (step->op == STEP_NX_HUGEPAGES)
		return missing_nx();
	if (step->op == STEP_DIRTY_RING)
		return vm_driver_missing_ring();
	if (step->op == STEP_PLACE && (step->placement == PLACE_TOUCHED_ON_0 ||
				       step->placement == PLACE_TOUCHED_ON_1))
		return host_node_missing_cpus();
	if (step->op == STEP_PLACE || step->op == STEP_MIGRATE || step->op == STEP_EVACUATE)
		return host_node_missing();
	return NULL;
}

const char *suite_missing_modes(const char *text)
{
	struct scenario scenario = { };
	const char *reason = NULL;
	char error[256];
	size_t i;

	/* What does not parse is a failure of who runs it. */
	if (scenario_parse(&scenario, "", text, strlen(text), error, sizeof(error)))
		return NULL;

	for (i = 0; i < scenario.nr && !reason; i++)
		reason = suite_missing_mode(&scenario.step[i]);
	scenario_free(&scenario);
	return reason;
}

void suite_touch_where_no_prefault(struct scenario *scenario)
{
	size_t i;

	if (vm_driver_has_prefault())
		return;

	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].op == STEP_PREFAULT)
			scenario->step[i].op = STEP_TOUCH;
	}
}

/* By the last scenario, see suite_left_out(). */
static const char *left_out;

const char *suite_left_out(void)
{
	return left_out;
}

char *suite_run(const char *text, const char *test, bool read_out)
{
	struct scenario scenario = { };
	char error[256];
	char *failure;

	left_out = NULL;
	if (scenario_parse(&scenario, test, text, strlen(text), error, sizeof(error)) ||
	    !scenario_check(&scenario, test, error, sizeof(error)))
		return strdup(error);

	suite_touch_where_no_prefault(&scenario);
	failure = scenario_run_all(&scenario, test, &traits, read_out, &left_out);
	scenario_free(&scenario);
	return failure;
}

void suite_name(char name[SUITE_NAME_MAX], const char *fixture, const char *variant,
		const char *test)
{
	snprintf(name, SUITE_NAME_MAX, "%s.%s.%s", fixture, variant, test);
}

void suite_print_comment(char *text)
{
	char *save, *line;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		printf("# %s\n", line);
}

static bool make_has_started_it(void)
{
	return getenv("KVM_LPAGE_RESULTS");
}

void suite_print_scenario_replay(const char *found, const char *path)
{
	if (make_has_started_it())
		printf("# Replay: make replay SCENARIO=%s\n", found);
	else
		printf("# Replay: ./private_mem_lpage_scenario_test %s\n", path);
}

void suite_print_replay(const char *format, ...)
{
	char arguments[2 * SUITE_NAME_MAX];
	va_list list;

	va_start(list, format);
	vsnprintf(arguments, sizeof(arguments), format, list);
	va_end(list);
	if (make_has_started_it())
		printf("# Replay: make run TEST=%s ARGS=\"%s\"\n", program_invocation_short_name,
		       arguments);
	else
		printf("# Replay: ./%s %s\n", program_invocation_short_name, arguments);
}

bool suite_passed(char *failure, const char *test)
{
	if (!failure)
		return true;

	suite_print_comment(failure);
	suite_print_replay("-r %s", test);
	free(failure);
	return false;
}
