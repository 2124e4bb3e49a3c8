// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: with NX hugepages (kvm.nx_huge_pages) the guest executes from 4K leaves only.  Just
 * the hugepages in which it does are split, and counted (nx_lpage_splits) if nothing else
 * keeps them small; recovery lets them come back, those that are mixed by then do not.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/sizes.h>

#include "host/monotonic.h"
#include "host/setting.h"
#include "host/slow_machine.h"
#include "kvm/known_bug.h"
#include "kvm/kvm_parameter.h"
#include "kvm/nx_mitigation.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/scenario_case.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

SCENARIO_FIXTURE(nx_hugepage);

#define CASE_4K(_name, ...)	SCENARIO_CASE(nx_hugepage, _name, BACKING_SHMEM, __VA_ARGS__)
#define CASE_2M(_name, ...)	SCENARIO_CASE(nx_hugepage, _name, BACKING_HUGETLB_2MB, __VA_ARGS__)
#define CASE_1G(_name, ...)	SCENARIO_CASE(nx_hugepage, _name, BACKING_HUGETLB_1GB, __VA_ARGS__)

/*
 * X is executed, P is private; * is counted in nx_lpage_splits:
 *
 *	mapped	[      2M      ][      2M      ][4K P           ]
 *	X	[4K X         *][      2M      ][4K P X         ]
 *	recover	[no leaf, 2M   ][      2M      ][4K P X         ]
 */
CASE_2M(executed_in_mapped_hugepage,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M\n"
	"touch execute 16G+2M+4K 4K\n"
	"expect 4K x512 2M x2\n"
	"touch execute 16G+2M 16K\n"
	"touch write 16G+2M+8K 8K\n"
	"touch write 16G 4K\n"
	"touch write 16G+4M 4K\n"
	"expect 4K x512 2M x2\n");

CASE_2M(executed_before_it_is_mapped,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"touch execute 16G+4K 4K\n"
	"expect 4K x1\n"
	"touch read 16G+8K 4K\n"
	"touch write 16G+2M-4K 8K\n"
	"prefault 16G 2M\n"
	"touch execute 16G 2M\n"
	"expect 4K x512 2M x1\n");

CASE_1G(executed_in_mapped_hugepage_1G,
	"memslot 1 gpa 16G size 2G backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 2G\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x512 2M x511 1G x1\n"
	"touch execute 16G+8M+4K 4K\n"
	"touch write 16G+512M 4K\n"
	"touch read 17G 4K\n"
	"expect 4K x1024 2M x510 1G x1\n");

CASE_1G(executed_before_it_is_mapped_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb guest_memfd\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x1\n"
	"touch read 16G+6M+4K 4K\n"
	"touch read 16G+8M 4K\n"
	"touch execute 16G+8M+4K 4K\n"
	"touch write 17G-4K 4K\n"
	"expect 4K x514 2M x1\n");

/* The range is pre-faulted page by page where the guest has executed, to its end. */
CASE_2M(prefaulted_after_execution,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb\n"
	"touch execute 16G+2M+4K 4K\n"
	"expect 4K x1\n"
	"prefault 16G 6M\n"
	"expect 4K x512 2M x2\n");

CASE_2M(recovered,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x2\n"
	"touch execute 16G+4M 4K\n"
	"nx_recover\n"
	"touch read 16G+4K 4K\n"
	"touch write 16G+2M 4K\n"
	"touch read 16G+4M 4K\n"
	"touch execute 16G 4K\n"
	"nx_recover\n"
	"nx_recover\n"
	"touch read 16G 4K\n"
	"expect 2M x3\n");

CASE_1G(recovered_1G,
	"memslot 1 gpa 16G size 2G backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 2G\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x512 2M x511 1G x1\n"
	"touch execute 16G+8M 4K\n"
	"nx_recover\n"
	"touch read 16G+6M 4K\n"
	"touch execute 16G+6M 4K\n"
	"touch read 16G+8M 4K\n"
	"nx_recover\n"
	"touch write 16G+8M 4K\n"
	"expect 1G x2\n");

