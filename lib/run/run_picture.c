// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model/film.h"
#include "run/run_picture.h"

static void print_member(const char *name, const char *value, FILE *out)
{
	fprintf(out, "\"%s\": ", name);
	film_print_string(value, out);
	fprintf(out, ",\n");
}

static void print_message(const char *failure, FILE *out)
{
	char *line = strndup(failure, strcspn(failure, "\n"));

	print_member("message", line ? : "", out);
	free(line);
}

static void print_counts(const char *name, const u64 leaves[NR_LEVELS], FILE *out)
{
	fprintf(out, "\"%s\": [%llu, %llu, %llu]", name, (unsigned long long)leaves[LEVEL_4K],
		(unsigned long long)leaves[LEVEL_2M], (unsigned long long)leaves[LEVEL_1G]);
}

static bool are_alike(const struct level_map_row *a, const struct level_map_row *b)
{
	return a->attributes == b->attributes && a->known == b->known &&
	       !memcmp(a->wanted, b->wanted, sizeof(a->wanted)) &&
	       !memcmp(a->got, b->got, sizeof(a->got));
}

/* Print row @i of @map and those after it that are like it. Returns how many. */
static size_t print_rows(const struct level_map *map, size_t i, FILE *out)
{
	const struct level_map_row *row = &map->row[i];
	size_t nr = 1;

	while (i + nr < map->nr && are_alike(row, &map->row[i + nr]))
		nr++;
	fprintf(out, "%s\n  {\"gpa\": %llu, \"size\": %llu, \"number\": %zu, ", i ? "," : "",
		(unsigned long long)(map->base_gfn + i * level_pages(map->unit)) << GFN_SHIFT,
		(unsigned long long)level_bytes(map->unit), nr);
	fprintf(out, "\"attributes\": \"%s\", ", level_map_attributes(row->attributes));
	print_counts("wanted", row->wanted, out);
	fprintf(out, ", ");
	if (row->known)
		print_counts("got", row->got, out);
	else
		fprintf(out, "\"got\": null");
	fprintf(out, "}");
	return nr;
}

static void print_map(const struct level_map *map, FILE *out)
{
	size_t i;

	fprintf(out, "\"rows\": [");
	for (i = 0; map && i < map->nr;)
		i += print_rows(map, i, out);
	fprintf(out, "],\n");
}

static void print_picture(const struct scenario_run *run, u64 gpa, const struct level_map *map,
			  FILE *out)
{
	fprintf(out, "{\n");
	print_member("program", program_invocation_short_name, out);
	print_member("case", run->name, out);
	print_message(run->failure, out);
	fprintf(out, "\"gpa\": %llu,\n\"refused\": %llu,\n", (unsigned long long)gpa,
		(unsigned long long)run->nr_refused);
	print_map(map, out);
	fprintf(out, "\"state\": ");
	film_print_state(run->model, out);
	fprintf(out, ",\n");
	film_print(&run->done, &run->model->traits, out);
	fprintf(out, "\n}\n");
}

/* A case's name may have characters that should not be in a file's. */
static void name_file(const char *folder, const char *name, char path[PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s/failures", folder);

	if (len >= PATH_MAX)
		return;
	mkdir(folder, 0755);
	mkdir(path, 0755);
	snprintf(path + len, PATH_MAX - len, "/%s.%s.json", program_invocation_short_name, name);
	for (len++; path[len]; len++) {
		if (!isalnum(path[len]) && !strchr("._-", path[len]))
			path[len] = '_';
	}
}

void run_picture_save(const struct scenario_run *run, u64 gpa, const struct level_map *map)
{
	const char *folder = getenv("KVM_LPAGE_RESULTS");
	char path[PATH_MAX];
	FILE *out;

	if (!folder)
		return;

	name_file(folder, run->name, path);
	out = fopen(path, "w");
	if (!out)
		return;

	print_picture(run, gpa, map, out);
	fclose(out);
}
