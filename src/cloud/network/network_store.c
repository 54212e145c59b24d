/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of networks, subnets and their pools. */
#include "cloud/network/network_private.h"

static const struct field network_row[] = { F_STR(network, id, 36, 0),
					    F_STR(network, project_id, 64, 0),
					    F_STR(network, domain_id, 64, NULLABLE),
					    F_STR(network, name, 255, EMPTY_OK),
					    F_STR(network, description, 255, EMPTY_OK),
					    F_BOOL(network, admin_state_up, 0),
					    F_BOOL(network, shared, 0),
					    F_BOOL(network, port_security, 0),
					    F_BOOL(network, external, 0),
					    F_STR(network, network_type, 16, 0),
					    F_STR(network, physical_network, 64, NULLABLE),
					    F_INT(network, segmentation_id, 0, 0, NULLABLE),
					    F_INT(network, mtu, 0, 0, 0),
					    F_STR(network, fault, 0, NULLABLE),
					    F_STRS(network, tags, 0, 0),
					    F_INT(network, revision, 0, 0, 0),
					    F_INT(network, applied, 0, 0, 0),
					    F_INT(network, created_at, 0, 0, 0),
					    F_INT(network, updated_at, 0, 0, 0),
					    F_END };
#define NETWORK_COLUMNS                                                                            \
	"id, project_id, domain_id, name, description, admin_state_up, shared, port_security, "    \
	"external, network_type, physical_network, segmentation_id, mtu, fault, tags, revision, "  \
	"applied, created_at, updated_at"

DB_STMT(network_read_sql, "select " NETWORK_COLUMNS " from network_network where id = $1");
DB_STMT(network_put_sql,
	"insert into network_network (" NETWORK_COLUMNS ") "
	"values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
	"$18, $19)");
DB_STMT(network_update_sql,
	"update network_network set project_id = $2, domain_id = $3, name = $4, description = $5, "
	"admin_state_up = $6, shared = $7, port_security = $8, external = $9, "
	"network_type = $10, physical_network = $11, segmentation_id = $12, mtu = $13, fault = $14, "
	"tags = $15, revision = $16, applied = $17, created_at = $18, updated_at = $19 "
	"where id = $1");
DB_STMT(network_delete_sql, "delete from network_network where id = $1");
DB_STMT(networks_all_sql, "select " NETWORK_COLUMNS " from network_network "
			  "where id > $1 order by id limit $2");
DB_STMT(networks_seen_sql,
	"select " NETWORK_COLUMNS " from network_network where id > $1 and id in "
	"(select id from network_network where project_id = $3 "
	"union select id from network_network where shared = 1 "
	"union select id from network_network where external = 1) order by id limit $2");
DB_STMT(network_applied_sql,
	"update network_network set applied = $2, fault = null where id = $1 and revision = $2");
DB_STMT(network_fault_sql, "update network_network set fault = $2 where id = $1");
DB_STMT(network_bump_sql, "update network_network set revision = revision + 1 where id = $1");

struct subnet_name {
	const char *id, *network_id;
};
static const struct field subnet_name_row[] = { F_STR(subnet_name, id, 36, 0),
						F_STR(subnet_name, network_id, 36, 0), F_END };
DB_STMT(subnet_names_sql, WANTED_IDS
	"select s.id, s.network_id from wanted join network_subnet s on s.network_id = wanted.id "
	"order by s.network_id, s.id");

/* Which of the columns Neutron's status follows from: a network that the engine refused is in error,
 * any other can be used at once. */
static void complete(struct network *n)
{
	n->status = n->fault ? "ERROR" : "ACTIVE";
}

/* The ids of the networks' subnets, for all of them by one statement. */
static enum status read_subnet_names(struct call *c, struct network *list, size_t n)
{
	struct buf ids = { .arena = c->arena };
	struct subnet_name *names;
	size_t count, at = 0;