/* What is mixed must not be huge, be it recovered or not. */
CASE_2M(mixed_when_recovered,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x2\n"
	"touch execute 16G+2M 4K\n"
	"convert private 16G+20K 4K\n"
	"touch write 16G+16K 12K\n"
	"nx_recover\n"
	"touch read 16G+16K 12K\n"
	"touch read 16G+2M 4K\n"
	"convert shared 16G+20K 4K\n"
	"touch read 16G+20K 4K\n"
	"touch execute 16G+24K 4K\n"
	"expect 4K x512 2M x2\n");

/* A 1G hugepage is executed in; then one 2M of it becomes mixed, and it is recovered. */
CASE_1G(mixed_when_recovered_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb guest_memfd\n"
	"prefault 16G 1G\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x512 2M x511\n"
	"convert private 16G+8M+4K 4K\n"
	"touch write 16G+8M 12K\n"
	"nx_recover\n"
	"touch read 16G+6M 4K\n"
	"touch read 16G+8M 12K\n"
	"touch execute 16G+6M 4K\n"
	"nx_recover\n"
	"convert shared 16G+8M+4K 4K\n"
	"touch read 16G+6M 4K\n"
	"expect 1G x1\n");

/* Here nothing was split for execution: it was small before, and is not counted. */
CASE_2M(executed_in_mixed_hugepage,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G+20K 4K\n"
	"touch read 16G 4K\n"
	"expect 4K x1\n"
	"touch execute 16G 32K\n"
	"touch execute 16G+2M 4K\n"
	"nx_recover\n"
	"touch read 16G 32K\n"
	"touch read 16G+2M 4K\n"
	"convert shared 16G+20K 4K\n"
	"touch read 16G+20K 4K\n"
	"expect 2M x2\n");

/* The same where execution is what maps the first page. */
CASE_2M(executed_in_mixed_hugepage_first,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G+20K 4K\n"
	"touch execute 16G 4K\n"
	"expect 4K x1\n"
	"touch read 16G+4K 4K\n"
	"touch execute 16G+20K 4K\n"
	"nx_recover\n"
	"convert shared 16G+20K 4K\n"
	"touch read 16G+20K 4K\n"
	"expect 4K x3\n");

CASE_2M(private_memory_executed,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"convert private 16G 2M\n"
	"expect 2M x1\n"
	"touch execute 16G 16K\n"
	"touch execute 16G+2M 4K\n"
	"convert private 16G+2M 2M\n"
	"touch execute 16G+2M 4K\n"
	"nx_recover\n"
	"touch read 16G 4K\n"
	"touch read 16G+2M 4K\n");

/* Hugepages that memslots or host addresses cut up are small anyway: nothing is counted. */
CASE_2M(memslots_meet_inside_hugepage,
	"memslot 1 gpa 16G size 3M backing hugetlb_2mb guest_memfd\n"
	"memslot 2 gpa 16G+3M size 3M hva 3M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 6M\n"
	"touch execute 16G+3M-4K 8K\n"
	"expect 4K x512 2M x2\n"
	"touch execute 16G+4M 4K\n"
	"nx_recover\n"
	"touch read 16G+4M 4K\n"
	"touch read 16G+3M-4K 8K\n"
	"expect 4K x512 2M x2\n");

CASE_2M(host_address_misaligned,
	"memslot 1 gpa 16G size 4M hva 8K backing hugetlb_2mb guest_memfd\n"
	"touch execute 16G 8K\n"
	"expect 4K x2\n"
	"touch read 16G 16K\n"
	"nx_recover\n"
	"touch read 16G+2M 4K\n"
	"expect 4K x5\n");

CASE_4K(small_pages,
	"memslot 1 gpa 16G size 2M backing shmem guest_memfd\n"
	"touch read 16G 16K\n"
	"touch execute 16G+4K 16K\n"
	"expect 4K x5\n"
	"nx_recover\n"
	"touch read 16G 16K\n"
	"expect 4K x5\n");

/* The memslot goes, and with it all leaves but not what was noted. */
CASE_2M(memslot_created_again,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x1\n"
	"delete 1\n"
	"memslot 2 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"touch read 16G 8K\n"
	"touch read 16G+2M 4K\n"
	"nx_recover\n"
	"touch read 16G 4K\n"
	"expect 2M x2\n");

