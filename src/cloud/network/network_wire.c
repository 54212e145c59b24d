/* SPDX-License-Identifier: Apache-2.0 */
/* How networks, subnets, ports and quotas look to Neutron's clients. */
#include "cloud/network/network_private.h"

const struct field network_wire[] = {
	F_STR(network, id, 36, 0),
	F_STR(network, name, 255, EMPTY_OK),
	F_STR_AS("tenant_id", network, project_id, 64, 0),
	F_STR(network, project_id, 64, 0),
	F_BOOL(network, admin_state_up, 0),
	F_STR(network, status, 16, 0),
	F_BOOL(network, shared, 0),
	F_BOOL_AS("router:external", network, external, 0),
	F_STR_AS("provider:network_type", network, network_type, 16, 0, .may = "network.provider"),
	F_STR_AS("provider:physical_network", network, physical_network, 64, NULLABLE,
		 .may = "network.provider"),
	F_INT_AS("provider:segmentation_id", network, segmentation_id, 0, 0, NULLABLE,
		 .may = "network.provider"),
	F_INT(network, mtu, 0, 0, 0),
	F_BOOL_AS("port_security_enabled", network, port_security, 0),
	F_STRS(network, subnets, 0, 0),
	F_STR(network, description, 255, EMPTY_OK),
	F_STRS(network, tags, 0, 0),
	F_TIME(network, created_at, 0),
	F_TIME(network, updated_at, 0),
	F_INT_AS("revision_number", network, revision, 0, 0, 0),
	F_END
};

static const struct field pool_wire[] = { F_STR(pool, start, 64, 0), F_STR(pool, end, 64, 0),
					  F_END };

const struct field subnet_wire[] = { F_STR(subnet, id, 36, 0),
				     F_STR(subnet, name, 255, EMPTY_OK),
				     F_STR_AS("tenant_id", subnet, project_id, 64, 0),
				     F_STR(subnet, project_id, 64, 0),
				     F_STR(subnet, network_id, 36, 0),
				     F_INT(subnet, ip_version, 0, 0, 0),
				     F_STR(subnet, cidr, 64, 0),
				     F_STR(subnet, gateway_ip, 64, NULLABLE),
				     F_BOOL(subnet, enable_dhcp, 0),
				     F_STR(subnet, ipv6_ra_mode, 20, NULLABLE),
				     F_STR(subnet, ipv6_address_mode, 20, NULLABLE),
				     F_STR(subnet, subnetpool_id, 36, NULLABLE),
				     F_LIST_AS("allocation_pools", subnet, pools, pool, pool_wire,
					       0, 0),
				     F_STRS(subnet, dns_nameservers, 0, 0),
				     F_JSON(subnet, host_routes, 0, 0),
				     F_STR(subnet, description, 255, EMPTY_OK),
				     F_STRS(subnet, tags, 0, 0),
				     F_TIME(subnet, created_at, 0),
				     F_TIME(subnet, updated_at, 0),
				     F_INT_AS("revision_number", subnet, revision, 0, 0, 0),
				     F_END };

const struct field network_fixed_ip_wire[] = { F_ID(network_fixed_ip, subnet_id, OPT),
					       F_STR(network_fixed_ip, ip_address, 64, OPT),
					       F_END };

static void write_vnic_type(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_str(j, "normal");
}

/* A port whose host was told is plugged into Open vSwitch there. */
static void write_vif_type(struct call *c, struct json_out *j, const void *obj)
{
	const struct port *p = obj;

	(void)c;
	json_str(j, p->host_id[0] ? "ovs" : "unbound");
}

static void write_vif_details(struct call *c, struct json_out *j, const void *obj)
{
	const struct port *p = obj;

	(void)c;
	json_object_begin(j);
	if (p->host_id[0])
		json_put_bool(j, "port_filter", true);
	json_object_end(j);
}

static void write_profile(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_object_begin(j);
	json_object_end(j);
}

const struct field port_wire[] = {
	F_STR(port, id, 36, 0),
	F_STR(port, name, 255, EMPTY_OK),
	F_STR_AS("tenant_id", port, project_id, 64, EMPTY_OK),
	F_STR(port, project_id, 64, EMPTY_OK),
	F_STR(port, network_id, 36, 0),
	F_STR(port, mac_address, 17, 0),
	F_LIST(port, fixed_ips, network_fixed_ip, network_fixed_ip_wire, 0, 0),
	F_BOOL(port, admin_state_up, 0),
	F_STR(port, status, 16, 0),
	F_STR(port, device_id, 255, EMPTY_OK),
	F_STR(port, device_owner, 255, EMPTY_OK),
	F_BOOL_AS("port_security_enabled", port, port_security, 0),
	F_STRS(port, security_groups, 0, 0),
	F_JSON_AS("allowed_address_pairs", port, address_pairs, 0, 0),
	F_VIEW("binding:vnic_type", write_vnic_type),
	F_STR_AS("binding:host_id", port, host_id, 255, EMPTY_OK, .may = "network.binding"),
	F_VIEW("binding:vif_type", write_vif_type, .may = "network.binding"),
	F_VIEW("binding:vif_details", write_vif_details, .may = "network.binding"),
	F_VIEW("binding:profile", write_profile, .may = "network.binding"),
	F_STR(port, description, 255, EMPTY_OK),
	F_STRS(port, tags, 0, 0),
	F_TIME(port, created_at, 0),
	F_TIME(port, updated_at, 0),
	F_INT_AS("revision_number", port, revision, 0, 0, 0),
	F_END
};

