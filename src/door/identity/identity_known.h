/* SPDX-License-Identifier: Apache-2.0 */
/* Between identity_known.c and its statements: the rows that are kept, before they are put together. */
#ifndef DOOR_IDENTITY_IDENTITY_KNOWN_H
#define DOOR_IDENTITY_IDENTITY_KNOWN_H

#include "door/identity/identity_private.h"

/* Control characters that stand in a known_endpoint's text for what each answer puts there. */
enum { MARK_BASE = '\1', MARK_PROJECT = '\2', MARK_USER = '\3' };

struct known_pair {
	size_t from, to;
};

struct known_house {
	int64_t number;
	const char *profile;
};

struct known_role_row {
	const char *id, *name, *domain_id;
	int64_t built_in;
};

struct known_implied_row {
	const char *prior_id, *implied_id;
};

struct known_service_row {
	const char *id, *type, *name;
};

struct known_endpoint_row {
	const char *id, *service_id, *region_id, *interface, *url;
};

struct known_rows {
	struct known_role_row *roles;
	struct known_implied_row *implied;
	struct known_service_row *services;
	struct known_endpoint_row *endpoints;
	size_t role_count, implied_count, service_count, endpoint_count;
	int64_t filters;
};

enum status known_read_house(struct call *c, struct known_house *out) MUST_USE;
enum status known_read_rows(struct call *c, struct known_rows *out) MUST_USE;
enum status known_write_number(struct call *c, int64_t number) MUST_USE;
/* Ids of the endpoints that a VDC's catalogue is limited to; none: it is not limited. */
enum status known_read_filter(struct call *c, const char *project_id, struct id_row **out,
			      size_t *count) MUST_USE;
struct known_filter_row {
	const char *filters; /* JSON */
};
enum status known_read_filters(struct call *c, const char *project_id,
			       struct known_filter_row **out, size_t *count) MUST_USE;
/* When the process ends. */
void known_forget(void);

#endif
