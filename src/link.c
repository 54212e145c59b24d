/* SPDX-License-Identifier: Apache-2.0 */
/* The command link: the linkage engine on tables of one's own, without a house. */
#include <getopt.h>
#include <stdio.h>
#include "base/text.h"
#include "command.h"
#include "engine/linkage/linkage.h"

static int usage(FILE *to)
{
	fputs("yongyun link [options] TABLE.csv [TABLE.csv …]\n\n"
	      "Finds the records that are the same person, company or house: within one table, or\n"
	      "between several. Without --settings those that --suggest prints are used.\n\n"
	      "  --suggest          print settings for these tables, for --settings, and end\n"
	      "  --settings FILE    columns, comparisons, blocking rules (docs/linkage.md)\n"
	      "  --out FOLDER       write links, clusters, merges, golden records, settings\n"
	      "  --id COLUMN        the records' ids; else unique_id, id, rec_id or the place\n"
	      "  --truth WHAT       a column, or a CSV file of pairs of ids: print precision, recall, F1\n"
	      "  --judged FILE      a CSV file of two ids and verdict, same or different: it is obeyed\n"
	      "  --report FILE      the report as JSON\n"
	      "  --explain ID,ID    print the weights of this pair as JSON\n"
	      "  --delimiter CHAR   else found in the first line: , ; tab | %\n"
	      "  --memory SIZE      at most so much, as 512M or 4G; the rest in files of FOLDER or $TMPDIR\n"
	      "  --threads N        else as many as processors, at most 8\n"
	      "  --quiet            no progress\n",
	      to);
	return to == stdout ? 0 : 2;
}

static bool read_options(int argc, char **argv, struct linkage_ask *ask)
{
	enum {
		SUGGEST = 1,
		SETTINGS,
		OUT,
		ID,
		TRUTH,
		JUDGED,
		REPORT,
		EXPLAIN,
		DELIMITER,
		MEMORY,
		THREADS,
		QUIET
	};
	static const struct option options[] = {
		{ "suggest", no_argument, NULL, SUGGEST },
		{ "settings", required_argument, NULL, SETTINGS },
		{ "out", required_argument, NULL, OUT },
		{ "id", required_argument, NULL, ID },
		{ "truth", required_argument, NULL, TRUTH },
		{ "judged", required_argument, NULL, JUDGED },
		{ "report", required_argument, NULL, REPORT },
		{ "explain", required_argument, NULL, EXPLAIN },
		{ "delimiter", required_argument, NULL, DELIMITER },
		{ "memory", required_argument, NULL, MEMORY },
		{ "threads", required_argument, NULL, THREADS },
		{ "quiet", no_argument, NULL, QUIET },
		{ 0 },
	};
	int64_t threads;
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case SUGGEST: ask->suggest_only = true; break;
		case SETTINGS: ask->settings = optarg; break;
		case OUT: ask->out = optarg; break;
		case ID: ask->id = optarg; break;
		case TRUTH: ask->truth = optarg; break;
		case JUDGED: ask->judged = optarg; break;
		case REPORT: ask->report = optarg; break;
		case EXPLAIN: ask->explain = optarg; break;
		case DELIMITER: ask->delimiter = str_eq(optarg, "\\t") ? '\t' : optarg[0]; break;
		case MEMORY:
			if (!linkage_memory_parse(optarg, &ask->memory)) {
				fputs("yongyun: --memory is a number of bytes from 1 on, or of K, M or G\n",
				      stderr);
				return false;
			}
			break;
		case THREADS:
			if (!int_parse(optarg, &threads) || threads < 1 || threads > 64)
				return false;
			ask->threads = (unsigned)threads;
			break;
		case QUIET: ask->quiet = true; break;
		default: return false;
		}
	}
	ask->inputs = (const char *const *)(argv + optind);
	ask->input_count = (unsigned)(argc - optind);
	return ask->input_count > 0;
}

int command_link(int argc, char **argv)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct linkage_ask ask = { 0 };

	if (argc == 2 && (str_eq(argv[1], "--help") || str_eq(argv[1], "help")))
		return usage(stdout);
	if (!read_options(argc, argv, &ask))
		return usage(stderr);
	if (linkage_run(c, &ask, stdout)) {
		fprintf(stderr, "yongyun: %s\n", c->problem[0] ? c->problem : "failed");
		return 1;
	}
	return 0;
}
