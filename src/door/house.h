/* SPDX-License-Identifier: Apache-2.0 */
/* The running house: what main opened once and every room may use outside of acts. */
#ifndef DOOR_HOUSE_H
#define DOOR_HOUSE_H

#include "base/config.h"
#include "db/db.h"
#include "db/files.h"

struct audit;
struct http;
struct jobs;
struct module;
struct stream;

struct house {
	const struct config *config;
	const struct module *const *modules; /* in start order, ended by NULL */
	struct db *db;
	struct files *files;
	struct http *http;
	struct audit *audit;   /* the sealer, while the rooms are started */
	struct stream *stream; /* the event stream, while the rooms are started */
	/* Whether an asker of the event stream still stands, see stream_on_recheck(). */
	bool (*stream_stands)(struct call *c, const struct actor *who, int64_t since);
	struct jobs *jobs; /* between jobs_open() and jobs_close() */
};

/* The house that serves this call: for what runs outside of a transaction (a route's prepare, a job).
 * Acts have c->db and need nothing else. */
static inline struct house *house_of(const struct call *c)
{
	return c->house;
}

#endif