/* Logging makes all small; when it ends all comes back, for recovery left it alone. */
CASE_2M(logged,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb\n"
	"memslot 2 gpa 17G size 2M backing hugetlb_2mb\n"
	"prefault 16G 4M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x1\n"
	"touch execute 17G 4K\n"
	"log 1 on\n"
	"touch execute 16G+2M 8K\n"
	"touch execute 16G+4M 4K\n"
	"touch write 16G 4K\n"
	"dirty 1\n"
	"nx_recover\n"
	"touch read 17G 4K\n"
	"dirty 1\n"
	"log 1 off\n"
	"touch read 16G 4K\n"
	"touch read 16G+2M 4K\n"
	"touch execute 16G+4M 4K\n"
	"nx_recover\n"
	"expect 2M x3\n");

CASE_2M(logged_without_eager_split,
	"eager_split off\n"
	"manual_protect on\n"
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"prefault 16G 4M\n"
	"log 1 on\n"
	"touch execute 16G+4K 4K\n"
	"expect 4K x512 2M x1\n"
	"touch write 16G+4K 4K\n"
	"touch execute 16G+4K 8K\n"
	"expect 4K x512 2M x1\n"
	"log 1 off\n"
	"touch execute 16G+4K 4K\n"
	"touch read 16G+2M 4K\n");

CASE_1G(logged_1G,
	"memslot 1 gpa 16G size 1G backing hugetlb_1gb\n"
	"prefault 16G 4K\n"
	"touch execute 16G+6M 4K\n"
	"expect 4K x512 2M x511\n"
	"log 1 on\n"
	"touch write 16G+6M 8K\n"
	"log 1 off\n"
	"touch read 16G+8M 4K\n"
	"touch execute 16G+8M 4K\n"
	"nx_recover\n"
	"touch read 16G+8M 4K\n"
	"expect 1G x1\n");

/*
 * A share of what is split is recovered in each period: a third, rounded up, and those first that
 * were split first.  H is huge when it is touched, s still split:
 *
 *	executed	3rd 4th 1st 2nd 5th 6th 7th
 *	recovered	H   s   H   H   s   s   s
 */
CASE_2M(recovered_in_part,
	"memslot 1 gpa 16G size 14M backing hugetlb_2mb guest_memfd\n"
	"touch execute 16G+4M\n"
	"touch execute 16G+6M\n"
	"touch execute 16G\n"
	"touch execute 16G+2M\n"
	"touch execute 16G+8M\n"
	"touch execute 16G+10M\n"
	"touch execute 16G+12M\n"
	"nx_recover ratio 3\n"
	"expect 4K x4\n"
	"touch read 16G+4K\n"
	"touch read 16G+4M+4K\n"
	"touch read 16G+6M+4K\n"
	"expect 4K x4 2M x3\n"
	"touch read 16G+2M+4K\n"
	"touch read 16G+8M+4K\n"
	"expect 4K x6 2M x3\n");

/* However small the share is, it is not nothing. */
CASE_2M(recovered_one_at_least,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"touch execute 16G+2M\n"
	"touch execute 16G\n"
	"touch execute 16G+4M\n"
	"nx_recover ratio 3600\n"
	"touch read 16G+2M+4K\n"
	"touch read 16G+4K\n"
	"touch read 16G+4M+4K\n"
	"expect 4K x4 2M x1\n");

/* Nothing is recovered before the period is over, all that is asked for when it is. */
CASE_2M(period_not_over,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"touch execute 16G\n"
	"touch execute 16G+2M\n"
	"touch execute 16G+4M\n"
	"nx_recover early\n"
	"nx_recover ratio 2 early\n"
	"expect 4K x3\n"
	"nx_recover ratio 2\n"
	"expect 4K x1\n"
	"nx_recover early\n"
	"expect 4K x1\n");

/* What is logged counts as recovered, though it stays; so one of the others is left, too. */
CASE_2M(recovered_in_part_while_logged,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"memslot 2 gpa 17G size 4M backing hugetlb_2mb\n"
	"touch execute 16G\n"
	"touch execute 17G\n"
	"touch execute 16G+2M\n"
	"touch execute 17G+2M\n"
	"log 1 on\n"
	"nx_recover ratio 2\n"
	"expect 4K x3\n"
	"log 1 off\n"
	"touch read 17G+4K\n"
	"touch read 17G+2M+4K\n");

