/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of an operator: init, check, audit, token, config. */
#include <getopt.h>
#include <stdio.h>
#include "command.h"
#include "door/audit/audit.h"
#include "door/identity/identity.h"
#include "door/module.h"

struct asked {
	const char *config, *profile, *password_file;
	bool deep;
};

static bool read_options(int argc, char **argv, struct asked *out)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
						 { "profile", required_argument, NULL, 'p' },
						 { "password-file", required_argument, NULL, 'f' },
						 { "deep", no_argument, NULL, 'd' },
						 { 0 } };
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (option) {
		case 'c': out->config = optarg; break;
		case 'p': out->profile = optarg; break;
		case 'f': out->password_file = optarg; break;
		case 'd': out->deep = true; break;
		default: return false;
		}
	}
	return true;
}

static int complain(const struct call *c)
{
	fprintf(stderr, "yongyun: %s\n", c->problem[0] ? c->problem : "failed");
	return 1;
}

/* --- init --- */

static enum status read_password(struct call *c, const char *path, const char **out)
{
	char line[256] = "";
	FILE *f = path ? fopen(path, "re") : NULL;

	*out = NULL;
	if (!path)
		return ST_OK;
	if (!f || !fgets(line, sizeof line, f)) {
		if (f)
			fclose(f);
		return fail(c, ST_BAD_INPUT, "password-file", "cannot read %s", path);
	}
	fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	*out = arena_strdup(c->arena, line);
	return ST_OK;
}

int command_init(int argc, char **argv)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct asked asked = { 0 };
	struct house h;
	struct buf passwords = { .arena = a };
	const char *password, *profile;
	enum status st;

	if (!read_options(argc, argv, &asked))
		return 2;
	if (house_open(c, &h, asked.config, HOUSE_ROWS))
		return complain(c);
	profile = asked.profile                                   ? asked.profile
		  : h.config->server.profile == PROFILE_OPENSTACK ? "openstack"
								  : "city";
	st = read_password(c, asked.password_file, &password);
	if (!st && asked.profile && !str_eq(asked.profile, "city") &&
	    !str_eq(asked.profile, "openstack"))
		st = fail(c, ST_BAD_INPUT, "profile", "the profile is city or openstack");
	if (!st)
		st = audit_init(c, &h);
	if (!st)
		st = identity_init(c, &h, profile, password, &passwords);
	house_close(&h, HOUSE_ROWS);
	if (st)
		return complain(c);
	printf("%s", buf_text(&passwords));
	return 0;
}

/* --- check --- */

static void say(const char *what, bool good, const char *why)
{
	printf("%-5s %-12s %s\n", good ? "ok" : "BAD", what, why);
}

/* Every byte of the file store is read: each file has its name's digest, and as many refer to it as are
 * counted. Returns how many are wrong. */
static int64_t check_files(struct call *c, struct house *h)
{
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;

	call_forgive(c);
	enum status st = files_scrub(c, h->files, h->db, &report, &bad);
	if (st)
		bad++;
	say("files", !bad, st ? c->problem : bad ? "" : "holds");
	printf("%s", buf_text(&report));
	return bad;
}

int command_check(int argc, char **argv)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct asked asked = { 0 };
	struct house h;
	int64_t bad = 0;

	if (!read_options(argc, argv, &asked))
		return 2;
	if (house_open(c, &h, asked.config, HOUSE_ROOMS)) {
		say("house", false, c->problem);
		return 1;
	}
	say("database", true, db_kind_of(h.db) == DB_SQLITE ? "SQLite" : "PostgreSQL");
	for (const struct module *const *m = h.modules; *m; m++) {
		struct buf report = { .arena = a };
		int64_t of_room = 0;
		if (!(*m)->check)
			continue;
		call_forgive(c);
		enum status st = (*m)->check(c, &h, asked.deep, &report, &of_room);
		if (st)
			of_room++;
		say((*m)->name, !of_room, st ? c->problem : of_room ? "" : "holds");
		printf("%s", buf_text(&report));
		bad += of_room;
	}
	if (asked.deep)
		bad += check_files(c, &h);
	house_close(&h, HOUSE_ROOMS);
	return bad ? 1 : 0;
}

/* --- audit, token, config --- */

int command_audit(int argc, char **argv)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	const char *what = argc > 1 ? argv[1] : "";
	struct asked asked = { 0 };
	struct buf report = { .arena = a };
	struct house h;
	int64_t bad = 0;
	enum status st;

	if ((!str_eq(what, "verify") && !str_eq(what, "export")) ||
	    !read_options(argc - 1, argv + 1, &asked))
		return 2;
	if (house_open(c, &h, asked.config, HOUSE_ROWS))
		return complain(c);
	st = str_eq(what, "verify") ? audit_verify(c, &h, &report, &bad)
				    : audit_export(c, &h, stdout);
	house_close(&h, HOUSE_ROWS);
	printf("%s", buf_text(&report));
	return st ? complain(c) : bad ? 1 : 0;
}

int command_token(int argc, char **argv)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct asked asked = { 0 };
	struct house h;
	enum status st;

	if (argc < 2 || !str_eq(argv[1], "rotate") || !read_options(argc - 1, argv + 1, &asked))
		return 2;
	if (house_open(c, &h, asked.config, HOUSE_ROWS))
		return complain(c);
	st = identity_rotate_keys(c, &h);
	house_close(&h, HOUSE_ROWS);
	return st ? complain(c) : 0;
}

int command_config(int argc, char **argv)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct buf out = { .arena = a };

	(void)argc, (void)argv;
	config_document(&out);
	printf("%s", buf_text(&out));
	return 0;
}