	for (size_t i = 0; i < n; i++)
		buf_str(&ids, list[i].id);
	enum status st = DB_ALL(c, &subnet_names_sql, subnet_name_row, &names, &count,
				DB_ARGS(DB_STR(buf_text(&ids))));
	/* Both are in the order of the networks' ids. */
	for (size_t i = 0; !st && i < n; i++) {
		complete(&list[i]);
		size_t first = at;
		while (at < count && str_eq(names[at].network_id, list[i].id))
			at++;
		list[i].subnets.list = arena_array(c->arena, at - first + 1, sizeof(char *));
		list[i].subnets.count = 0;
		for (size_t k = first; k < at; k++)
			list[i].subnets.list[list[i].subnets.count++] = names[k].id;
	}
	return st;
}

enum status network_store_network(struct call *c, const char *id, struct network *out)
{
	struct network n = { 0 };
	enum status st = db_one(c, &network_read_sql, network_row, &n, DB_ARGS(DB_STR(id)));

	if (!st)
		st = read_subnet_names(c, &n, 1);
	if (!st)
		*out = n;
	return st;
}

enum status network_store_network_put(struct call *c, const struct network *n)
{
	return db_put(c, &network_put_sql, network_row, n);
}

enum status network_store_network_update(struct call *c, const struct network *n)
{
	return db_put(c, &network_update_sql, network_row, n);
}