/* The 1G hugepage was split first, and what was split in it goes with it as one. */
CASE_1G(recovered_in_part_1G,
	"memslot 1 gpa 16G size 2G backing hugetlb_1gb guest_memfd\n"
	"touch execute 16G+6M\n"
	"touch execute 16G+8M\n"
	"touch execute 17G\n"
	"nx_recover ratio 5\n"
	"expect 4K x1\n"
	"touch read 16G\n"
	"touch read 17G+2M\n"
	"expect 4K x1 2M x1 1G x1\n");

/* Switching the mitigation zaps everything, and what it has noted is gone. */
CASE_2M(switched_off,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n"
	"prefault 16G 4M\n"
	"touch execute 16G 4K\n"
	"expect 4K x512 2M x1\n"
	"nx_hugepages off\n"
	"touch execute 16G 4K\n"
	"touch execute 16G+2M 4K\n"
	"nx_hugepages on\n"
	"touch read 16G 4K\n"
	"touch execute 16G+4K 4K\n"
	"nx_recover\n"
	"touch read 16G 4K\n"
	"expect 2M x1\n");

TEST_F(nx_hugepage, forced)
{
	const char *missing;
	char *text;

	ASSERT_LT(0, asprintf(&text, "nx_hugepages on\n%s", variant->scenario));
	missing = suite_missing_modes(text);
	if (missing)
		SKIP(return, "%s", missing);
	scenario_case_run(_metadata, text, self->name, false);
	free(text);
}

/*
 * The share of a period is one of what is split by then, not of what once was: for a third 9, 6,
 * 4, 2, 1, 0.  Where kernels are known to take more, a page of these is missing.
 */
FIXTURE(nx_recovery)
{
	char name[SUITE_NAME_MAX];
};

FIXTURE_VARIANT(nx_recovery)
{
	const char *name;
	const char *scenario;
};

#define SPLIT_9										\
	"nx_hugepages on\n"								\
	"memslot 1 gpa 16G size 18M backing hugetlb_2mb guest_memfd\n"			\
	"touch execute 16G\n"								\
	"touch execute 16G+2M\n"							\
	"touch execute 16G+4M\n"							\
	"touch execute 16G+6M\n"							\
	"touch execute 16G+8M\n"							\
	"touch execute 16G+10M\n"							\
	"touch execute 16G+12M\n"							\
	"touch execute 16G+14M\n"							\
	"touch execute 16G+16M\n"

FIXTURE_VARIANT_ADD(nx_recovery, one_period_after_the_other) {
	.name = "one_period_after_the_other",
	.scenario = SPLIT_9
		    "nx_recover ratio 3\n"
		    "expect 4K x6\n"
		    "nx_recover ratio 3\n"
		    "expect 4K x4\n"
		    "nx_recover ratio 3\n"
		    "expect 4K x2\n"
		    "nx_recover ratio 3\n"
		    "expect 4K x1\n"
		    "nx_recover ratio 3\n"
		    "expect no leaf\n",
};

FIXTURE_VARIANT_ADD(nx_recovery, several_periods) {
	.name = "several_periods",
	.scenario = SPLIT_9
		    "nx_recover ratio 3 periods 3\n"
		    "nx_recover ratio 3 periods 4\n"
		    "expect no leaf\n",
};

/* The last one is left, which a machine that is slow sees after three periods as well. */
FIXTURE_VARIANT_ADD(nx_recovery, last_is_left) {
	.name = "last_is_left",
	.scenario = SPLIT_9
		    "nx_recover ratio 3 periods 4\n"
		    "expect 4K x1\n",
};

/* What is split again counts again, as the last ones. */
FIXTURE_VARIANT_ADD(nx_recovery, split_again) {
	.name = "split_again",
	.scenario = SPLIT_9
		    "nx_recover ratio 3\n"
		    "touch execute 16G+2M\n"
		    "touch execute 16G\n"
		    "touch execute 16G+4M\n"
		    "nx_recover ratio 3\n"
		    "expect 4K x6\n"
		    "touch read 16G+4K\n"
		    "touch read 16G+10M+4K\n"
		    "nx_recover\n"
		    "expect 2M x1\n",
};

