// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM_SET_MEMORY_ATTRIBUTES costs, by the size of the conversion, by what was private before,
 * by what is mapped, and by the number of memslots.  A figure is a line of tab-separated values.
 *
 * A conversion stores attributes, zaps leaves, and finds out anew which hugepages are mixed.  Cases
 * that lack one of these tell what each costs.  What it costs others is how long they wait for a
 * page.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "kselftest.h"
#include "test_util.h"

#include "host/backing.h"
#include "host/monotonic.h"
#include "kvm/punctual_vcpu.h"
#include "kvm/vm_driver.h"
#include "kvm/vm_memory.h"
#include "scenario/random.h"
#include "scenario/scenario.h"
#include "scenario/scenario_text.h"
#include "suite/options.h"

#define BASE		(16ull * SZ_1G)
#define MAX_SIZES	32
#define MAX_TIMES	1000

/* Single conversions, which a guest makes while it boots: this many of them are one figure. */
#define STORM		1024

/* Where a vCPU faults meanwhile: in a memslot with a page for each 0.1 ms of 1.6 s. */
#define BESIDE_SIZE	SZ_64M

/* So much is converted before the next interrupt of a timer that comes 1000 times a second. */
#define SHORT		SZ_2M

/* What an interrupt takes at least, and how long to wait for one: more than a look at the TSC. */
#define TIMER_LEAST	1000
#define TIMER_MOST	20000000

/* What is private before a conversion to private, in the range, and in the rest of its last 2M. */
enum pattern { UNIFORM, ALTERNATE, RUNS };

/* Below this size the memory that attributes take is lost among what the kernel has in reserve. */
#define MEMORY_LEAST	SZ_512M

struct cost_case {
	const char *name;
	const char *about;
	u64 most;		/* the largest size that is tried if none is asked for */
	unsigned int slots;	/* the range is cut into so many memslots; 0: there is none */
	enum level leaves;	/* all is mapped at this level before each conversion to private */
	enum pattern pattern;
	bool storm;
	bool private;		/* all is mapped before each conversion to shared */
	bool page;		/* that is of one page in the middle */
	bool stall;		/* a vCPU faults meanwhile */
};

static const struct cost_case cost_cases[] = {
	{ "store", "no memslot: attributes are stored, and that is all", SZ_1G },
	{ "recount", "in a memslot, with no leaf: mixed hugepages are looked for, too", SZ_1G, 1 },
	{ "memslots_8", "the same in eight memslots", SZ_1G, 8 },
	{ "zap_4K", "mapped by 4K leaves, which are zapped, too", SZ_32M, 1, LEVEL_4K },
	{ "zap_2M", "mapped by 2M leaves", SZ_1G, 1, LEVEL_2M },
	{ "zap_1G", "mapped by 1G leaves", SZ_1G, 1, LEVEL_1G },
	{ "alternate", "every other page is private before", SZ_32M, 1, .pattern = ALTERNATE },
	{ "runs", "random runs of pages are private before", SZ_32M, 1, .pattern = RUNS },
	{ "private", "mapped while private, by leaves as large as guest_memfd has", SZ_1G, 1,
	  .private = true },
	{ "page", "the same; of one page in the middle, and back", SZ_1G, 1, .private = true,
	  .page = true },
	{ "stall", "as private; a vCPU touches a new page elsewhere every 0.1 ms, and waits",
	  SZ_1G, 1, .private = true, .stall = true },
	{ "storm", "single pages all over the range; of one page", SZ_1G, 1, .storm = true },
};

static struct {
	u64 size[MAX_SIZES];
	unsigned int nr_sizes;
	unsigned int cases;	/* bit n: cost_cases[n] */
	unsigned int times;
	const char *unit;
	bool memory;		/* what attributes take of it can be told */
} options = { .times = 2, .unit = "cycles" };

/* One VM, made for one case and size. */
struct cost_vm {
	struct vm_driver *vmd;
	struct backing_view view;
	struct backing_view beside;
	int gmem_fd;
	const struct cost_case *cost_case;
	u64 size;
};

static const u64 usual_sizes[] = { SZ_4K, SZ_32K, SZ_256K, SZ_2M, SZ_32M, SZ_1G };

