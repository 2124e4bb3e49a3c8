// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a hypercall that asks for a conversion leaves with what it asks for, and returns what it
 * is answered with, else 0, whatever was in that part of struct kvm_run before; what KVM answers
 * itself does not leave.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/kvm_para.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "kvm/kernel_log.h"
#include "kvm/known_bug.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

/* In no memslot: nobody looks there. */
#define BASE	(16ull * SZ_1G)
#define VALUE	0x0102030405060708ull

#define LEFT_ALONE	.answers = false
#define ANSWERED(value)	.answers = true, .answer = (value)

struct hypercall_row {
	const char *name;
	struct guest_hypercall call;
	unsigned int exits;
	u64 wanted;
	bool after_device;	/* something else was in that part of kvm_run before */
};

#define MAP_AS(_gpa, _npages, _attributes)						\
	.nr = KVM_HC_MAP_GPA_RANGE, .arg = { _gpa, _npages, _attributes }
#define MAP(_gpa, _npages)	MAP_AS(_gpa, _npages, KVM_MAP_GPA_RANGE_ENCRYPTED)
#define SHARED_2M		(KVM_MAP_GPA_RANGE_DECRYPTED | KVM_MAP_GPA_RANGE_PAGE_SZ_2M)
#define NOT_THERE		((u64)-KVM_ENOSYS)
#define NOT_VALID		((u64)-EINVAL)

/* The order matters: what the one before has left must not be taken for an answer. */
static const struct hypercall_row hypercall[] = {
	{ "left alone at first", { MAP(BASE, 1), LEFT_ALONE }, 1, 0 },
	{ "answered with an error", { MAP(BASE, 1), ANSWERED(NOT_VALID) }, 1, NOT_VALID },
	{ "left alone after an error", { MAP(BASE, 1), LEFT_ALONE }, 1, 0 },
	{ "unknown", { .nr = 0xbad }, 0, NOT_THERE },
	{ "left alone after an unknown one", { MAP(BASE, 1), LEFT_ALONE }, 1, 0 },
	{ "of no number", { .nr = 0 }, 0, NOT_THERE },
	{ "of the last number", { .nr = ~0ull }, 0, NOT_THERE },
	{ "no pages", { MAP(BASE, 0) }, 0, NOT_VALID },
	{ "left alone after no pages", { MAP(BASE, 1), LEFT_ALONE }, 1, 0 },
	{ "gpa within a page", { MAP(BASE + 1, 1) }, 0, NOT_VALID },
	{ "gpa of half a page", { MAP(BASE + SZ_2K, 1) }, 0, NOT_VALID },
	{ "so many pages that they wrap", { MAP(BASE, -1ull) }, 0, NOT_VALID },
	{ "left alone after a refused one", { MAP(BASE, 1), LEFT_ALONE }, 1, 0 },
	{ "left alone after a device", { MAP(BASE, 1), LEFT_ALONE }, 1, 0, true },
	{ "poll of the APIC", { .nr = KVM_HC_VAPIC_POLL_IRQ }, 0, 0 },
	{ "answered with success", { MAP(BASE, 5), ANSWERED(0) }, 1, 0 },
	{ "answered with all bits", { MAP(BASE, 5), ANSWERED(~0ull) }, 1, ~0ull },
	{ "answered with 64 bits", { MAP(BASE, 5), ANSWERED(VALUE) }, 1, VALUE },
	{ "left alone after 64 bits", { MAP(BASE, 1), LEFT_ALONE }, 1, 0 },
	{ "to shared, of 2M", { MAP_AS(BASE, 1, SHARED_2M), ANSWERED(0) }, 1, 0 },
	{ "outside of memory", { MAP(BASE + SZ_1G, 512), LEFT_ALONE }, 1, 0 },
};