FIXTURE_SETUP(nx_recovery)
{
	if (suite_missing_modes(variant->scenario))
		SKIP(return, "%s", suite_missing_modes(variant->scenario));

	suite_name(self->name, "nx_recovery", variant->name, _metadata->name);
}

FIXTURE_TEARDOWN(nx_recovery)
{
}

TEST_F(nx_recovery, takes_its_share)
{
	const struct known_bug *bug = known_bug(RECOVERY_TAKES_TOO_MUCH);
	bool expected = known_bug_expected(RECOVERY_TAKES_TOO_MUCH);
	char *failure = suite_run(variant->scenario, self->name, false);

	if (failure && known_bug_explains(RECOVERY_TAKES_TOO_MUCH, failure)) {
		free(failure);
		SUITE_XFAIL(return, bug->reason);
	}
	if (expected && !failure && !suite_left_out())
		SUITE_XPASS(return, bug->reason);
	scenario_case_passed(_metadata, failure, self->name);
}

/* KVM's thread is one of the VM's process. */
#define RECOVERY_THREAD	"kvm-nx-lpage-re\n"

static bool is_recovery_thread(const char *id)
{
	char path[64], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%s/comm", id);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return !strcmp(name, RECOVERY_THREAD);
}

/* How often the thread @id has gone to sleep; ~0 if that cannot be read. */
static u64 nr_sleeps(const char *id)
{
	unsigned long long nr = ~0ull;
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%s/status", id);
	file = fopen(path, "r");
	if (!file)
		return nr;
	while (fgets(line, sizeof(line), file) &&
	       sscanf(line, "voluntary_ctxt_switches: %llu", &nr) != 1)
		;
	fclose(file);
	return nr;
}

/* Sets @id to that of the only such thread. Returns false if there is none. */
static bool find_recovery_thread(char id[16])
{
	DIR *folder = opendir("/proc/self/task");
	struct dirent *entry;
	bool found = false;

	while (folder && !found && (entry = readdir(folder))) {
		found = is_recovery_thread(entry->d_name);
		if (found)
			snprintf(id, 16, "%.15s", entry->d_name);
	}
	if (folder)
		closedir(folder);
	return found;
}

#define WAKES		10
#define WAKES_SECONDS	10
#define MIN_WATCH_MS	100

/*
 * How often the thread wakes up, with a period of 1 ms and mitigation as @nx says: up to WAKES
 * times, or as often as it does in *@ms milliseconds; *@ms says then how many it took.
 */
static u64 wakes_with(struct __test_metadata *_metadata, const char *id, const char *nx, u64 *ms)
{
	u64 before, begin, wakes;

	ASSERT_EQ(0, setting_change_for_now(NX_RECOVERY_RATIO_SETTING, "0"));
	ASSERT_EQ(0, setting_change_for_now(NX_SETTING, nx));
	ASSERT_EQ(0, nx_mitigation_recover_all());
	before = nr_sleeps(id);
	begin = monotonic_ms();
	do {
		usleep(1000);
		wakes = nr_sleeps(id) - before;
	} while (wakes < WAKES && monotonic_ms() < begin + *ms);
	*ms = monotonic_ms() - begin;
	return wakes;
}

/* There is nothing to recover without the mitigation, and nobody who looks for it all the time. */
TEST(no_work_without_mitigation)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	u64 wakes, ms = slow_machine_seconds(WAKES_SECONDS) * 1000;
	struct vm_driver *vmd;
	char id[16];

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	vmd = vm_driver_create(1);
	if (!find_recovery_thread(id)) {
		vm_driver_free(vmd);
		SKIP(return, "/proc of the thread that recovers NX hugepages");
	}

	wakes = wakes_with(_metadata, id, "force", &ms);
	EXPECT_LE(WAKES, wakes) {
		TH_LOG("Wanted %u wakes at gpa 0x0 (mitigation on), got %llu in %llu ms", WAKES,
		       (unsigned long long)wakes, (unsigned long long)ms);
	}
	/* As long as that took, but long enough for a thread that does wake up. */
	if (ms < MIN_WATCH_MS)
		ms = MIN_WATCH_MS;
	wakes = wakes_with(_metadata, id, "off", &ms);
	EXPECT_GE(2, wakes) {
		TH_LOG("Wanted 2 wakes at most at gpa 0x0 (mitigation off), got %llu",
		       (unsigned long long)wakes);
	}
	setting_restore();
	vm_driver_free(vmd);
}