/* --- asked --- */

#define NETWORK_MEMBERS                                                                            \
	F_STR(network_ask, name, NAME_MAX_LENGTH, OPT | EMPTY_OK, TELLS(network_ask, name)),       \
		F_STR(network_ask, description, NAME_MAX_LENGTH, OPT | EMPTY_OK,                   \
		      TELLS(network_ask, description)),                                            \
		F_BOOL(network_ask, admin_state_up, OPT | LOOSE,                                   \
		       TELLS(network_ask, admin_state_up)),                                        \
		F_BOOL(network_ask, shared, OPT | LOOSE, TELLS(network_ask, shared)),              \
		F_BOOL_AS("router:external", network_ask, external, OPT | LOOSE,                   \
			  TELLS(network_ask, external)),                                           \
		F_BOOL_AS("port_security_enabled", network_ask, port_security, OPT | LOOSE,        \
			  TELLS(network_ask, port_security)),                                      \
		F_INT(network_ask, mtu, 0, 65535, OPT | LOOSE, TELLS(network_ask, mtu))
static const struct field network_new_wire[] = {
	NETWORK_MEMBERS,
	F_STR(network_ask, project_id, 64, OPT),
	F_STR(network_ask, tenant_id, 64, OPT),
	F_STR_AS("provider:network_type", network_ask, network_type, 16, OPT | NULLABLE),
	F_STR_AS("provider:physical_network", network_ask, physical_network, 64, OPT | NULLABLE),
	F_INT_AS("provider:segmentation_id", network_ask, segmentation_id, 0, 0,
		 OPT | NULLABLE | LOOSE, TELLS(network_ask, segmentation_id)),
	F_END
};
const struct field network_ask_wire[] = { F_ID_AS("network_id", network_ask, id, FROM_PATH),
					  NETWORK_MEMBERS, F_END };
const struct field network_create_wire[] = {
	F_OBJECT(network_create, network, network_ask, network_new_wire, OPT,
		 TELLS(network_create, network)),
	F_LIST(network_create, networks, network_ask, network_new_wire, BULK_MAX, OPT,
	       TELLS(network_create, networks)),
	F_END
};
const struct field network_made_wire[] = {
	F_OBJECT(network_made, network, network, network_wire, OMIT),
	F_LIST(network_made, networks, network, network_wire, 0, OMIT), F_END
};

static const struct field pool_ask_wire[] = { F_STR(pool, start, 64, 0), F_STR(pool, end, 64, 0),
					      F_END };
static const struct field host_route_wire[] = { F_STR(host_route, destination, 64, 0),
						F_STR(host_route, nexthop, 64, 0), F_END };
#define SUBNET_MEMBERS                                                                             \
	F_STR(subnet_ask, name, NAME_MAX_LENGTH, OPT | EMPTY_OK, TELLS(subnet_ask, name)),         \
		F_STR(subnet_ask, description, NAME_MAX_LENGTH, OPT | EMPTY_OK,                    \
		      TELLS(subnet_ask, description)),                                             \
		F_STR(subnet_ask, gateway_ip, 64, OPT | NULLABLE, TELLS(subnet_ask, gateway_ip)),  \
		F_BOOL(subnet_ask, enable_dhcp, OPT | LOOSE, TELLS(subnet_ask, enable_dhcp)),      \
		F_STRS(subnet_ask, dns_nameservers, NAMESERVERS_MAX, OPT | NULLABLE,               \
		       TELLS(subnet_ask, dns_nameservers)),                                        \
		F_LIST(subnet_ask, host_routes, host_route, host_route_wire, ROUTES_MAX,           \
		       OPT | NULLABLE, TELLS(subnet_ask, host_routes)),                            \
		F_LIST(subnet_ask, allocation_pools, pool, pool_ask_wire, POOLS_MAX,               \
		       OPT | NULLABLE, TELLS(subnet_ask, allocation_pools))
