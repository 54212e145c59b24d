/* SPDX-License-Identifier: Apache-2.0 */
/* The command intake: a table held to its rules without a house, or handed in to one. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/text.h"
#include "command.h"
#include "data/intake/intake.h"

struct asked {
	const char *rules, *resource, *out, *config;
};

static int usage(FILE *to)
{
	fputs("yongyun intake check --rules RULES --resource CODE --out FOLDER TABLE.csv\n"
	      "yongyun intake take --resource CODE [--config FILE] TABLE.csv\n\n"
	      "check: holds a table (CSV, UTF-8 or GB 18030) to the section [CODE] of RULES and writes\n"
	      "FOLDER/clean.csv, rejected.csv and quality.json, all or none (docs/intake.md).\n"
	      "take: hands it in to the city as a batch of a resource of the catalogue, whose items\n"
	      "and rules it is held to, and prints what came of it.\n",
	      to);
	return to == stdout ? 0 : 2;
}

static int complain(const struct call *c)
{
	fprintf(stderr, "yongyun: %s\n", c->problem[0] ? c->problem : "failed");
	return 1;
}

static enum status write_whole(struct call *c, const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	bool bad = !f;

	if (f) {
		fputs(text, f);
		bad = ferror(f) != 0;
		bad |= fflush(f) != 0 || fsync(fileno(f)) != 0;
		bad |= fclose(f) != 0;
	}
	return bad ? fail(c, ST_INTERNAL, "out", "cannot write %s: %s", path, strerror(errno))
		   : ST_OK;
}

/* The results are written beside the folder and become it by one rename. */
static enum status check_into(struct call *c, const struct intake_rules *rules,
			      const struct asked *asked, const char *table)
{
	const char *making = arena_printf(c->arena, "%s.making", asked->out);
	struct intake_ask ask = { .path = table, .shown = table, .rules = rules };
	struct intake_quality q;

	if ((mkdir(making, 0750) && errno != EEXIST))
		return fail(c, ST_BAD_INPUT, "out", "cannot make %s: %s", making, strerror(errno));
	ask.clean = arena_printf(c->arena, "%s/clean.csv", making);
	ask.rejected = arena_printf(c->arena, "%s/rejected.csv", making);
	const char *quality = arena_printf(c->arena, "%s/quality.json", making);
	enum status st = intake_check(c, &ask, &q);
	if (!st)
		st = write_whole(c, quality, intake_quality_json(c, &q));
	if (!st && rename(making, asked->out))
		st = fail(c, ST_CONFLICT, "out",
			  "cannot make %s: %s; a folder that is there already is not written over",
			  asked->out, strerror(errno));
	if (st) {
		(void)unlink(ask.clean);
		(void)unlink(ask.rejected);
		(void)unlink(quality);
		(void)rmdir(making);
		return st;
	}
	printf("%lld rows: %lld accepted, %lld rejected\n", (long long)q.rows,
	       (long long)q.accepted, (long long)q.rejected);
	return ST_OK;
}

static int check(struct call *c, const struct asked *asked, const char *table)
{
	struct intake_rules *rules = arena_alloc(c->arena, sizeof *rules);
	struct file_text text;

	if (!asked->rules || !asked->resource || !asked->out)
		return usage(stderr);
	if (intake_text_open(c, asked->rules, &text))
		return complain(c);
	enum status st =
		intake_rules_parse(c, asked->rules, text.data, text.size, asked->resource, rules);
	file_text_close(&text);
	if (!st)
		st = check_into(c, rules, asked, table);
	return st ? complain(c) : 0;
}

static enum status read_batch(struct call *c, const void *in, void *out)
{
	return intake_batch_read(c, in, out);
}

static int take(struct call *c, const struct asked *asked, const char *table)
{
	struct intake_batch b = { 0 };
	struct house h;

	if (!asked->resource)
		return usage(stderr);
	if (house_open(c, &h, asked->config, HOUSE_ROWS))
		return complain(c);
	c->house = &h;
	enum status st = intake_hand_in(c, asked->resource, table, "command", &b);
	if (!st)
		st = intake_run(c, b.id);
	if (!st)
		st = db_read(c, h.db, read_batch, b.id, &b, sizeof b);
	if (!st && b.state == BATCH_TAKEN)
		printf("batch %lld of %s (%s): %lld rows, %lld accepted, %lld rejected\n",
		       (long long)b.number, b.resource_code, b.id, (long long)b.rows,
		       (long long)b.accepted, (long long)b.rejected);
	else if (!st)
		fprintf(stderr, "yongyun: batch %lld of %s is refused: %s\n", (long long)b.number,
			b.resource_code, b.problem ? b.problem : "");
	if (st)
		(void)complain(c);
	house_close(&h, HOUSE_ROWS);
	return st || b.state != BATCH_TAKEN;
}

int command_intake(int argc, char **argv)
{
	static const struct option options[] = { { "rules", required_argument, NULL, 'r' },
						 { "resource", required_argument, NULL, 'c' },
						 { "out", required_argument, NULL, 'o' },
						 { "config", required_argument, NULL, 'f' },
						 { 0 } };
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct asked asked = { 0 };
	int option;

	if (argc == 2 && (str_eq(argv[1], "--help") || str_eq(argv[1], "help")))
		return usage(stdout);
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'r': asked.rules = optarg; break;
		case 'c': asked.resource = optarg; break;
		case 'o': asked.out = optarg; break;
		case 'f': asked.config = optarg; break;
		default: return usage(stderr);
		}
	}
	if (argc - optind == 2 && str_eq(argv[optind], "check"))
		return check(c, &asked, argv[optind + 1]);
	if (argc - optind == 2 && str_eq(argv[optind], "take"))
		return take(c, &asked, argv[optind + 1]);
	return usage(stderr);
}