static void usage(const char *program, FILE *out)
{
	unsigned int i;

	fprintf(out,
		"Usage: %s [-s SIZE,...] [-c CASE,...] [-n TIMES] [-u UNIT]\n"
		"  -s SIZE,...  sizes of conversions, such as 4K,2M,1G\n"
		"  -c CASE,...  cases (default: all)\n"
		"  -n TIMES     how often each conversion is repeated (default %u)\n"
		"  -u UNIT      what the TSC counts here (default %s)\n"
		"Cases:\n", program, options.times, options.unit);
	for (i = 0; i < ARRAY_SIZE(cost_cases); i++)
		fprintf(out, "  %-11s %s\n", cost_cases[i].name, cost_cases[i].about);
}

static void wrong(const char *expected, const char *word)
{
	fprintf(stderr, "expected %s, not \"%s\"\n", expected, word);
	exit(2);
}

static void add_size(const char *word)
{
	size_t digits = strspn(word, "0123456789");

	if (!digits || digits > 5 || !strchr("KMGT", word[digits]) || !word[digits] ||
	    word[digits + 1] || !parse_size(word))
		wrong("a size such as 4K, 2M or 1G", word);
	if (options.nr_sizes == MAX_SIZES)
		wrong("fewer sizes", word);
	options.size[options.nr_sizes++] = parse_size(word);
}

static void add_case(const char *word)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cost_cases); i++) {
		if (!strcmp(cost_cases[i].name, word))
			break;
	}
	if (i == ARRAY_SIZE(cost_cases))
		wrong("the name of a case (see -h)", word);
	options.cases |= BIT(i);
}

static void add_words(char *list, void (*add)(const char *word))
{
	char *word;

	while ((word = strsep(&list, ",")))
		add(word);
}

static void parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "s:c:n:u:h")) != -1) {
		switch (option) {
		case 's':
			add_words(optarg, add_size);
			break;
		case 'c':
			add_words(optarg, add_case);
			break;
		case 'n':
			options.times = options_number(optarg, 1, MAX_TIMES, "times");
			break;
		case 'u':
			options.unit = optarg;
			break;
		default:
			options_help(option, argv[0], usage);
		}
	}
	if (optind < argc)
		wrong("no argument", argv[optind]);
	if (!options.cases)
		options.cases = GENMASK(ARRAY_SIZE(cost_cases) - 1, 0);
}

static enum backing_kind backing_of(const struct cost_case *cost_case)
{
	switch (cost_case->leaves) {
	case LEVEL_4K:
		return BACKING_MEMFD;
	case LEVEL_1G:
		return BACKING_HUGETLB_1GB;
	default:
		return BACKING_HUGETLB_2MB;
	}
}

/* The last memslot goes on behind the range, so that all hugepages of the range are in memslots. */
static void add_memslots(struct cost_vm *vm)
{
	unsigned int i, nr = vm->cost_case->slots;
	u64 size = vm->size / nr;

	for (i = 0; i < nr; i++) {
		u64 offset = i * size;
		u64 this_size = i == nr - 1 ? vm->view.size - offset : size;
		int error = vm_driver_bind_memslot(vm->vmd, i + 1, BASE + offset, this_size,
						   vm->view.base + offset, vm->gmem_fd, offset);

		TEST_ASSERT(!error, "No memslot %u: %s", i + 1, strerror(error));
	}
}

/* Behind all of the range's memslots, so in no hugepage of theirs. */
static void add_beside(struct cost_vm *vm)
{
	u64 offset = vm->view.size;
	int error;

	backing_map(&vm->beside, BACKING_MEMFD, 0, BESIDE_SIZE);
	error = vm_driver_bind_memslot(vm->vmd, vm->cost_case->slots + 1, BASE + offset,
				       BESIDE_SIZE, vm->beside.base, vm->gmem_fd, offset);
	TEST_ASSERT(!error, "No memslot beside the range: %s", strerror(error));
}

static void create_vm(struct cost_vm *vm, const struct cost_case *cost_case, u64 size)
{
	u64 whole = (size + SZ_1G - 1) / SZ_1G * SZ_1G;

	*vm = (struct cost_vm) { .cost_case = cost_case, .size = size };
	vm->vmd = vm_driver_create(1);
	if (!cost_case->slots)
		return;

	backing_map(&vm->view, backing_of(cost_case), 0, whole);
	vm->gmem_fd = vm_driver_create_gmem(vm->vmd, whole + (cost_case->stall ? BESIDE_SIZE : 0));
	add_memslots(vm);
	if (cost_case->stall)
		add_beside(vm);
}

