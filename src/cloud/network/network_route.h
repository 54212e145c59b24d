/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of this room's route tables, and shapes of one thing and of a page of things, for the topics that
 * keep their routes beside their rules. */
#ifndef CLOUD_NETWORK_ROUTE_H
#define CLOUD_NETWORK_ROUTE_H

#include "cloud/network/network_private.h"

/* As ROUTE(), with the wire shapes named: several shapes here read into one struct. */
#define NETWORK_VIA(m, p, may_, fn, in_t, in_shape, out_t, out_shape, ...)                         \
	{                                                                                          \
		.method = m, .path = "/v2.0" p, .may = may_,                                       \
		.scopes = SCOPE_PROJECT | SCOPE_SYSTEM, .act = fn##_act, .in = in_shape,           \
		.in_size = sizeof(struct in_t), .out = out_shape,                                  \
		.out_size = sizeof(struct out_t), ##__VA_ARGS__                                    \
	}
#define NETWORK_POST(p, may_, fn, in_t, out_t, ...)                                                \
	NETWORK_VIA("POST", p, may_, fn, in_t, in_t##_wire, out_t, out_t##_wire, .success = 201,   \
		    ##__VA_ARGS__)
#define NETWORK_GET(p, fn, in_t, in_shape, out_t, out_shape, ...)                                  \
	NETWORK_VIA("GET", p, "network.read", fn, in_t, in_shape, out_t, out_shape,                \
		    .success = 200, .flags = ROUTE_READS, ##__VA_ARGS__)
#define NETWORK_PUT(p, may_, fn, in_t, in_shape, out_t, out_shape, wrap, ...)                      \
	NETWORK_VIA("PUT", p, may_, fn, in_t, in_shape, out_t, out_shape, .success = 200,          \
		    .in_wrap = wrap, .out_wrap = wrap, ##__VA_ARGS__)
#define NETWORK_DELETE(p, may_, fn, in_shape, ...)                                                 \
	NETWORK_VIA("DELETE", p, may_, fn, object_ask, in_shape, nothing, nothing_wire,            \
		    .success = 204, ##__VA_ARGS__)

/* How struct PREFIX_shown and a page of struct ITEM are written: PREFIX_shown_wire, PREFIX_page_wire. */
#define NETWORK_VIEWS(prefix, item_t, wire, one, many)                                             \
	static void prefix##_write_one(struct call *c, struct json_out *j, const void *obj)        \
	{                                                                                          \
		const struct prefix##_shown *s = obj;                                              \
		network_write_chosen(c, wire, &s->fields, j, &s->item);                            \
	}                                                                                          \
	static void prefix##_write_all(struct call *c, struct json_out *j, const void *obj)        \
	{                                                                                          \
		const struct network_page *p = obj;                                                \
		const struct item_t *list = p->list;                                               \
		json_array_begin(j);                                                               \
		for (size_t i = 0; i < p->count; i++)                                              \
			network_write_chosen(c, wire, &p->fields, j, &list[i]);                    \
		json_array_end(j);                                                                 \
	}                                                                                          \
	static const struct field prefix##_shown_wire[] = { F_VIEW(one, prefix##_write_one),       \
							    F_END };                               \
	static const struct field prefix##_page_wire[] = { F_VIEW(many, prefix##_write_all),       \
							   F_NEXT(network_page, next), F_END };

#endif
