/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the house: configuration, database, files, routes, rooms, in this order; closing is the way
 * back. */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "command.h"
#include "db/files.h"
#include "db/schema.h"
#include "door/http/http.h"
#include "door/module.h"
#include "door/permission.h"

static enum status make_folder(struct call *c, const char *path)
{
	if (mkdir(path, 0750) && errno != EEXIST)
		return fail(c, ST_INTERNAL, "data", "cannot make the folder %s: %s", path,
			    strerror(errno));
	return ST_OK;
}

static enum status open_rows(struct call *c, struct house *h)
{
	char why[512];

	h->db = db_open(h->config->database.url, (int)h->config->database.readers, why);
	if (!h->db)
		return fail(c, ST_AWAY, "database", "the database does not open: %s", why);
	enum status st = schema_apply(c, h->db, program_schema);
	if (st)
		return st;
	h->files = files_open(arena_printf(c->arena, "%s/files", h->config->server.data), why);
	if (!h->files)
		return fail(c, ST_INTERNAL, "data", "the file store does not open: %s", why);
	permissions_open(h->modules);
	h->http = http_open(c, h);
	return ST_OK;
}

static void stop_rooms(struct house *h, size_t started)
{
	while (started--)
		if (h->modules[started]->stop)
			h->modules[started]->stop(h);
}

static enum status start_rooms(struct call *c, struct house *h)
{
	for (size_t i = 0; h->modules[i]; i++) {
		enum status st = h->modules[i]->start ? h->modules[i]->start(c, h) : ST_OK;
		if (st) {
			stop_rooms(h, i);
			return st;
		}
	}
	return ST_OK;
}

/* nginx and engines have working folders of their own. */
static const char *absolute(struct call *c, const char *path)
{
	char here[PATH_MAX];

	if (!path || path[0] == '/' || !getcwd(here, sizeof here))
		return path;
	return arena_printf(c->arena, "%s/%s", here, str_starts(path, "./") ? path + 2 : path);
}

static enum status open_config(struct call *c, struct house *h, const char *path)
{
	struct config *k = arena_alloc(c->arena, sizeof *k);
	enum status st = config_read(c, path, k);

	if (st)
		return st;
	k->server.data = absolute(c, k->server.data);
	k->http.socket = absolute(c, k->http.socket);
	k->http.web = absolute(c, k->http.web);
	k->http.certificate = absolute(c, k->http.certificate);
	k->http.certificate_key = absolute(c, k->http.certificate_key);
	log_level_set((enum log_level)k->log.level);
	h->config = k;
	return make_folder(c, k->server.data);
}

enum status house_open(struct call *c, struct house *h, const char *path, enum house_depth depth)
{
	enum status st;

	*h = (struct house){ .modules = all_modules };
	c->house = h;
	st = open_config(c, h, path);
	if (!st)
		st = open_rows(c, h);
	if (!st && depth == HOUSE_ROOMS)
		st = start_rooms(c, h);
	if (st)
		house_close(h, HOUSE_ROWS);
	return st;
}

static size_t count_modules(const struct house *h)
{
	size_t n = 0;

	while (h->modules[n])
		n++;
	return n;
}

void house_close(struct house *h, enum house_depth depth)
{
	if (depth == HOUSE_ROOMS)
		stop_rooms(h, count_modules(h));
	http_close(h->http);
	files_close(h->files);
	db_close(h->db);
	*h = (struct house){ 0 };
}