static void free_vm(struct cost_vm *vm)
{
	vm_driver_free(vm->vmd);
	if (!vm->cost_case->slots)
		return;

	close(vm->gmem_fd);
	backing_unmap(&vm->view);
	if (vm->cost_case->stall)
		backing_unmap(&vm->beside);
}

/* All before it has been executed. */
static u64 ticks(void)
{
	_mm_lfence();
	return __rdtsc();
}

static u64 convert(struct cost_vm *vm, u64 offset, u64 size, bool private)
{
	u64 begin = ticks();
	int error = vm_driver_convert(vm->vmd, BASE + offset, size, private);
	u64 took = ticks() - begin;

	TEST_ASSERT(!error, "No conversion of %llu bytes: %s", (unsigned long long)size,
		    strerror(error));
	return took;
}

/*
 * The timer's interrupt costs as much as a small conversion: begin just behind one.  It shows as a
 * gap between two looks at the TSC, and need not come.
 */
static void wait_for_timer(void)
{
	u64 begin = ticks(), last, now = begin;

	do {
		last = now;
		now = ticks();
	} while (now - last < TIMER_LEAST && now - begin < TIMER_MOST);
}

static u64 measured(struct cost_vm *vm, bool private)
{
	if (vm->size <= SHORT)
		wait_for_timer();
	return convert(vm, 0, vm->size, private);
}

static u64 map_all(struct cost_vm *vm)
{
	u64 begin = ticks(), stopped;
	int error = vm_driver_prefault(vm->vmd, BASE, vm->size, &stopped);
	u64 took = ticks() - begin;

	TEST_ASSERT(!error, "No pre-fault at 0x%llx: %s", (unsigned long long)stopped,
		    strerror(error));
	return took;
}

static void make_alternate(struct cost_vm *vm, u64 whole)
{
	u64 offset;

	for (offset = GFN_BYTES; offset < whole; offset += 2 * GFN_BYTES)
		convert(vm, offset, GFN_BYTES, true);
}

/* Shared and private runs of 1 to 127 pages, the same in every VM. */
static void make_runs(struct cost_vm *vm, u64 whole)
{
	u64 state = 1, offset = 0;
	bool private = false;

	while (offset < whole) {
		u64 size = (1 + random_below(&state, 127)) * GFN_BYTES;

		size = min(size, whole - offset);
		if (private)
			convert(vm, offset, size, true);
		private = !private;
		offset += size;
	}
}

static void make_pattern(struct cost_vm *vm)
{
	u64 whole = (vm->size + SZ_2M - 1) / SZ_2M * SZ_2M;

	switch (vm->cost_case->pattern) {
	case ALTERNATE:
		make_alternate(vm, whole);
		break;
	case RUNS:
		make_runs(vm, whole);
		break;
	default:
		break;
	}
}

/* What is measured of one kind. */
struct figure {
	const char *name;
	unsigned long long value[MAX_TIMES];
	unsigned int nr;
};

static void add_value(struct figure *figure, u64 value)
{
	figure->value[figure->nr++] = value;
}

static int compare(const void *a, const void *b)
{
	unsigned long long left = *(const unsigned long long *)a;
	unsigned long long right = *(const unsigned long long *)b;

	return (left > right) - (left < right);
}

/* The median, and the least and the most of the values. */
static void print_figure(const struct cost_vm *vm, struct figure *figure, const char *unit)
{
	unsigned long long *value = figure->value;
	unsigned int nr = figure->nr;

	if (!nr)
		return;
	qsort(value, nr, sizeof(*value), compare);
	printf("%s\t%llu\t%s\t%llu\t%llu\t%llu\t%s\n", vm->cost_case->name,
	       (unsigned long long)vm->size, figure->name, value[(nr - 1) / 2], value[0],
	       value[nr - 1], unit);
	fflush(stdout);
}

/* How many leaves of a level there are. */
struct leaf_figures {
	struct figure of_4K, of_2M;
};

