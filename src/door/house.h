/* SPDX-License-Identifier: Apache-2.0 */
/* The running house: what main opened once and every room may use outside of acts. */
#ifndef DOOR_HOUSE_H
#define DOOR_HOUSE_H

#include "base/config.h"
#include "db/db.h"
#include "db/files.h"

struct audit;
struct module;
struct http;

struct house {
	const struct config *config;
	const struct module *const *modules; /* in start order, ended by NULL */
	struct db *db;
	struct files *files;
	struct http *http;
	struct audit *audit; /* the sealer, while the rooms are started */
};

/* The house that serves this call: for what runs outside of a transaction (a route's prepare, a job).
 * Acts have c->db and need nothing else. */
static inline struct house *house_of(const struct call *c)
{
	return c->house;
}

#endif