/* What the guest's execution from a hugepage leaves, forced, and how many splits are counted. */
static void expect_execution(struct __test_metadata *_metadata, struct vm_driver *vmd,
			     enum level level, u64 splits, const char *when)
{
	const u64 gpa = 16ull * SZ_1G;
	struct backing_view view;
	u64 got;

	backing_map(&view, BACKING_HUGETLB_2MB, 0, SZ_2M);
	*(u8 *)(view.base + GUEST_CODE_OFFSET) = GUEST_CODE;
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, gpa, SZ_2M, view.base, -1, false));
	vm_driver_touch(vmd, 0, ACCESS_EXECUTE, gpa, 0);
	vm_expect_leaves_of(_metadata, vmd, level, 1, gpa, when);
	got = vm_driver_nx_splits(vmd);
	EXPECT_EQ(splits, got) {
		TH_LOG("Wanted %llu splits at gpa 0x%llx (%s), got %llu",
		       (unsigned long long)splits, (unsigned long long)gpa, when,
		       (unsigned long long)got);
	}
	vm_driver_free(vmd);
	backing_unmap(&view);
}

/* Whoever may restart the machine can do without the mitigation in a VM that has no vCPUs yet. */
TEST(vm_without_mitigation_is_not_split)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	struct vm_driver *vmd;
	int r;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	kernel_log_start();
	ASSERT_EQ(0, nx_mitigation_force());
	expect_execution(_metadata, vm_driver_create_without_nx_mitigation(1), LEVEL_2M, 0,
			 "without the mitigation");

	vmd = vm_driver_create(1);
	r = vm_driver_try_end_nx_mitigation(vmd);
	EXPECT_EQ(EINVAL, r) {
		TH_LOG("Wanted EINVAL at gpa 0x0 (there is a vCPU), got errno %d", r);
	}
	expect_execution(_metadata, vmd, LEVEL_4K, 1, "refused, there is a vCPU");
	setting_restore();
	vm_expect_no_warning(_metadata, 0, "after the VMs");
}

#define MULTIHIT	"/sys/devices/system/cpu/vulnerabilities/itlb_multihit"

/* On a CPU without the fault there is nothing to mitigate: get_nx_auto_mode(). */
TEST(auto_goes_by_the_cpu)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	char multihit[64];

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));
	if (setting_read(MULTIHIT, multihit, sizeof(multihit)) || strcmp(multihit, "Not affected"))
		SKIP(return, "a CPU that iTLB multihit does not affect");

	kernel_log_start();
	ASSERT_EQ(0, nx_mitigation_force());
	ASSERT_EQ(0, setting_change_for_now(NX_SETTING, "auto"));
	expect_execution(_metadata, vm_driver_create(1), LEVEL_2M, 0, "automatic");
	setting_restore();
	vm_expect_no_warning(_metadata, 0, "after the VM");
}

/* All VMs are told, also behind one that has not run yet. */
TEST(change_reaches_every_vm)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	const u64 gpa = 16ull * SZ_1G;
	struct vm_driver *idle;
	struct plain_vm vm;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	plain_vm_create(&vm, BACKING_HUGETLB_2MB, SZ_2M, SZ_2M);
	idle = vm_driver_create_unstarted(1);
	ASSERT_EQ(0, plain_vm_add_memslot(&vm, gpa, SZ_2M));
	*(u8 *)(vm.view.base + GUEST_CODE_OFFSET) = GUEST_CODE;
	vm_driver_touch(vm.vmd, 0, ACCESS_EXECUTE, gpa, 0);
	vm_expect_leaves_of(_metadata, vm.vmd, LEVEL_2M, 1, gpa, "before");
	ASSERT_EQ(0, nx_mitigation_force());
	vm_driver_nx_changed(vm.vmd);
	vm_driver_touch(vm.vmd, 0, ACCESS_EXECUTE, gpa, 0);
	vm_expect_leaves_of(_metadata, vm.vmd, LEVEL_4K, 1, gpa, "beside a VM that never ran");
	vm_driver_free(idle);
	plain_vm_free(&vm);
	setting_restore();
	vm_expect_no_warning(_metadata, gpa, "after the VMs");
}

