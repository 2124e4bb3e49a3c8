/* SPDX-License-Identifier: GPL-2.0-only */
/* Single instructions that access memory, for the guest: by its CPU or by KVM's emulator. */
#ifndef LPAGE_GUEST_INSN_H
#define LPAGE_GUEST_INSN_H

#include <stdbool.h>

#include "scenario/level.h"

enum guest_insn_kind {
	INSN_LOAD,
	INSN_STORE,
	INSN_ADD,
	INSN_LOCK_ADD,
	INSN_XCHG,
	INSN_LOCK_CMPXCHG,
	INSN_ENTER,	/* of 8 bytes; stores what KVM's emulator has on a stack of its own */
	/* movs without rep: the other operand is memory at the same offset in its page. */
	INSN_MOVS_FROM,
	INSN_MOVS_TO,
	NR_INSN_KINDS,
};

/* Of machine code. */
#define GUEST_INSN_MAX_BYTES	32

struct guest_insn {
	enum guest_insn_kind kind;
	bool forced;		/* behind the prefix of kvm.force_emulation_prefix */
	/* Each exit is, by a KVM_RUN with immediate_exit; then kvm_run is overwritten. */
	bool completed;
	unsigned int size;	/* of the access, see guest_insn_max_size() */
	u64 gpa;		/* where the guest sees it as well */
	/* Stored, added or exchanged; of @size bytes. */
	__uint128_t operand;
	/* With memory, by INSN_LOCK_CMPXCHG. */
	u64 compared;
	/* The register that memory was read into; @operand if none was. */
	__uint128_t value;
	bool equal;		/* INSN_LOCK_CMPXCHG has found it so, and has stored @operand */
	unsigned char code[GUEST_INSN_MAX_BYTES];	/* by guest_insn_assemble() */
};

/* The name as it appears in messages, e.g. "lock cmpxchg". */
const char *guest_insn_name(enum guest_insn_kind kind);

/*
 * The largest access in bytes; any power of two down to the smallest is one as well.  16 are those
 * of a register of SSE, which KVM divides if they meet a device (complete_emulated_mmio()).
 */
unsigned int guest_insn_max_size(enum guest_insn_kind kind);

/* The smallest one. */
unsigned int guest_insn_min_size(enum guest_insn_kind kind);

/* True if the instruction reads memory, or writes to it; some do both. */
bool guest_insn_reads(enum guest_insn_kind kind);
bool guest_insn_writes(enum guest_insn_kind kind);

/* True if no other CPU gets at the memory in between. */
bool guest_insn_locks(enum guest_insn_kind kind);

/*
 * What a CPU does to @memory, the @insn->size bytes at @insn->gpa, and to the results in @insn.
 * INSN_LOCK_CMPXCHG writes in either case, what was there if not @insn->operand.
 */
void guest_insn_model(struct guest_insn *insn, unsigned char *memory);

/* Fill in the machine code. */
void guest_insn_assemble(struct guest_insn *insn);

/*
 * In the guest: execute it, on one vCPU at a time.  Where the guest goes on if the instruction is
 * to be skipped, and with what stack, is stored in *@rip and *@rsp first.
 */
void guest_insn_execute(struct guest_insn *insn, u64 *rip, u64 *rsp);

#endif /* LPAGE_GUEST_INSN_H */