static const struct field subnet_new_wire[] = {
	SUBNET_MEMBERS,
	F_ID(subnet_ask, network_id, 0),
	F_INT(subnet_ask, ip_version, 4, 6, LOOSE),
	F_INT(subnet_ask, prefixlen, 0, 128, OPT | NULLABLE | LOOSE, TELLS(subnet_ask, prefixlen)),
	F_STR(subnet_ask, cidr, 64, OPT | NULLABLE),
	F_STR(subnet_ask, ipv6_ra_mode, 32, OPT | NULLABLE),
	F_STR(subnet_ask, ipv6_address_mode, 32, OPT | NULLABLE),
	F_STR(subnet_ask, subnetpool_id, 64, OPT | NULLABLE),
	F_STR(subnet_ask, project_id, 64, OPT),
	F_STR(subnet_ask, tenant_id, 64, OPT),
	F_END
};
const struct field subnet_ask_wire[] = { F_ID_AS("subnet_id", subnet_ask, id, FROM_PATH),
					 SUBNET_MEMBERS, F_END };
const struct field subnet_create_wire[] = {
	F_OBJECT(subnet_create, subnet, subnet_ask, subnet_new_wire, OPT,
		 TELLS(subnet_create, subnet)),
	F_LIST(subnet_create, subnets, subnet_ask, subnet_new_wire, BULK_MAX, OPT,
	       TELLS(subnet_create, subnets)),
	F_END
};
const struct field subnet_made_wire[] = {
	F_OBJECT(subnet_made, subnet, subnet, subnet_wire, OMIT),
	F_LIST(subnet_made, subnets, subnet, subnet_wire, 0, OMIT), F_END
};

static const struct field address_pair_wire[] = {
	F_STR(address_pair, ip_address, 64, 0),
	F_STR(address_pair, mac_address, 17, OPT | NULLABLE), F_END
};
static const char *const vnic_types[] = { "normal", NULL };
#define PORT_MEMBERS                                                                               \
	F_STR(port_ask, name, NAME_MAX_LENGTH, OPT | EMPTY_OK, TELLS(port_ask, name)),             \
		F_STR(port_ask, description, NAME_MAX_LENGTH, OPT | EMPTY_OK,                      \
		      TELLS(port_ask, description)),                                               \
		F_BOOL(port_ask, admin_state_up, OPT | LOOSE, TELLS(port_ask, admin_state_up)),    \
		F_STR(port_ask, mac_address, 17, OPT, TELLS(port_ask, mac_address)),               \
		F_STR(port_ask, device_id, NAME_MAX_LENGTH, OPT | EMPTY_OK,                        \
		      TELLS(port_ask, device_id)),                                                 \
		F_STR(port_ask, device_owner, NAME_MAX_LENGTH, OPT | EMPTY_OK,                     \
		      TELLS(port_ask, device_owner)),                                              \
		F_BOOL_AS("port_security_enabled", port_ask, port_security, OPT | LOOSE,           \
			  TELLS(port_ask, port_security)),                                         \
		F_STRS(port_ask, security_groups, 0, OPT | NULLABLE,                               \
		       TELLS(port_ask, security_groups)),                                          \
		F_LIST_AS("allowed_address_pairs", port_ask, address_pairs, address_pair,          \
			  address_pair_wire, ADDRESS_PAIRS_MAX, OPT | NULLABLE,                    \
			  TELLS(port_ask, address_pairs)),                                         \
		F_STR_AS("binding:host_id", port_ask, host_id, 255, OPT | NULLABLE | EMPTY_OK,     \
			 TELLS(port_ask, host_id), .may = "network.binding"),                      \
		F_WORD_AS("binding:vnic_type", port_ask, vnic_type, vnic_types, OPT),              \
		F_LIST(port_ask, fixed_ips, network_fixed_ip, network_fixed_ip_wire,               \
		       FIXED_IPS_MAX, OPT, TELLS(port_ask, fixed_ips))
static const struct field port_new_wire[] = { PORT_MEMBERS, F_ID(port_ask, network_id, 0),
					      F_STR(port_ask, project_id, 64, OPT),
					      F_STR(port_ask, tenant_id, 64, OPT), F_END };
const struct field port_ask_wire[] = { F_ID_AS("port_id", port_ask, id, FROM_PATH), PORT_MEMBERS,
				       F_END };
const struct field port_create_wire[] = { F_OBJECT(port_create, port, port_ask, port_new_wire, OPT,
						   TELLS(port_create, port)),
					  F_LIST(port_create, ports, port_ask, port_new_wire,
						 BULK_MAX, OPT, TELLS(port_create, ports)),
					  F_END };
const struct field port_made_wire[] = { F_OBJECT(port_made, port, port, port_wire, OMIT),
					F_LIST(port_made, ports, port, port_wire, 0, OMIT), F_END };

