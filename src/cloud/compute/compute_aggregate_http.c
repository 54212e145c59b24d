/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1 for operators: aggregates of the pool room's hosts. */
#include <jansson.h>
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/compute/compute_more.h"

/* --- aggregates --- */

struct aggregate_key {
	const char *aggregate_id;
};
struct aggregate_change {
	const char *aggregate_id;
	const char *name, *availability_zone;
	bool name_given, availability_zone_given;
};
struct aggregate_host {
	const char *aggregate_id;
	const char *host;
};
struct aggregate_metadata {
	const char *aggregate_id;
	json_t *metadata;
};
struct aggregate_page {
	struct pool_aggregate *aggregates;
	size_t aggregates_count;
};

static void write_deleted(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_bool(j, false);
}

static void write_nothing(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_nil(j);
}

/* The zone stands among the metadata too. */
static void write_metadata(struct call *c, struct json_out *j, const void *obj)
{
	const struct pool_aggregate *a = obj;
	(void)c;
	json_object_begin(j);
	if (a->zone)
		json_put_str(j, "availability_zone", a->zone);
	for (size_t i = 0; i < a->metadata.count; i++)
		json_put_str(j, a->metadata.list[i].name, a->metadata.list[i].value);
	json_object_end(j);
}

#define AGGREGATE_FIELDS                                                                           \
	F_INT_AS("id", pool_aggregate, number, 0, 0, 0), F_STR(pool_aggregate, name, 0, 0),        \
		F_STR_AS("availability_zone", pool_aggregate, zone, 0, NULLABLE),                  \
		F_STR_AS("uuid", pool_aggregate, id, 0, 0, SINCE(2, 41)),                          \
		F_TIME(pool_aggregate, created_at, TIME_AS_BARE),                                  \
		F_TIME(pool_aggregate, updated_at, NULLABLE | TIME_AS_BARE),                       \
		F_VIEW("deleted", write_deleted), F_VIEW("deleted_at", write_nothing)

static const struct field aggregate_made_wire[] = { AGGREGATE_FIELDS, F_END };
static const struct field aggregate_wire[] = {
	AGGREGATE_FIELDS,
	F_STRS(pool_aggregate, hosts, 0, 0),
	F_VIEW("metadata", write_metadata),
	F_END,
};
static const struct field aggregate_page_wire[] = {
	F_LIST(aggregate_page, aggregates, pool_aggregate, aggregate_wire, 0, 0), F_END
};
static const struct field aggregate_key_wire[] = {
	F_STR(aggregate_key, aggregate_id, 255, FROM_PATH), F_END
};
static const struct field aggregate_create_wire[] = {
	F_STR(aggregate_change, name, 255, 0),
	F_STR(aggregate_change, availability_zone, 255, OPT | NULLABLE),
	F_END,
};
static const struct field aggregate_change_wire[] = {
	F_STR(aggregate_change, aggregate_id, 255, FROM_PATH),
	F_STR(aggregate_change, name, 255, OPT, TELLS(aggregate_change, name)),
	F_STR(aggregate_change, availability_zone, 255, OPT | NULLABLE,
	      TELLS(aggregate_change, availability_zone)),
	F_END,
};
static const struct field aggregate_host_wire[] = {
	F_STR(aggregate_host, aggregate_id, 255, FROM_PATH),
	F_STR(aggregate_host, host, 255, 0),
	F_END,
};

static enum status read_metadata(struct call *c, void *obj, const json_t *value)
{
	struct aggregate_metadata *in = obj;
	const char *name;
	const json_t *one;
	json_object_foreach((json_t *)value, name, one) if (
		(!json_is_string(one) && !json_is_null(one)) || utf8_length(name) > 255 ||
		(json_is_string(one) &&
		 utf8_length(json_string_value(one)) >
			 255)) return fail(c, ST_BAD_INPUT, "metadata",
					   "metadata are texts of at most 255 characters, or null");
	in->metadata = (json_t *)value;
	return json_is_object(value) ? ST_OK
				     : fail(c, ST_BAD_INPUT, "metadata", "metadata are an object");
}
static const struct field aggregate_metadata_wire[] = {
	F_STR(aggregate_metadata, aggregate_id, 255, FROM_PATH),
	F_ANY("metadata", FIELD_VIEW, 0, 0, .read = read_metadata),
	F_END,
};

static enum status find_aggregate(struct call *c, const char *id, struct pool_aggregate *out)
{
	int64_t number;
	if (!int_parse(id, &number))
		return fail(c, ST_NOT_FOUND, "aggregate_id", "Aggregate %.40s could not be found.",
			    id);
	return pool_aggregate_find(c, number, out);
}

static enum status aggregate_create(struct call *c, const struct aggregate_change *in,
				    struct pool_aggregate *out)
{
	*out = (struct pool_aggregate){ .name = in->name,
					.zone = in->availability_zone,
					.network_zone = -1,
					.protection = INT_NULL };
	return pool_aggregate_make(c, out);
}

static enum status aggregate_list(struct call *c, const struct nothing *in,
				  struct aggregate_page *out)
{
	(void)in;
	return pool_aggregates(c, &out->aggregates, &out->aggregates_count);
}

static enum status aggregate_show(struct call *c, const struct aggregate_key *in,
				  struct pool_aggregate *out)
{
	return find_aggregate(c, in->aggregate_id, out);
}

static enum status aggregate_delete(struct call *c, const struct aggregate_key *in,
				    struct nothing *out)
{
	struct pool_aggregate a;
	(void)out;
	enum status st = find_aggregate(c, in->aggregate_id, &a);
	return st ? st : pool_aggregate_remove(c, &a);
}