/* A VM with @nr hugepages at @gpa, all split for execution, and nobody recovers them. */
static void split_hugepages(struct __test_metadata *_metadata, struct plain_vm *vm, u64 gpa, u64 nr)
{
	u64 i;

	plain_vm_create(vm, BACKING_HUGETLB_2MB, nr * SZ_2M, nr * SZ_2M);
	ASSERT_EQ(0, plain_vm_add_memslot(vm, gpa, nr * SZ_2M));
	ASSERT_EQ(0, nx_mitigation_force());
	vm_driver_nx_changed(vm->vmd);
	for (i = 0; i < nr; i++) {
		*(u8 *)(vm->view.base + i * SZ_2M + GUEST_CODE_OFFSET) = GUEST_CODE;
		vm_driver_touch(vm->vmd, 0, ACCESS_EXECUTE, gpa + i * SZ_2M, 0);
	}
	ASSERT_EQ(nr, vm_driver_nx_splits(vm->vmd));
}

#define NR_SPLIT	2

/* Milliseconds from when both hugepages were seen to be split to when none is any more. */
static u64 wait_for_both(struct vm_driver *vmd)
{
	u64 left, now, began = monotonic_ms(), end = began + slow_machine_seconds(10) * 1000;

	do {
		now = monotonic_ms();
		left = vm_driver_nx_splits(vmd);
		if (left == NR_SPLIT)
			began = now;
		usleep(1000);
	} while (left && now < end);
	return monotonic_ms() - began;
}

/*
 * Where the period is 0 it is an hour divided by the ratio, but at least a second
 * (calc_nx_huge_pages_recovery_period()).  With this ratio each recovers one hugepage.
 */
TEST(no_period_is_below_a_second_unless_it_is_set)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	const u64 gpa = 16ull * SZ_1G, least = 1000 - 10;
	struct plain_vm vm;
	u64 took;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	split_hugepages(_metadata, &vm, gpa, NR_SPLIT);

	ASSERT_EQ(0, setting_change_for_now(NX_RECOVERY_PERIOD_SETTING, "0"));
	ASSERT_EQ(0, setting_change_for_now(NX_RECOVERY_RATIO_SETTING, "1000000"));
	took = wait_for_both(vm.vmd);
	EXPECT_EQ(0, vm_driver_nx_splits(vm.vmd));
	EXPECT_LE(least, took) {
		TH_LOG("Wanted %llu ms at least at gpa 0x%llx (one, then the other), got %llu",
		       (unsigned long long)least, (unsigned long long)gpa,
		       (unsigned long long)took);
	}
	setting_restore();
	plain_vm_free(&vm);
}

#define HOUR_MS		"3600000"

/* So long KVM's thread may take to go to sleep. */
#define SETTLE_US	50000

/* Who sleeps for a long period is woken up for a short one: set_nx_huge_pages_recovery_param(). */
TEST(shorter_period_goes_at_once)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	const u64 gpa = 16ull * SZ_1G;
	struct plain_vm vm;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	split_hugepages(_metadata, &vm, gpa, 1);

	ASSERT_EQ(0, setting_change_for_now(NX_RECOVERY_PERIOD_SETTING, HOUR_MS));
	ASSERT_EQ(0, setting_change_for_now(NX_RECOVERY_RATIO_SETTING, "1"));
	usleep(SETTLE_US);
	EXPECT_EQ(1, vm_driver_nx_splits(vm.vmd)) {
		TH_LOG("Wanted 1 split at gpa 0x%llx (period of an hour), got none",
		       (unsigned long long)gpa);
	}
	ASSERT_EQ(0, setting_change_for_now(NX_RECOVERY_PERIOD_SETTING, "1"));
	vm_driver_wait_for_splits(vm.vmd, 0);
	EXPECT_EQ(0, vm_driver_nx_splits(vm.vmd)) {
		TH_LOG("Wanted no split at gpa 0x%llx (period of a millisecond), got some",
		       (unsigned long long)gpa);
	}
	setting_restore();
	plain_vm_free(&vm);
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return suite_harness_run(argc, argv);
}