/* --- quotas --- */

#define QUOTA_MEMBERS                                                                              \
	QUOTA("network", QUOTA_NETWORK), QUOTA("subnet", QUOTA_SUBNET), QUOTA("port", QUOTA_PORT), \
		QUOTA("router", QUOTA_ROUTER), QUOTA("floatingip", QUOTA_FLOATINGIP),              \
		QUOTA("security_group", QUOTA_SECURITY_GROUP),                                     \
		QUOTA("security_group_rule", QUOTA_SECURITY_GROUP_RULE),                           \
		QUOTA("subnetpool", QUOTA_SUBNETPOOL)
#define QUOTA(name, i) F_INT_AS(name, network_quota, most[i], 0, 0, 0)
const struct field network_quota_wire[] = { QUOTA_MEMBERS, F_END };
static const struct field quota_of_project[] = {
	QUOTA_MEMBERS, F_STR(network_quota, project_id, 64, 0),
	F_STR_AS("tenant_id", network_quota, project_id, 64, 0), F_END
};
#undef QUOTA
const struct field network_quotas_wire[] = {
	F_LIST(network_quotas, quotas, network_quota, quota_of_project, 0, 0), F_END
};
const struct field network_quota_key_wire[] = { F_STR(network_quota_ask, project_id, 64, FROM_PATH),
						F_END };
#define QUOTA(name, i)                                                                             \
	F_INT_AS(name, network_quota_ask, most[i], -1, INT32_MAX, OPT | LOOSE,                     \
		 .given_at = FIELD_AT(network_quota_ask, given[i], bool))
const struct field network_quota_ask_wire[] = { F_STR(network_quota_ask, project_id, 64, FROM_PATH),
						QUOTA_MEMBERS, F_END };
#undef QUOTA
static const struct field quota_use_wire[] = { F_INT(quota_use, used, 0, 0, 0),
					       F_INT(quota_use, limit, 0, 0, 0),
					       F_INT(quota_use, reserved, 0, 0, 0), F_END };
#define QUOTA(name, i)                                                                             \
	F_OBJECT_AS(name, network_quota_details, use[i], quota_use, quota_use_wire, 0)
const struct field network_quota_details_wire[] = { QUOTA_MEMBERS, F_END };
#undef QUOTA

/* --- one object, a page of objects --- */

const struct field network_key_wire[] = { F_ID_AS("network_id", object_ask, id, FROM_PATH),
					  F_STRS(object_ask, fields, 0, OPT | FROM_QUERY), F_END };
const struct field subnet_key_wire[] = { F_ID_AS("subnet_id", object_ask, id, FROM_PATH),
					 F_STRS(object_ask, fields, 0, OPT | FROM_QUERY), F_END };
const struct field port_key_wire[] = { F_ID_AS("port_id", object_ask, id, FROM_PATH),
				       F_STRS(object_ask, fields, 0, OPT | FROM_QUERY), F_END };

const struct field network_list_ask_wire[] = {
	F_STRS(network_list_ask, fields, 0, OPT | FROM_QUERY),
	F_STRS(network_list_ask, sort_key, 0, OPT | FROM_QUERY),
	F_STRS(network_list_ask, sort_dir, 0, OPT | FROM_QUERY),
	F_INT(network_list_ask, limit, 0, INT32_MAX, OPT | FROM_QUERY | LOOSE),
	F_STR(network_list_ask, marker, 64, OPT | FROM_QUERY),
	F_BOOL(network_list_ask, page_reverse, OPT | FROM_QUERY | LOOSE),
	F_QUERY_REST(network_list_ask, filters),
	F_END
};

#define SHOWN(kind)                                                                                \
	static void write_##kind(struct call *c, struct json_out *j, const void *obj)              \
	{                                                                                          \
		const struct kind##_shown *s = obj;                                                \
		network_write_chosen(c, kind##_wire, &s->fields, j, &s->item);                     \
	}                                                                                          \
	static void write_##kind##s(struct call *c, struct json_out *j, const void *obj)           \
	{                                                                                          \
		const struct network_page *p = obj;                                                \
		const struct kind *list = p->list;                                                 \
		json_array_begin(j);                                                               \
		for (size_t i = 0; i < p->count; i++)                                              \
			network_write_chosen(c, kind##_wire, &p->fields, j, &list[i]);             \
		json_array_end(j);                                                                 \
	}                                                                                          \
	const struct field kind##_shown_wire[] = { F_VIEW(#kind, write_##kind), F_END };           \
	const struct field kind##_page_wire[] = { F_VIEW(#kind "s", write_##kind##s),              \
						  F_NEXT(network_page, next), F_END };
SHOWN(network)
SHOWN(subnet)
SHOWN(port)