enum status network_store_network_delete(struct call *c, const char *id)
{
	return db_do(c, &network_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status network_store_networks(struct call *c, const char *project_id, const char *after,
				   int64_t most, struct network **list, size_t *n)
{
	enum status st = project_id
				 ? DB_ALL(c, &networks_seen_sql, network_row, list, n,
					  DB_ARGS(DB_STR(after), DB_INT(most), DB_STR(project_id)))
				 : DB_ALL(c, &networks_all_sql, network_row, list, n,
					  DB_ARGS(DB_STR(after), DB_INT(most)));

	return st || !*n ? st : read_subnet_names(c, *list, *n);
}

enum status network_store_network_applied(struct call *c, const char *id, int64_t revision,
					  bool *recorded)
{
	int64_t changed = 0;
	enum status st =
		db_do(c, &network_applied_sql, &changed, DB_ARGS(DB_STR(id), DB_INT(revision)));

	*recorded = changed > 0;
	return st;
}

enum status network_store_network_fault(struct call *c, const char *id, const char *why)
{
	return db_do(c, &network_fault_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(why)));
}

enum status network_store_network_bump(struct call *c, const char *id)
{
	return db_do(c, &network_bump_sql, NULL, DB_ARGS(DB_STR(id)));
}

/* --- subnets --- */

#define SUBNET_FIELDS                                                                              \
	F_STR(subnet, id, 36, 0), F_STR(subnet, network_id, 36, 0),                                \
		F_STR(subnet, project_id, 64, 0), F_STR(subnet, name, 255, EMPTY_OK),              \
		F_STR(subnet, description, 255, EMPTY_OK), F_INT(subnet, ip_version, 0, 0, 0),     \
		F_STR(subnet, cidr, 64, 0), F_STR(subnet, gateway_ip, 64, NULLABLE),               \
		F_BOOL(subnet, enable_dhcp, 0), F_STR(subnet, ipv6_address_mode, 20, NULLABLE),    \
		F_STR(subnet, ipv6_ra_mode, 20, NULLABLE),                                         \
		F_STR(subnet, subnetpool_id, 36, NULLABLE), F_STRS(subnet, dns_nameservers, 0, 0), \
		F_JSON(subnet, host_routes, 0, 0), F_STRS(subnet, tags, 0, 0),                     \
		F_INT(subnet, revision, 0, 0, 0), F_INT(subnet, created_at, 0, 0, 0),              \
		F_INT(subnet, updated_at, 0, 0, 0)
static const struct field subnet_row[] = { SUBNET_FIELDS, F_END };
static const struct field subnet_seen_row[] = { SUBNET_FIELDS,
						F_STR(subnet, network_project_id, 64, 0),
						F_BOOL(subnet, network_shared, 0), F_END };
#define SUBNET_COLUMNS                                                                             \
	"s.id, s.network_id, s.project_id, s.name, s.description, s.ip_version, s.cidr, "          \
	"s.gateway_ip, s.enable_dhcp, s.ipv6_address_mode, s.ipv6_ra_mode, s.subnetpool_id, "      \
	"s.dns_nameservers, s.host_routes, "                                                       \
	"s.tags, s.revision, s.created_at, s.updated_at"
#define SUBNET_SEEN                                                                                \
	"select " SUBNET_COLUMNS ", n.project_id as network_project_id, "                          \
	"n.shared as network_shared from network_subnet s "                                        \
	"join network_network n on n.id = s.network_id "

DB_STMT(subnet_read_sql, SUBNET_SEEN "where s.id = $1");
DB_STMT(subnet_put_sql,
	"insert into network_subnet (id, network_id, project_id, name, description, ip_version, "
	"cidr, gateway_ip, enable_dhcp, ipv6_address_mode, ipv6_ra_mode, subnetpool_id, "
	"dns_nameservers, host_routes, tags, revision, created_at, updated_at) values ($1, $2, $3, "
	"$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)");
DB_STMT(subnet_update_sql,
	"update network_subnet set network_id = $2, project_id = $3, name = $4, description = $5, "
	"ip_version = $6, cidr = $7, gateway_ip = $8, enable_dhcp = $9, ipv6_address_mode = $10, "
	"ipv6_ra_mode = $11, subnetpool_id = $12, dns_nameservers = $13, host_routes = $14, "
	"tags = $15, revision = $16, created_at = $17, updated_at = $18 where id = $1");
DB_STMT(subnet_delete_sql, "delete from network_subnet where id = $1");
DB_STMT(subnets_all_sql, SUBNET_SEEN "where s.id > $1 order by s.id limit $2");
DB_STMT(subnets_of_network_sql,
	SUBNET_SEEN "where s.network_id = $3 and s.id > $1 order by s.id limit $2");
DB_STMT(subnets_seen_sql,
	SUBNET_SEEN "where s.id > $1 and s.id in "
		    "(select id from network_subnet where project_id = $3 "
		    "union select x.id from network_network y join network_subnet x "
		    "on x.network_id = y.id where y.project_id = $3 or y.shared = 1) "
		    "order by s.id limit $2");

static const struct field pool_row[] = { F_STR(pool, subnet_id, 36, 0), F_INT(pool, first, 0, 0, 0),
					 F_INT(pool, last, 0, 0, 0), F_INT(pool, next, 0, 0, 0),
					 F_END };
DB_STMT(pools_sql,
	WANTED_IDS "select p.subnet_id, p.first, p.last, p.next from wanted "
		   "join network_pool p on p.subnet_id = wanted.id order by p.subnet_id, p.first");
DB_STMT(pool_put_sql,
	"insert into network_pool (subnet_id, first, last, next) values ($1, $2, $3, $4)");
DB_STMT(pools_drop_sql, "delete from network_pool where subnet_id = $1");
DB_STMT(pool_next_sql,
	"update network_pool set next = $3 where subnet_id = $1 and first = $2 and next <> $3");
DB_STMT(subnet_addresses_sql, "select count(*) from network_address where subnet_id = $1");
DB_STMT(subnet_addresses_drop_sql, "delete from network_address where subnet_id = $1");
DB_STMT(subnet_router_addresses_sql,
	"select count(*) from network_address a join network_port p on p.id = a.port_id "
	"where a.subnet_id = $1 and p.device_owner like 'network:%'");

static enum status read_pools(struct call *c, struct subnet *list, size_t n)
{
	struct buf ids = { .arena = c->arena };
	struct pool *pools;
	size_t count, at = 0;

