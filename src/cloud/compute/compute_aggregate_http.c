/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1 for operators: aggregates, services and hosts, over the pool room's hosts. Each host is one
 * service "nova-compute"; there is no other. */
#include <jansson.h>
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/compute/compute_more.h"

#define BINARY "nova-compute"

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
	return st ? st : pool_aggregate_add(c, out, in->host);
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

/* --- services --- */

struct service {
	struct hypervisor h;
};
struct service_list {
	const char *host, *binary;
};
struct service_page {
	struct service *services;
	size_t services_count;
};
struct service_switch {
	const char *host, *binary, *disabled_reason;
};
struct service_switched {
	const char *host, *binary, *status, *disabled_reason;
};
struct service_change {
	const char *service_id, *status, *disabled_reason;
	bool forced_down;
};

static void put_service(struct call *c, struct json_out *j, const struct service *s)
{
	const struct pool_host *h = &s->h.host;
	char at[TIME_TEXT_SIZE];
	json_object_begin(j);
	json_key(j, "id");
	if (c->version >= NOVA(2, 53))
		json_str(j, h->id);
	else
		json_int(j, s->h.number);
	json_put_str(j, "binary", BINARY);
	json_put_str(j, "host", h->name);
	json_put_str(j, "zone", h->zone);
	json_put_str(j, "status", h->disabled ? "disabled" : "enabled");
	json_put_str(j, "state", h->state == POOL_HOST_UP ? "up" : "down");
	time_write(h->seen_at, TIME_BARE, at);
	json_put_str(j, "updated_at", at);
	json_put_str(j, "disabled_reason", h->disabled);
	if (c->version >= NOVA(2, 11))
		json_put_bool(j, "forced_down", false);
	json_object_end(j);
}

static void write_services(struct call *c, struct json_out *j, const void *obj)
{
	const struct service_page *p = obj;
	json_array_begin(j);
	for (size_t i = 0; i < p->services_count; i++)
		put_service(c, j, &p->services[i]);
	json_array_end(j);
}

static void write_service(struct call *c, struct json_out *j, const void *obj)
{
	put_service(c, j, obj);
}

static const struct field service_wire[] = { F_VIEW("service", write_service), F_END };
static const struct field service_page_wire[] = { F_VIEW("services", write_services), F_END };
static const struct field service_list_wire[] = {
	F_STR(service_list, host, 255, OPT | FROM_QUERY),
	F_STR(service_list, binary, 255, OPT | FROM_QUERY),
	F_END,
};
static const struct field service_switch_wire[] = {
	F_STR(service_switch, host, 255, 0),
	F_STR(service_switch, binary, 255, 0),
	F_END,
};
static const struct field service_reason_wire[] = {
	F_STR(service_switch, host, 255, 0),
	F_STR(service_switch, binary, 255, 0),
	F_STR(service_switch, disabled_reason, 255, 0),
	F_END,
};
static const struct field service_switched_wire[] = {
	F_STR(service_switched, host, 0, 0),
	F_STR(service_switched, binary, 0, 0),
	F_STR(service_switched, status, 0, 0),
	F_STR(service_switched, disabled_reason, 0, OMIT),
	F_END,
};
static const struct field service_change_wire[] = {
	F_STR(service_change, service_id, 255, FROM_PATH),
	F_STR(service_change, status, 16, OPT),
	F_STR(service_change, disabled_reason, 255, OPT),
	F_BOOL(service_change, forced_down, OPT | LOOSE),
	F_END,
};

static enum status service_list(struct call *c, const struct service_list *in,
				struct service_page *out)
{
	struct hypervisor_page page = { 0 };
	enum status st = hypervisors_list(c, &(struct hypervisor_list){ 0 }, &page);
	out->services = arena_array(c->arena, page.hypervisors_count + 1, sizeof(*out->services));
	for (size_t i = 0; i < page.hypervisors_count && !st; i++) {
		const struct hypervisor *h = &page.hypervisors[i];
		if ((!in->host || str_eq(in->host, h->host.name)) &&
		    (!in->binary || str_eq(in->binary, BINARY)))
			out->services[out->services_count++].h = *h;
	}
	return st;
}