static void add_leaves(struct leaf_figures *figures, const struct cost_vm *vm)
{
	u64 leaves[NR_LEVELS];

	vm_driver_leaves(vm->vmd, leaves);
	add_value(&figures->of_4K, leaves[LEVEL_4K]);
	add_value(&figures->of_2M, leaves[LEVEL_2M]);
}

static void print_leaves(const struct cost_vm *vm, struct leaf_figures *figures)
{
	figures->of_4K.name = "leaves_4K";
	figures->of_2M.name = "leaves_2M";
	print_figure(vm, &figures->of_4K, "leaves");
	print_figure(vm, &figures->of_2M, "leaves");
}

static void measure_whole(struct cost_vm *vm)
{
	static struct figure first, private, private_again, shared, shared_again, refault, memory;
	static struct leaf_figures leaves;
	bool weigh = options.memory && vm->size >= MEMORY_LEAST;
	unsigned int i;

	first = (struct figure) { "first_to_private" };
	private = (struct figure) { "to_private" };
	private_again = (struct figure) { "private_again" };
	shared = (struct figure) { "to_shared" };
	shared_again = (struct figure) { "shared_again" };
	refault = (struct figure) { "refault" };
	memory = (struct figure) { "memory" };
	leaves = (struct leaf_figures) { };
	for (i = 0; i <= options.times; i++) {
		u64 mapping = vm->cost_case->leaves ? map_all(vm) : 0;
		u64 before;

		if (i && mapping)
			add_value(&refault, mapping);
		make_pattern(vm);
		before = weigh && !i ? vm_memory_read().slab : 0;
		add_value(i ? &private : &first, measured(vm, true));
		if (weigh && !i)
			add_value(&memory, vm_memory_read().slab - before);
		add_value(&private_again, measured(vm, true));
		if (vm->cost_case->private) {
			mapping = map_all(vm);
			/* The first one allocates the pages, and clears them. */
			if (i)
				add_value(&refault, mapping);
			add_leaves(&leaves, vm);
		}
		add_value(&shared, measured(vm, false));
		add_value(&shared_again, measured(vm, false));
	}
	print_figure(vm, &first, options.unit);
	print_figure(vm, &private, options.unit);
	print_figure(vm, &private_again, options.unit);
	print_figure(vm, &shared, options.unit);
	print_figure(vm, &shared_again, options.unit);
	print_figure(vm, &refault, options.unit);
	print_figure(vm, &memory, "bytes");
	print_leaves(vm, &leaves);
}

/* All of the range is private and mapped, a page in the middle becomes shared and private again. */
static void measure_page(struct cost_vm *vm)
{
	static struct figure private, shared, refault;
	static struct leaf_figures leaves;
	u64 page = vm->size / 2;
	unsigned int i;

	private = (struct figure) { "to_private" };
	shared = (struct figure) { "to_shared" };
	refault = (struct figure) { "refault" };
	leaves = (struct leaf_figures) { };
	convert(vm, 0, vm->size, true);
	for (i = 0; i < options.times; i++) {
		map_all(vm);
		wait_for_timer();
		add_value(&shared, convert(vm, page, GFN_BYTES, false));
		add_value(&refault, map_all(vm));
		add_leaves(&leaves, vm);
		wait_for_timer();
		add_value(&private, convert(vm, page, GFN_BYTES, true));
	}
	print_figure(vm, &private, options.unit);
	print_figure(vm, &shared, options.unit);
	print_figure(vm, &refault, options.unit);
	print_leaves(vm, &leaves);
}

/*
 * A conversion, and the longest that a vCPU waits for a page meanwhile, in the same unit.  None of
 * that vCPU's pages is mapped before.
 */
static void measure_wait(struct cost_vm *vm, bool private, struct figure *took,
			 struct figure *waited)
{
	u64 beside = vm->view.size, begin, ns, longest;
	struct punctual_vcpu vcpu;

	convert(vm, beside, BESIDE_SIZE, true);
	convert(vm, beside, BESIDE_SIZE, false);
	punctual_vcpu_start(&vcpu, vm->vmd, BASE + beside, BESIDE_SIZE);
	ns = monotonic_ns();
	begin = ticks();
	add_value(took, convert(vm, 0, vm->size, private));
	longest = punctual_vcpu_stop(&vcpu);
	add_value(waited, longest * (ticks() - begin) / (monotonic_ns() - ns));
}

