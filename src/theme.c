/* SPDX-License-Identifier: Apache-2.0 */
/* The command theme: building the bases of persons, legal entities and houses, and looking into them. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/resource.h>
#include "base/json.h"
#include "base/text.h"
#include "command.h"
#include "data/theme/theme.h"

static int usage(FILE *to)
{
	fputs("yongyun theme build --from FOLDER --out STORE [options]\n"
	      "yongyun theme look --store STORE --id|--code|--name|--address|--entity TEXT\n"
	      "yongyun theme doubts --store STORE\n\n"
	      "build: reads FOLDER/CODE.csv of each resource, cleans and links the records to single\n"
	      "persons, legal entities and houses with their relations, and swaps them into STORE.\n\n"
	      "  --settings FILE    what the columns mean (docs/theme.md); else those of docs/city.md\n"
	      "  --truth FOLDER     truth.csv and relations.csv: print precision and recall\n"
	      "  --judged FILE      what people judged of pairs: it is obeyed\n"
	      "  --memory GIB       end rather than take more memory for data\n"
	      "  --threads N        else as many as processors, at most 8\n"
	      "  --quiet            no progress\n\n"
	      "look: prints as JSON, unmasked, whom STORE has under a citizen number, a code of legal\n"
	      "entities, a name, an address, or an entity (P…, F…, H…).\n\n"
	      "  --limit N          entities, at most 200; --after ENTITY goes on behind it\n"
	      "  --relations N      of each, 100 unless said\n\n"
	      "doubts: prints the pairs that people should look at, as JSON lines.\n",
	      to);
	return to == stdout ? 0 : 2;
}

static int complain(const struct call *c)
{
	fprintf(stderr, "yongyun: %s\n", c->problem[0] ? c->problem : "failed");
	return 1;
}

struct asked {
	struct theme_ask build;
	struct theme_query look;
	const char *store;
	int64_t memory, threads, limit, relations;
};

static bool read_options(int argc, char **argv, struct asked *q)
{
	enum {
		FROM = 1,
		OUT,
		STORE,
		SETTINGS,
		TRUTH,
		JUDGED,
		MEMORY,
		THREADS,
		QUIET,
		ID,
		CODE,
		NAME,
		ADDRESS,
		ENTITY,
		LIMIT,
		AFTER,
		RELATIONS
	};
	static const struct option options[] = {
		{ "from", required_argument, NULL, FROM },
		{ "out", required_argument, NULL, OUT },
		{ "store", required_argument, NULL, STORE },
		{ "settings", required_argument, NULL, SETTINGS },
		{ "truth", required_argument, NULL, TRUTH },
		{ "judged", required_argument, NULL, JUDGED },
		{ "memory", required_argument, NULL, MEMORY },
		{ "threads", required_argument, NULL, THREADS },
		{ "quiet", no_argument, NULL, QUIET },
		{ "id", required_argument, NULL, ID },
		{ "code", required_argument, NULL, CODE },
		{ "name", required_argument, NULL, NAME },
		{ "address", required_argument, NULL, ADDRESS },
		{ "entity", required_argument, NULL, ENTITY },
		{ "limit", required_argument, NULL, LIMIT },
		{ "after", required_argument, NULL, AFTER },
		{ "relations", required_argument, NULL, RELATIONS },
		{ 0 },
	};
	static const enum theme_by by[] = { [ID] = THEME_BY_ID,
					    [CODE] = THEME_BY_CODE,
					    [NAME] = THEME_BY_NAME,
					    [ADDRESS] = THEME_BY_ADDRESS,
					    [ENTITY] = THEME_BY_ENTITY };
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case FROM: q->build.from = optarg; break;
		case OUT:
		case STORE: q->store = optarg; break;
		case SETTINGS: q->build.settings = optarg; break;
		case TRUTH: q->build.truth = optarg; break;
		case JUDGED: q->build.judged = optarg; break;
		case QUIET: q->build.quiet = true; break;
		case AFTER: q->look.after = optarg; break;
		case ID:
		case CODE:
		case NAME:
		case ADDRESS:
		case ENTITY:
			q->look.by = by[option];
			q->look.text = optarg;
			break;
		case MEMORY:
			if (!int_parse(optarg, &q->memory) || q->memory < 1 || q->memory > 65536)
				return false;
			break;
		case THREADS:
			if (!int_parse(optarg, &q->threads) || q->threads < 1 || q->threads > 64)
				return false;
			break;
		case LIMIT:
			if (!int_parse(optarg, &q->limit) || q->limit < 1 ||
			    q->limit > THEME_LIMIT_MAX)
				return false;
			break;
		case RELATIONS:
			if (!int_parse(optarg, &q->relations) || q->relations < 0 ||
			    q->relations > 10000)
				return false;
			break;
		default: return false;
		}
	}
	return q->store != NULL;
}

static int build(struct call *c, struct asked *q)
{
	struct theme_counts counts;

	q->build.store = q->store;
	q->build.threads = (unsigned)q->threads;
	if (!q->build.from)
		return usage(stderr);
	/* What is mapped from files does not count; only what only memory can hold. */
	struct rlimit limit = { (rlim_t)q->memory << 30, (rlim_t)q->memory << 30 };
	if (q->memory && setrlimit(RLIMIT_DATA, &limit)) {
		fprintf(stderr, "yongyun: cannot limit the memory: %s\n", strerror(errno));
		return 1;
	}
	return theme_build(c, &q->build, stdout, &counts) ? complain(c) : 0;
}

