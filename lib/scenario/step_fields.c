// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>

#include "scenario/step_fields.h"

static const char *backing_name(unsigned int value)
{
	return backing_kind_name(value);
}

static const char *access_name(unsigned int value)
{
	static const char * const name[NR_ACCESSES] = { "read", "write", "execute" };

	return name[value];
}

static const char *protect_name(unsigned int value)
{
	static const char * const name[NR_MANUAL_PROTECTS] = { "off", "on", "initially_set" };

	return name[value];
}

static const char *split_name(unsigned int value)
{
	static const char * const name[NR_SPLIT_WAYS] = { "mprotect", "nohugepage" };

	return name[value];
}

static const char *placement_name(unsigned int value)
{
	static const char * const name[NR_PLACEMENTS] = {
		"anywhere", "node_0", "node_1", "interleaved", "touched_on_node_0",
		"touched_on_node_1",
	};

	return name[value];
}

static const char *node_name(unsigned int value)
{
	static const char * const name[SCENARIO_NODES] = { "node_0", "node_1" };

	return name[value];
}

static const char *migrate_name(unsigned int value)
{
	static const char * const name[NR_MIGRATE_WAYS] = {
		"move_pages", "mbind", "other_process",
	};

	return name[value];
}

static const char *exit_name(unsigned int value)
{
	static const char * const name[NR_EXPECTED_EXITS] = {
		[EXPECT_NO_EXIT] = "none",
		[EXPECT_MEMORY_FAULT] = "memory_fault",
		[EXPECT_MMIO] = "mmio",
	};

	return name[value];
}

static const char *attribute_name(unsigned int value)
{
	return value ? "private" : "shared";
}

static const char *switch_name(unsigned int value)
{
	return value ? "on" : "off";
}

#define AT(member)	offsetof(struct step, member)

#define SLOT	{ .kind = FIELD_SLOT, .offset = AT(slot) }
#define GPA	{ .kind = FIELD_BYTES, .offset = AT(gpa) }
#define SIZE	{ .kind = FIELD_BYTES, .offset = AT(size) }
#define ON	{ .kind = FIELD_SWITCH, .offset = AT(on), .name = switch_name, .nr_names = 2 }

static const struct field memslot_fields[] = {
	SLOT,
	{ .kind = FIELD_BYTES, .keyword = "gpa", .offset = AT(gpa) },
	{ .kind = FIELD_BYTES, .keyword = "size", .offset = AT(size) },
	{ .kind = FIELD_BYTES, .keyword = "hva", .offset = AT(hva), .optional = true },
	{ .kind = FIELD_CHOICE, .keyword = "backing", .offset = AT(backing),
	  .name = backing_name, .nr_names = NR_BACKING_KINDS },
	{ .kind = FIELD_FLAG, .keyword = "guest_memfd", .offset = AT(gmem),
	  .optional = true },
	{ .kind = FIELD_BYTES, .keyword = "offset", .offset = AT(offset), .optional = true },
	{ .kind = FIELD_FLAG, .keyword = "logged", .offset = AT(on), .optional = true },
};

static const struct field delete_fields[] = { SLOT };

static const struct field move_fields[] = {
	SLOT,
	{ .kind = FIELD_BYTES, .keyword = "gpa", .offset = AT(gpa) },
};

static const struct field convert_fields[] = {
	{ .kind = FIELD_SWITCH, .offset = AT(private), .name = attribute_name,
	  .nr_names = 2 },
	GPA,
	SIZE,
	{ .kind = FIELD_FLAG, .keyword = "by guest", .offset = AT(by_guest),
	  .optional = true },
};

static const struct field touch_fields[] = {
	{ .kind = FIELD_CHOICE, .offset = AT(access), .name = access_name,
	  .nr_names = NR_ACCESSES },
	GPA,
	{ .kind = FIELD_BYTES, .offset = AT(size), .optional = true,
	  .absent = GFN_BYTES },
};

static const struct field prefault_fields[] = { GPA, SIZE };

static const struct field punch_fields[] = { GPA, SIZE };

static const struct field allocate_fields[] = { GPA, SIZE };

static const struct field log_fields[] = { SLOT, ON };

