/* SPDX-License-Identifier: Apache-2.0 */
/* yongyun city --scale S --out DIR [--seed N] [--errors R] [--resources LIST] [--gb18030 DEPARTMENT]
 *              [--threads N]
 * yongyun city --describe */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "city_private.h"

static int usage(void)
{
	fprintf(stderr,
		"yongyun city --scale S --out DIR [--seed N] [--errors R] [--resources LIST]\n"
		"             [--gb18030 DEPARTMENT] [--threads N]\n"
		"yongyun city --describe   the tables of docs/city.md\n\n"
		"S is 0.0001 to 1 (32.51 million records); R times the documented rates of error;\n"
		"LIST such as GA01,WJ03; DEPARTMENT one of GA MZ WJ RS ZJ ZG SJ ZZ.\n");
	return 2;
}

/* A decimal with at most 'places' places, times 10^places. */
static enum status read_decimal(struct call *c, const char *name, const char *s, int places,
				uint32_t *out)
{
	uint64_t n = 0;
	int behind = -1;

	for (const char *at = s; *at; at++) {
		if (*at == '.' && behind < 0) {
			behind = 0;
			continue;
		}
		if (*at < '0' || *at > '9' || n > 100000000)
			return fail(c, ST_BAD_INPUT, name, "%s is a decimal number, not '%s'", name,
				    s);
		n = n * 10 + (uint64_t)(*at - '0');
		behind += behind >= 0;
	}
	if (!*s || behind > places)
		return fail(c, ST_BAD_INPUT, name, "%s has at most %d decimal places", name,
			    places);
	for (int i = behind < 0 ? 0 : behind; i < places; i++)
		n *= 10;
	*out = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	return ST_OK;
}

static enum status read_resources(struct call *c, const char *s, uint64_t *out)
{
	struct words list = words_split(c->arena, s, ',');

	for (size_t i = 0; i < list.count; i++) {
		int n = 0;
		while (n < CITY_RESOURCES && !str_case_eq(list.list[i], city_resources[n].code))
			n++;
		if (n == CITY_RESOURCES)
			return fail(c, ST_BAD_INPUT, "resources",
				    "there is no resource %s: see docs/city.md", list.list[i]);
		*out |= IN(n);
	}
	return ST_OK;
}

static enum status read_department(struct call *c, const char *s, int *out)
{
	for (int d = 0; d < CITY_DEPARTMENTS; d++)
		if (str_case_eq(s, city_departments[d].code)) {
			*out = d;
			return ST_OK;
		}
	return fail(c, ST_BAD_INPUT, "gb18030", "there is no department %s: see docs/city.md", s);
}

static enum status read_count(struct call *c, const char *name, const char *s, uint64_t most,
			      uint64_t *out)
{
	char *end;
	errno = 0;
	unsigned long long n = strtoull(s, &end, 10);

	if (*s < '0' || *s > '9' || *end || errno || n > most)
		return fail(c, ST_BAD_INPUT, name, "%s is a whole number of at most %llu, not '%s'",
			    name, (unsigned long long)most, s);
	*out = n;
	return ST_OK;
}

static void report(const struct city_options *o, const struct city_report *r)
{
	int64_t base = r->persons + r->firms + r->houses;

	printf("%lld records of the registers, %.1f MB, in %s\n", (long long)r->records,
	       (double)r->bytes / 1e6, o->folder);
	printf("%lld persons, %lld legal entities, %lld houses, %lld relations\n",
	       (long long)r->persons, (long long)r->firms, (long long)r->houses,
	       (long long)r->relations);
	if (!o->resources)
		printf("%lld linked records: %lld base, %lld source links, %lld relations\n",
		       (long long)(base + r->records + r->relations), (long long)base,
		       (long long)r->records, (long long)r->relations);
	printf("%.2f s, %.2f s of CPU, %.2f million records per second of CPU\n", r->seconds,
	       r->cpu, r->cpu > 0 ? (double)r->records / r->cpu / 1e6 : 0);
}

int city_main(int argc, char **argv)
{
	static const struct option options[] = { { "scale", required_argument, NULL, 's' },
						 { "out", required_argument, NULL, 'o' },
						 { "seed", required_argument, NULL, 'n' },
						 { "errors", required_argument, NULL, 'e' },
						 { "resources", required_argument, NULL, 'r' },
						 { "gb18030", required_argument, NULL, 'g' },
						 { "threads", required_argument, NULL, 't' },
						 { "describe", no_argument, NULL, 'd' },
						 { 0 } };
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct city_options in = { .errors = 1000, .gb18030 = -1, .threads = 1 };
	uint64_t threads = processors > 0 ? (uint64_t)processors : 1;
	struct city_report out;
	enum status st = ST_OK;
	bool scaled = false;
	int option;

	optind = 1;
	while (!st && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			st = read_decimal(c, "scale", optarg, 4, &in.grids);
			scaled = true;
			break;
		case 'o': in.folder = optarg; break;
		case 'n': st = read_count(c, "seed", optarg, UINT64_MAX, &in.seed); break;
		case 'e': st = read_decimal(c, "errors", optarg, 3, &in.errors); break;
		case 'r': st = read_resources(c, optarg, &in.resources); break;
		case 'g': st = read_department(c, optarg, &in.gb18030); break;
		case 't': st = read_count(c, "threads", optarg, 256, &threads); break;
		case 'd': {
			struct buf text = { .arena = a };
			city_document(&text);
			printf("%s", buf_text(&text));
			return 0;
		}
		default: return usage();
		}
	}
	if (!st && (optind < argc || !scaled || !in.folder))
		return usage();
	in.threads = (uint32_t)threads;
	if (!st)
		st = city_write(c, &in, &out);
	if (st) {
		fprintf(stderr, "yongyun: %s\n", c->problem);
		return 1;
	}
	report(&in, &out);
	return 0;
}