static enum status switch_service(struct call *c, const struct service_switch *in,
				  const char *reason, struct service_switched *out)
{
	struct service_page page = { 0 };
	struct pool_host h;
	const struct service_list wanted = { in->host, in->binary };
	enum status st = service_list(c, &wanted, &page);
	if (st)
		return st;
	if (!page.services_count)
		return fail(c, ST_NOT_FOUND, "host", "Could not find binary %.64s on host %.64s.",
			    in->binary, in->host);
	const struct pool_host_change change = { .host_id = page.services[0].h.host.id,
						 .disabled = reason,
						 .disabled_given = true };
	*out = (struct service_switched){ in->host, in->binary, reason ? "disabled" : "enabled",
					  in->disabled_reason };
	return pool_host_change(c, &change, &h);
}

static enum status service_enable(struct call *c, const struct service_switch *in,
				  struct service_switched *out)
{
	return switch_service(c, in, NULL, out);
}

static enum status service_disable(struct call *c, const struct service_switch *in,
				   struct service_switched *out)
{
	return switch_service(c, in, in->disabled_reason ? in->disabled_reason : "by an operator",
			      out);
}

static enum status service_change(struct call *c, const struct service_change *in,
				  struct service *out)
{
	const struct hypervisor_key key = { in->service_id };
	bool off = str_eq(in->status, "disabled");
	if (in->forced_down)
		return fail(c, ST_NOT_OFFERED, "forced_down",
			    "hosts are not declared dead by hand");
	if (!in->status || (!off && !str_eq(in->status, "enabled")))
		return fail(c, ST_BAD_INPUT, "status", "status is enabled or disabled");
	if (!off && in->disabled_reason)
		return fail(c, ST_BAD_INPUT, "disabled_reason",
			    "Specifying disabled_reason requires that status is disabled.");
	enum status st = hypervisor_show(c, &key, &out->h);
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return fail(c, st, "service_id", "Service %.64s could not be found.",
			    in->service_id);
	}
	if (st)
		return st;
	const struct pool_host_change change = {
		.host_id = out->h.host.id,
		.disabled = !off                  ? NULL
			    : in->disabled_reason ? in->disabled_reason
						  : "by an operator",
		.disabled_given = true,
	};
	return pool_host_change(c, &change, &out->h.host);
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
ACT(service_list, service_list, service_page)
ACT(service_enable, service_switch, service_switched)
ACT(service_disable, service_switch, service_switched)
ACT(service_change, service_change, service)

#define AGGREGATES "/v2.1/os-aggregates"
#define AGGREGATE AGGREGATES "/{aggregate_id}"
#define SERVICES "/v2.1/os-services"
#define HOST_WRITE "compute.host.write"
/* A route that answers with an aggregate. */
#define A(m, p, may_, fn, in_t, in_shape, out_shape, name_, help_, ...)                            \
	{                                                                                          \
		.method = m, .path = p, .may = may_, .act = fn##_act, .in = in_shape,              \
		.in_size = sizeof(struct in_t), .out = out_shape,                                  \
		.out_size = sizeof(struct pool_aggregate), .name = "compute.aggregate." name_,     \
		.success = 200, .out_wrap = "aggregate", .help = help_, ##__VA_ARGS__              \
	}
#define SWITCH(word, fn, shape, help_)                                                             \
	{                                                                                          \
		.method = "PUT", .path = SERVICES "/" word, .may = HOST_WRITE, .act = fn##_act,    \
		.in = shape, .in_size = sizeof(struct service_switch),                             \
		.out = service_switched_wire, .out_size = sizeof(struct service_switched),         \
		.name = "compute.service." word, .success = 200, .out_wrap = "service",            \
		.until = NOVA(2, 52), .help = help_                                                \
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
	ROUTE("GET", SERVICES, HOST_READ, 0, service_list, service_list, service_page,
	      .name = "compute.service.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The hosts as services"),
	SWITCH("enable", service_enable, service_switch_wire, "Let a host take servers"),
	SWITCH("disable", service_disable, service_switch_wire, "Let a host take no more servers"),
	SWITCH("disable-log-reason", service_disable, service_reason_wire,
	       "Let a host take no more servers, and say why"),
	ROUTE("PUT", SERVICES "/{service_id}", HOST_WRITE, 0, service_change, service_change,
	      service, .name = "compute.service.update", .success = 200, .since = NOVA(2, 53),
	      .help = "Let a host take servers, or no more"),
	{ 0 },
};