static const struct field dontneed_fields[] = { GPA, SIZE };

static const struct field discard_fields[] = { GPA, SIZE };

static const struct field fork_fields[] = { GPA };

static const struct field manual_protect_fields[] = {
	{ .kind = FIELD_CHOICE, .offset = AT(protect), .name = protect_name,
	  .nr_names = NR_MANUAL_PROTECTS },
};

static const struct field dirty_fields[] = { SLOT };

static const struct field clear_fields[] = { GPA, SIZE };

static const struct field eager_split_fields[] = { ON };

static const struct field nx_hugepages_fields[] = { ON };

static const struct field nx_recover_fields[] = {
	{ .kind = FIELD_COUNT, .keyword = "ratio", .offset = AT(recovery.ratio),
	  .optional = true },
	{ .kind = FIELD_COUNT, .keyword = "periods", .offset = AT(recovery.periods),
	  .optional = true },
	{ .kind = FIELD_FLAG, .keyword = "early", .offset = AT(recovery.early),
	  .optional = true },
};

static const struct field split_fields[] = {
	GPA,
	SIZE,
	{ .kind = FIELD_CHOICE, .keyword = "by", .offset = AT(split), .name = split_name,
	  .nr_names = NR_SPLIT_WAYS },
};

static const struct field collapse_fields[] = { GPA, SIZE };

static const struct field place_fields[] = {
	{ .kind = FIELD_CHOICE, .offset = AT(placement), .name = placement_name,
	  .nr_names = NR_PLACEMENTS },
};

static const struct field migrate_fields[] = {
	GPA,
	SIZE,
	{ .kind = FIELD_CHOICE, .keyword = "to", .offset = AT(node), .name = node_name,
	  .nr_names = SCENARIO_NODES },
	{ .kind = FIELD_CHOICE, .keyword = "by", .offset = AT(migrate),
	  .name = migrate_name, .nr_names = NR_MIGRATE_WAYS },
};

static const struct field evacuate_fields[] = {
	{ .kind = FIELD_CHOICE, .offset = AT(node), .name = node_name,
	  .nr_names = SCENARIO_NODES },
};

static const struct field dirty_ring_fields[] = { };

#define LEAVES(level)	{ .kind = FIELD_TIMES, .keyword = #level, .optional = true,	\
			  .offset = AT(expect.leaves[LEVEL_##level]) }

static const struct field expect_fields[] = {
	{ .kind = FIELD_FLAG, .keyword = "no leaf", .offset = AT(expect.no_leaf),
	  .optional = true },
	LEAVES(4K),
	LEAVES(2M),
	LEAVES(1G),
	{ .kind = FIELD_CHOICE, .keyword = "exit", .offset = AT(expect.exit), .optional = true,
	  .name = exit_name, .nr_names = NR_EXPECTED_EXITS },
	{ .kind = FIELD_TIMES, .offset = AT(expect.pages), .optional = true },
	{ .kind = FIELD_TIMES, .keyword = "dirty", .offset = AT(expect.dirty),
	  .optional = true },
	{ .kind = FIELD_FLAG, .keyword = "if huge", .offset = AT(expect.huge),
	  .optional = true },
};

#define FIELDS(array)	{ array, ARRAY_SIZE(array) }
#define ROW(id, name, weight, when, cost, traits)	\
	[STEP_##id] = FIELDS(name##_fields),

static const struct step_fields fields_of[NR_STEP_OPS] = { STEP_KINDS(ROW) };

struct step_fields step_fields(enum step_op op)
{
	return fields_of[op];
}

/* What may follow the fields of a step that takes memory. */
static const struct field scarcity[] = {
	{ .kind = FIELD_COUNT, .keyword = "failing", .offset = AT(pressure.first),
	  .optional = true },
	{ .kind = FIELD_COUNT, .keyword = "times", .offset = AT(pressure.times),
	  .optional = true },
	{ .kind = FIELD_BYTES, .keyword = "limited", .offset = AT(pressure.room),
	  .optional = true },
};

struct step_fields step_scarcity_fields(void)
{
	return (struct step_fields){ scarcity, ARRAY_SIZE(scarcity) };
}