static void measure_stall(struct cost_vm *vm)
{
	static struct figure private, shared, private_wait, shared_wait;
	unsigned int i;

	private = (struct figure) { "to_private" };
	shared = (struct figure) { "to_shared" };
	private_wait = (struct figure) { "private_wait" };
	shared_wait = (struct figure) { "shared_wait" };
	for (i = 0; i < options.times; i++) {
		measure_wait(vm, true, &private, &private_wait);
		map_all(vm);
		measure_wait(vm, false, &shared, &shared_wait);
	}
	print_figure(vm, &private, options.unit);
	print_figure(vm, &shared, options.unit);
	print_figure(vm, &private_wait, options.unit);
	print_figure(vm, &shared_wait, options.unit);
}

/* Pages one after the other, but in no order, each at some place in its share of the range. */
static u64 storm(struct cost_vm *vm, bool private)
{
	u64 share = vm->size / STORM, state = 1, sum = 0;
	unsigned int i;

	for (i = 0; i < STORM; i++) {
		u64 place = i * 389 % STORM * share;

		place += random_below(&state, share / GFN_BYTES) * GFN_BYTES;
		sum += convert(vm, place, GFN_BYTES, private);
	}
	return sum / STORM;
}

static void measure_storm(struct cost_vm *vm)
{
	static struct figure private, shared;
	unsigned int i;

	private = (struct figure) { "to_private" };
	shared = (struct figure) { "to_shared" };
	for (i = 0; i < options.times; i++) {
		add_value(&private, storm(vm, true));
		add_value(&shared, storm(vm, false));
	}
	print_figure(vm, &private, options.unit);
	print_figure(vm, &shared, options.unit);
}

/* A reason why the case cannot be measured at that size, or here. */
static const char *obstacle(const struct cost_case *cost_case, u64 size)
{
	const char *reason;

	if (cost_case->storm && size < STORM * GFN_BYTES)
		return "fewer pages than conversions";
	if (cost_case->slots > size / GFN_BYTES)
		return "fewer pages than memslots";
	if (cost_case->slots && BASE + size + (cost_case->stall ? SZ_1G : 0) > SCENARIO_MAX_GPA)
		return "no memslots of that size";
	if (cost_case->stall && size < SZ_32M)
		return "ends before anybody waits";
	if (cost_case->stall && !punctual_vcpu_can_start())
		return "needs real-time priority";
	if (cost_case->page && size < 2 * GFN_BYTES)
		return "has no page in the middle";
	if ((cost_case->leaves || cost_case->private) && !vm_driver_has_prefault())
		return "needs KVM_PRE_FAULT_MEMORY";
	reason = cost_case->slots ? backing_prepare(backing_of(cost_case)) : NULL;
	return !reason && cost_case->stall ? backing_prepare(BACKING_MEMFD) : reason;
}

static void measure(const struct cost_case *cost_case, u64 size)
{
	const char *reason = obstacle(cost_case, size);
	char text[SIZE_TEXT_MAX];
	struct cost_vm vm;

	if (reason) {
		printf("# %s %s: %s\n", cost_case->name, format_size(size, text), reason);
		return;
	}
	create_vm(&vm, cost_case, size);
	if (cost_case->storm)
		measure_storm(&vm);
	else if (cost_case->page)
		measure_page(&vm);
	else if (cost_case->stall)
		measure_stall(&vm);
	else
		measure_whole(&vm);
	free_vm(&vm);
}

static void measure_case(const struct cost_case *cost_case)
{
	unsigned int i;

	for (i = 0; i < options.nr_sizes; i++)
		measure(cost_case, options.size[i]);
	for (i = 0; i < ARRAY_SIZE(usual_sizes) && !options.nr_sizes; i++) {
		if (usual_sizes[i] <= cost_case->most)
			measure(cost_case, usual_sizes[i]);
	}
}

int main(int argc, char **argv)
{
	unsigned int i;

	parse_options(argc, argv);
	if (vm_driver_missing())
		ksft_exit_skip("needs %s\n", vm_driver_missing());

	options.memory = !vm_memory_missing();
	printf("case\tsize\tfigure\tvalue\tleast\tmost\tunit\n");
	for (i = 0; i < ARRAY_SIZE(cost_cases); i++) {
		if (options.cases & BIT(i))
			measure_case(&cost_cases[i]);
	}
	return 0;
}
