/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of servers, and what VDCs used. */
#ifndef CLOUD_COMPUTE_COMPUTE_ABOUT_H
#define CLOUD_COMPUTE_COMPUTE_ABOUT_H

#include "cloud/compute/compute_private.h"

struct server_addresses {
	const char *server_id, *network; /* NULL: all */
};
struct usage_span {
	int64_t from, until;
};
struct usage_ask {
	const char *project_id, *start, *end, *detailed;
};
struct server_usage {
	struct server server;
	double hours;
};
struct vdc_usage {
	const char *project_id;
	struct usage_span span;
	double hours, vcpu_hours, mb_hours, gb_hours;
	struct server_usage *servers;
	size_t servers_count;
};
struct usage_page {
	struct vdc_usage *usages; /* room for one, even when there is none */
	size_t usages_count;
	bool detailed;
};

enum status server_addresses(struct call *c, const struct server_addresses *in,
			     struct server *out) MUST_USE;
enum status usage_list(struct call *c, const struct usage_ask *in, struct usage_page *out) MUST_USE;
enum status usage_show(struct call *c, const struct usage_ask *in, struct usage_page *out) MUST_USE;
/* The servers that were there in the span, by VDC; NULL: of all. */
enum status server_rows_between(struct call *c, const char *project, int64_t from, int64_t until,
				struct server **list, size_t *count) MUST_USE;

#endif