static void print_entity(struct json_out *j, const struct theme_entity *e)
{
	json_object_begin(j);
	json_put_str(j, "id", e->id);
	json_put_str(j, "kind", theme_kind_words[e->kind]);
	json_key(j, "values");
	json_array_begin(j);
	for (size_t i = 0; i < e->values_count; i++) {
		json_object_begin(j);
		json_put_str(j, "name", e->values[i].name);
		json_put_str(j, "value", e->values[i].value);
		json_put_bool(j, "valid", e->values[i].valid);
		json_put_str(j, "record", e->values[i].record);
		json_object_end(j);
	}
	json_array_end(j);
	json_key(j, "records");
	json_array_begin(j);
	for (size_t i = 0; i < e->links_count; i++)
		json_str(j, e->links[i].record);
	json_array_end(j);
	json_key(j, "relations");
	json_array_begin(j);
	for (size_t i = 0; i < e->relations_count; i++) {
		const struct theme_relation *r = &e->relations[i];
		json_object_begin(j);
		json_put_str(j, "kind", r->kind);
		json_put_str(j, r->out ? "to" : "from", r->entity);
		json_put_str(j, "name", r->name);
		json_put_str(j, "resource", r->resource);
		json_put_int(j, "row", r->row);
		json_put_int(j, "stated", r->count);
		json_object_end(j);
	}
	json_array_end(j);
	if (e->more_relations)
		json_put_bool(j, "more_relations", true);
	json_object_end(j);
}

static int look(struct call *c, struct asked *q)
{
	struct theme *t;
	struct theme_entity *list;
	size_t count;
	struct buf text = { .arena = c->arena };
	struct json_out j = json_to(&text);

	if (!q->look.text)
		return usage(stderr);
	q->look.limit = (size_t)q->limit;
	q->look.relations = (size_t)q->relations;
	if (theme_open(c, q->store, &t))
		return complain(c);
	enum status st = theme_look(c, t, &q->look, &list, &count);
	if (!st) {
		json_array_begin(&j);
		for (size_t i = 0; i < count; i++)
			print_entity(&j, &list[i]);
		json_array_end(&j);
		puts(buf_text(&text));
	}
	theme_close(t);
	return st ? complain(c) : count == 0;
}

static enum status print_doubt(const struct theme_doubt *d, void *context)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);

	fprintf(context, "%s\n", shape_text(c, theme_doubt_shape, d));
	return ST_OK;
}

static int doubts(struct call *c, const struct asked *q)
{
	struct theme *t;

	if (theme_open(c, q->store, &t))
		return complain(c);
	enum status st = theme_doubts(c, t, print_doubt, stdout);
	theme_close(t);
	return st ? complain(c) : 0;
}

int command_theme(int argc, char **argv)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct asked asked = { .limit = 20, .relations = 100, .look = { .kind = -1 } };

	if (argc == 2 && (str_eq(argv[1], "--help") || str_eq(argv[1], "help")))
		return usage(stdout);
	if (!read_options(argc, argv, &asked) || argc - optind != 1)
		return usage(stderr);
	if (str_eq(argv[optind], "build"))
		return build(c, &asked);
	if (str_eq(argv[optind], "doubts"))
		return doubts(c, &asked);
	return str_eq(argv[optind], "look") ? look(c, &asked) : usage(stderr);
}
