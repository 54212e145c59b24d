/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for the metadata service. */
#include "cloud/network/network_metadata.h"
#include "cloud/network/network_private.h"

static const struct field network_row[] = { F_STR(metadata_network, id, 36, 0),
					    F_INT(metadata_network, mtu, 0, 0, 0), F_END };
DB_STMT(metadata_networks_sql, WANTED_IDS
	"select distinct n.id, n.mtu from wanted join network_port p on p.id = wanted.id "
	"join network_network n on n.id = p.network_id "
	"join network_subnet s on s.network_id = n.id "
	"where s.ip_version = 4 and s.enable_dhcp = 1");

enum status network_store_metadata_networks(struct call *c, const char *port_ids,
					    struct metadata_network **list, size_t *n)
{
	return DB_ALL(c, &metadata_networks_sql, network_row, list, n, DB_ARGS(DB_STR(port_ids)));
}

static const struct field cidr_row[] = { F_STR(metadata_cidr, network_id, 36, 0),
					 F_STR(metadata_cidr, subnet_id, 36, 0),
					 F_STR(metadata_cidr, cidr, 64, 0), F_END };
DB_STMT(metadata_cidrs_sql,
	WANTED_IDS "select distinct s.network_id, s.id as subnet_id, s.cidr from wanted "
		   "join network_port p on p.id = wanted.id "
		   "join network_subnet s on s.network_id = p.network_id where s.ip_version = 4");

enum status network_store_metadata_cidrs(struct call *c, const char *port_ids,
					 struct metadata_cidr **list, size_t *n)
{
	return DB_ALL(c, &metadata_cidrs_sql, cidr_row, list, n, DB_ARGS(DB_STR(port_ids)));
}

DB_STMT(metadata_subnets_sql, "select network_id, id as subnet_id, cidr from network_subnet "
			      "where network_id = $1 and ip_version = 4");

enum status network_store_metadata_subnets(struct call *c, const char *network_id,
					   struct metadata_cidr **list, size_t *n)
{
	return DB_ALL(c, &metadata_subnets_sql, cidr_row, list, n, DB_ARGS(DB_STR(network_id)));
}

struct id_row {
	const char *id;
};
static const struct field id_row[] = { F_STR(id_row, id, 36, 0), F_END };
DB_STMT(metadata_known_sql, WANTED_IDS "select n.id from wanted "
				       "join network_network n on n.id = wanted.id");

enum status network_store_metadata_known(struct call *c, const char *network_ids,
					 struct words *known)
{
	struct id_row *rows;
	size_t n;
	enum status st =
		DB_ALL(c, &metadata_known_sql, id_row, &rows, &n, DB_ARGS(DB_STR(network_ids)));

	if (st)
		return st;
	*known = (struct words){ arena_array(c->arena, n + 1, sizeof(char *)), n };
	for (size_t i = 0; i < n; i++)
		known->list[i] = rows[i].id;
	return ST_OK;
}

static const struct field holder_row[] = { F_STR(network_holder, port_id, 36, 0),
					   F_STR(network_holder, device_id, 255, EMPTY_OK),
					   F_STR(network_holder, mac_address, 17, 0), F_END };
DB_STMT(holder_sql, "select p.id as port_id, p.device_id, p.mac_address from network_address a "
		    "join network_port p on p.id = a.port_id "
		    "where a.subnet_id = $1 and a.host = $2");

enum status network_store_holder(struct call *c, const char *subnet_id, int64_t host,
				 struct network_holder *out)
{
	return db_one(c, &holder_sql, holder_row, out, DB_ARGS(DB_STR(subnet_id), DB_INT(host)));
}