	for (size_t i = 0; i < n; i++)
		buf_str(&ids, list[i].id);
	enum status st =
		DB_ALL(c, &pools_sql, pool_row, &pools, &count, DB_ARGS(DB_STR(buf_text(&ids))));
	for (size_t i = 0; !st && i < n; i++) {
		struct prefix p;
		if (!prefix_read(list[i].cidr, &p))
			return fail(c, ST_INTERNAL, NULL, "subnet %s has the cidr '%s'", list[i].id,
				    list[i].cidr);
		list[i].pools = pools + at;
		for (; at < count && str_eq(pools[at].subnet_id, list[i].id); at++) {
			struct ip start = network_ip_of(&p, pools[at].first);
			struct ip end = network_ip_of(&p, pools[at].last);
			pools[at].start = ip_text(c->arena, &start);
			pools[at].end = ip_text(c->arena, &end);
			list[i].pools_count++;
		}
	}
	return st;
}

enum status network_store_subnet(struct call *c, const char *id, struct subnet *out)
{
	struct subnet s = { 0 };
	enum status st = db_one(c, &subnet_read_sql, subnet_seen_row, &s, DB_ARGS(DB_STR(id)));

	if (!st)
		st = read_pools(c, &s, 1);
	if (!st)
		*out = s;
	return st;
}

enum status network_store_subnet_put(struct call *c, const struct subnet *s)
{
	enum status st = db_put(c, &subnet_put_sql, subnet_row, s);

	return st ? st : network_store_pools_put(c, s);
}

enum status network_store_pools_put(struct call *c, const struct subnet *s)
{
	enum status st = db_do(c, &pools_drop_sql, NULL, DB_ARGS(DB_STR(s->id)));

	for (size_t i = 0; !st && i < s->pools_count; i++)
		st = db_put(c, &pool_put_sql, pool_row, &s->pools[i]);
	return st;
}

enum status network_store_subnet_update(struct call *c, const struct subnet *s)
{
	return db_put(c, &subnet_update_sql, subnet_row, s);
}

enum status network_store_subnet_delete(struct call *c, const char *id)
{
	enum status st = db_do(c, &pools_drop_sql, NULL, DB_ARGS(DB_STR(id)));

	return st ? st : db_do(c, &subnet_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status network_store_subnets(struct call *c, const char *network_id, const char *project_id,
				  const char *after, int64_t most, struct subnet **list, size_t *n)
{
	enum status st;

	if (network_id)
		st = DB_ALL(c, &subnets_of_network_sql, subnet_seen_row, list, n,
			    DB_ARGS(DB_STR(after), DB_INT(most), DB_STR(network_id)));
	else if (project_id)
		st = DB_ALL(c, &subnets_seen_sql, subnet_seen_row, list, n,
			    DB_ARGS(DB_STR(after), DB_INT(most), DB_STR(project_id)));
	else
		st = DB_ALL(c, &subnets_all_sql, subnet_seen_row, list, n,
			    DB_ARGS(DB_STR(after), DB_INT(most)));
	return st || !*n ? st : read_pools(c, *list, *n);
}

enum status network_store_subnet_addresses(struct call *c, const char *id, int64_t *count)
{
	return db_number(c, &subnet_addresses_sql, count, DB_ARGS(DB_STR(id)));
}

enum status network_store_subnet_auto_drop(struct call *c, const char *id)
{
	return db_do(c, &subnet_addresses_drop_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status network_store_subnet_router_addresses(struct call *c, const char *id, int64_t *count)
{
	return db_number(c, &subnet_router_addresses_sql, count, DB_ARGS(DB_STR(id)));
}

enum status network_store_pool_next(struct call *c, const struct pool *pool, int64_t next)
{
	return db_do(c, &pool_next_sql, NULL,
		     DB_ARGS(DB_STR(pool->subnet_id), DB_INT(pool->first), DB_INT(next)));
}
