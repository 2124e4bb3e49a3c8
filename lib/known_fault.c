// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <sys/utsname.h>

#include "test_util.h"

#include "known_fault.h"

static const struct known_fault fault[NR_KNOWN_FAULTS] = {
	/*
	 * kvm_vm_set_mem_attributes() looks at memslots only, so the MMIO SPTE that KVM
	 * keeps for a gfn without one survives, and handle_mmio_page_fault() never asks
	 * for attributes.
	 */
	[STALE_MMIO] = {
		.name = "stale_mmio",
		.reason = "MMIO mapping survives conversion to private",
		.scenario = "touch read 16G\n"
			    "convert private 16G 4K\n"
			    "touch read 16G\n",
		.first_release = { 6, 8 },
		.last_release = { 7, 3 },
	},
};

const struct known_fault *known_fault(enum known_fault_id id)
{
	return &fault[id];
}

static unsigned int release_number(const unsigned int release[2])
{
	return release[0] << 16 | release[1];
}

bool known_fault_expected(enum known_fault_id id)
{
	unsigned int running[2];
	struct utsname name;

	TEST_ASSERT(!uname(&name) && sscanf(name.release, "%u.%u", &running[0], &running[1]) == 2,
		    "Cannot tell the kernel's release");
	return release_number(running) >= release_number(fault[id].first_release) &&
	       release_number(running) <= release_number(fault[id].last_release);
}