static enum status aggregate_change(struct call *c, const struct aggregate_change *in,
				    struct pool_aggregate *out)
{
	enum status st = find_aggregate(c, in->aggregate_id, out);
	if (st)
		return st;
	out->name = in->name_given ? in->name : out->name;
	out->zone = in->availability_zone_given ? in->availability_zone : out->zone;
	return pool_aggregate_change(c, out);
}

static enum status aggregate_add_host(struct call *c, const struct aggregate_host *in,
				      struct pool_aggregate *out)
{
	enum status st = find_aggregate(c, in->aggregate_id, out);
	return st ? st : pool_aggregate_add(c, out, in->host, 100);
}

static enum status aggregate_drop_host(struct call *c, const struct aggregate_host *in,
				       struct pool_aggregate *out)
{
	enum status st = find_aggregate(c, in->aggregate_id, out);
	return st ? st : pool_aggregate_drop(c, out, in->host);
}

static void set_pair(struct call *c, struct map *m, const char *name, const char *value)
{
	struct map_pair *list = arena_array(c->arena, m->count + 2, sizeof(*list));
	size_t n = 0;
	for (size_t i = 0; i < m->count; i++)
		if (!str_eq(m->list[i].name, name))
			list[n++] = m->list[i];
	if (value)
		list[n++] = (struct map_pair){ name, value };
	*m = (struct map){ list, n };
}

/* null takes one away. */
static enum status aggregate_set_metadata(struct call *c, const struct aggregate_metadata *in,
					  struct pool_aggregate *out)
{
	const char *name;
	const json_t *one;
	enum status st = find_aggregate(c, in->aggregate_id, out);
	if (st)
		return st;
	json_object_foreach(in->metadata, name, one)
	{
		const char *value =
			json_is_null(one) ? NULL : arena_strdup(c->arena, json_string_value(one));
		if (str_eq(name, "availability_zone"))
			out->zone = value;
		else
			set_pair(c, &out->metadata, arena_strdup(c->arena, name), value);
	}
	if (out->metadata.count > 128)
		return fail(c, ST_BAD_INPUT, "metadata", "an aggregate has at most 128 metadata");
	return pool_aggregate_change(c, out);
}

/* --- routes --- */

ACT(aggregate_create, aggregate_change, pool_aggregate)
ACT(aggregate_list, nothing, aggregate_page)
ACT(aggregate_show, aggregate_key, pool_aggregate)
ACT(aggregate_delete, aggregate_key, nothing)
ACT(aggregate_change, aggregate_change, pool_aggregate)
ACT(aggregate_add_host, aggregate_host, pool_aggregate)
ACT(aggregate_drop_host, aggregate_host, pool_aggregate)
ACT(aggregate_set_metadata, aggregate_metadata, pool_aggregate)

#define AGGREGATES "/v2.1/os-aggregates"
#define AGGREGATE AGGREGATES "/{aggregate_id}"
/* A route that answers with an aggregate. */
#define A(m, p, may_, fn, in_t, in_shape, out_shape, name_, help_, ...)                            \
	{                                                                                          \
		.method = m, .path = p, .may = may_, .act = fn##_act, .in = in_shape,              \
		.in_size = sizeof(struct in_t), .out = out_shape,                                  \
		.out_size = sizeof(struct pool_aggregate), .name = "compute.aggregate." name_,     \
		.success = 200, .out_wrap = "aggregate", .help = help_, ##__VA_ARGS__              \
	}
const struct route compute_aggregate_routes[] = {
	ROUTE("GET", AGGREGATES, HOST_READ, 0, aggregate_list, nothing, aggregate_page,
	      .name = "compute.aggregate.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The host aggregates"),
	A("POST", AGGREGATES, HOST_WRITE, aggregate_create, aggregate_change, aggregate_create_wire,
	  aggregate_made_wire, "create", "Make a host aggregate", .in_wrap = "aggregate"),
	A("GET", AGGREGATE, HOST_READ, aggregate_show, aggregate_key, aggregate_key_wire,
	  aggregate_wire, "show", "One host aggregate", .flags = ROUTE_READS),
	A("PUT", AGGREGATE, HOST_WRITE, aggregate_change, aggregate_change, aggregate_change_wire,
	  aggregate_wire, "update", "Change its name and zone", .in_wrap = "aggregate"),
	ROUTE("DELETE", AGGREGATE, HOST_WRITE, 0, aggregate_delete, aggregate_key, nothing,
	      .name = "compute.aggregate.delete", .success = 200,
	      .help = "Remove a host aggregate that has no host"),
	A("POST", AGGREGATE "/action", HOST_WRITE, aggregate_add_host, aggregate_host,
	  aggregate_host_wire, aggregate_wire, "add_host", "Put a host in", .action = "add_host",
	  .in_wrap = "add_host"),
	A("POST", AGGREGATE "/action", HOST_WRITE, aggregate_drop_host, aggregate_host,
	  aggregate_host_wire, aggregate_wire, "remove_host", "Take a host out",
	  .action = "remove_host", .in_wrap = "remove_host"),
	A("POST", AGGREGATE "/action", HOST_WRITE, aggregate_set_metadata, aggregate_metadata,
	  aggregate_metadata_wire, aggregate_wire, "set_metadata", "Set its metadata",
	  .action = "set_metadata", .in_wrap = "set_metadata"),
	{ 0 },
};