/* Returns true if what was in hypercall.ret before is there still, as the kernel is known for. */
static bool try_hypercall(struct __test_metadata *_metadata, struct vm_driver *vmd,
			  const struct hypercall_row *row)
{
	struct guest_hypercall got = row->call;
	const u64 gpa = row->call.arg[0];
	unsigned int i;
	bool stale;

	if (row->after_device)
		vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE + SZ_512K, ~0ull);
	vm_driver_hypercall(vmd, 0, &got);
	EXPECT_EQ(row->exits, got.nr_exits) {
		TH_LOG("Wanted %u exits at gpa 0x%llx (hypercall %s), got %u", row->exits,
		       (unsigned long long)gpa, row->name, got.nr_exits);
	}
	stale = got.nr_exits && got.exit_result && known_bug_expected(HYPERCALL_RESULT_NOT_CLEARED);
	EXPECT_TRUE(row->wanted == got.result || (stale && got.result == got.exit_result)) {
		TH_LOG("Wanted result 0x%llx at gpa 0x%llx (hypercall %s), got 0x%llx",
		       (unsigned long long)row->wanted, (unsigned long long)gpa, row->name,
		       (unsigned long long)got.result);
	}
	if (!row->exits)
		return false;

	EXPECT_EQ(row->call.nr, got.exit_nr) {
		TH_LOG("Wanted number 0x%llx at gpa 0x%llx (hypercall %s), got 0x%llx",
		       (unsigned long long)row->call.nr, (unsigned long long)gpa, row->name,
		       (unsigned long long)got.exit_nr);
	}
	EXPECT_TRUE(!got.exit_result || stale) {
		TH_LOG("Wanted 0 in hypercall.ret at gpa 0x%llx (hypercall %s), got 0x%llx",
		       (unsigned long long)gpa, row->name, (unsigned long long)got.exit_result);
	}
	for (i = 0; i < ARRAY_SIZE(row->call.arg); i++) {
		EXPECT_EQ(row->call.arg[i], got.exit_arg[i]) {
			TH_LOG("Wanted argument 0x%llx at gpa 0x%llx (hypercall %s), got 0x%llx",
			       (unsigned long long)row->call.arg[i], (unsigned long long)gpa,
			       row->name, (unsigned long long)got.exit_arg[i]);
		}
	}
	return stale;
}

TEST(hypercall_returns_its_answer)
{
	struct vm_driver *vmd;
	bool stale = false;
	size_t i;

	kernel_log_start();
	vmd = vm_driver_create(1);
	for (i = 0; i < ARRAY_SIZE(hypercall); i++)
		stale |= try_hypercall(_metadata, vmd, &hypercall[i]);
	vm_driver_free(vmd);
	vm_expect_no_warning(_metadata, BASE, "hypercalls");

	if (stale)
		SUITE_XFAIL(return, known_bug(HYPERCALL_RESULT_NOT_CLEARED)->reason);
	if (known_bug_expected(HYPERCALL_RESULT_NOT_CLEARED))
		SUITE_XPASS(return, known_bug(HYPERCALL_RESULT_NOT_CLEARED)->reason);
}

/* Who has not asked to be left to decide gets no exit: user_exit_on_hypercall(). */
TEST(hypercall_of_vm_that_has_no_exit)
{
	struct kvm_enable_cap no_exit = { .cap = KVM_CAP_EXIT_HYPERCALL };
	const struct hypercall_row row = { "without exits", { MAP(BASE, 1) }, 0, NOT_THERE };
	struct vm_driver *vmd;
	int vm;

	kernel_log_start();
	vmd = vm_driver_create(1);
	vm = vm_driver_dup(vmd, VM_DRIVER_VM);
	ASSERT_EQ(0, ioctl(vm, KVM_ENABLE_CAP, &no_exit));
	try_hypercall(_metadata, vmd, &row);
	close(vm);
	vm_driver_free(vmd);
	vm_expect_no_warning(_metadata, BASE, "hypercalls");
}

int main(int argc, char **argv)
{
	suite_start(0);
	return suite_harness_run(argc, argv);
}
