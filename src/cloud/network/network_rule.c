/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of security groups: which protocols, ports and far ends make sense together. */
#include <ctype.h>
#include <jansson.h>
#include "base/id.h"
#include "cloud/network/network_route.h"
#include "cloud/network/network_security.h"
#include "door/audit/audit.h"

/* The names that Neutron knows, with the numbers of IANA's registry. */
static const struct {
	const char *name;
	int64_t number;
} protocols[] = { { "ah", 51 },         { "dccp", 33 },      { "egp", 8 },
		  { "esp", 50 },        { "gre", 47 },       { "icmp", 1 },
		  { "icmpv6", 58 },     { "igmp", 2 },       { "ipip", 4 },
		  { "ipv6-encap", 41 }, { "ipv6-frag", 44 }, { "ipv6-icmp", 58 },
		  { "ipv6-nonxt", 59 }, { "ipv6-opts", 60 }, { "ipv6-route", 43 },
		  { "ospf", 89 },       { "pgm", 113 },      { "rsvp", 46 },
		  { "sctp", 132 },      { "tcp", 6 },        { "udp", 17 },
		  { "udplite", 136 },   { "vrrp", 112 } };

int64_t security_protocol(const char *name)
{
	int64_t number;

	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
		if (str_eq(protocols[i].name, name))
			return protocols[i].number;
	return int_parse(name, &number) && number >= 0 && number <= 255 ? number : -1;
}

static bool is_icmp(int64_t protocol)
{
	return protocol == 1 || protocol == 58;
}

/* Those whose ports the engine can tell apart. */
static bool has_ports(int64_t protocol)
{
	return protocol == 6 || protocol == 17 || protocol == 132;
}

static enum status check_icmp(struct call *c, const struct security_rule *r)
{
	static const char *const what[] = { "ICMP type", "ICMP code" };
	const int64_t value[] = { r->port_range_min, r->port_range_max };

	if (value[0] == INT_NULL && value[1] != INT_NULL)
		return fail(c, ST_BAD_INPUT, "SecurityGroupMissingIcmpType",
			    "ICMP code (port-range-max) %ld is provided but ICMP type "
			    "(port-range-min) is missing.",
			    (long)value[1]);
	for (size_t i = 0; i < 2; i++)
		if (value[i] != INT_NULL && (value[i] < 0 || value[i] > 255))
			return fail(c, ST_BAD_INPUT, "SecurityGroupInvalidIcmpValue",
				    "Invalid value for %s (%s) %ld. It must be 0 to 255.", what[i],
				    i ? "port-range-max" : "port-range-min", (long)value[i]);
	return ST_OK;
}

static enum status check_ports(struct call *c, const struct security_rule *r)
{
	const int64_t value[] = { r->port_range_min, r->port_range_max };

	for (size_t i = 0; i < 2; i++)
		if (value[i] != INT_NULL && (value[i] < 1 || value[i] > 65535))
			return fail(c, ST_BAD_INPUT, "SecurityGroupInvalidPortValue",
				    "Invalid value for port %ld", (long)value[i]);
	if ((value[0] == INT_NULL) != (value[1] == INT_NULL) || value[0] > value[1])
		return fail(c, ST_BAD_INPUT, "SecurityGroupInvalidPortRange",
			    "For TCP/UDP protocols, port_range_min must be <= port_range_max");
	return ST_OK;
}

static enum status check_protocol(struct call *c, struct security_rule *r)
{
	int64_t number = r->protocol ? security_protocol(r->protocol) : -1;
	bool ranged = r->port_range_min != INT_NULL || r->port_range_max != INT_NULL;
	bool six = str_eq(r->ethertype, "IPv6");

	if (!r->protocol)
		return ranged ? fail(c, ST_BAD_INPUT, "SecurityGroupProtocolRequiredWithPorts",
				     "Must also specify protocol if port range is given.")
			      : ST_OK;
	if (number < 0)
		return fail(c, ST_BAD_INPUT, "SecurityGroupRuleInvalidProtocol",
			    "Security group rule protocol %s not supported. Only protocol names "
			    "of Neutron and integer representations [0 to 255] are supported.",
			    r->protocol);
	if ((number == 58 && !six) || (str_starts(r->protocol, "ipv6-") && !six))
		return fail(c, ST_BAD_INPUT, "SecurityGroupEthertypeConflictWithProtocol",
			    "Invalid ethertype %s for protocol %s.", r->ethertype, r->protocol);
	if (is_icmp(number))
		return check_icmp(c, r);
	if (ranged && !has_ports(number))
		return fail(c, ST_BAD_INPUT, "SecurityGroupInvalidProtocolForPort",
			    "Ports cannot be given for protocol %s", r->protocol);
	return ranged ? check_ports(c, r) : ST_OK;
}

static enum status check_remote(struct call *c, struct security_rule *r)
{
	int version = str_eq(r->ethertype, "IPv6") ? 6 : 4;
	struct security_group remote;
	struct prefix p;
	struct ip ip;

	if (r->remote_ip_prefix && r->remote_group_id)
		return fail(c, ST_BAD_INPUT, "SecurityGroupMultipleRemoteEntitiesSpecified",
			    "Only one of remote_ip_prefix or remote_group_id may be provided.");
	if (r->remote_ip_prefix) {
		if (!prefix_read(r->remote_ip_prefix, &p)) {
			if (!ip_read(r->remote_ip_prefix, &ip))
				return fail(c, ST_BAD_INPUT, "InvalidInput",
					    "Invalid input for remote_ip_prefix. Reason: '%s' is "
					    "not a valid IP subnet.",
					    r->remote_ip_prefix);
			p = (struct prefix){ ip, ip.version == 6 ? 128 : 32 };
		}
		if (p.first.version != version)
			return fail(c, ST_BAD_INPUT, "SecurityGroupRuleParameterConflict",
				    "Conflicting value ethertype %s for CIDR %s", r->ethertype,
				    r->remote_ip_prefix);
	}
	if (!r->remote_group_id)
		return ST_OK;
	enum status st = security_store_group(c, r->remote_group_id, &remote);
	if (st == ST_NOT_FOUND || (!st && !network_owns(c, remote.project_id)))
		return fail(c, ST_NOT_FOUND, "SecurityGroupNotFound",
			    "Security group %s does not exist", r->remote_group_id);
	return st;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? str_eq(a, b) : a == b;
}

static bool same_protocol(const char *a, const char *b)
{
	return a && b ? security_protocol(a) == security_protocol(b) : a == b;
}

static enum status check_new(struct call *c, const struct security_group *g,
			     const struct security_rule *r)
{
	for (size_t i = 0; i < g->rules_count; i++) {
		const struct security_rule *old = &g->rules[i];
		if (str_eq(old->direction, r->direction) && str_eq(old->ethertype, r->ethertype) &&
		    same_protocol(old->protocol, r->protocol) &&
		    old->port_range_min == r->port_range_min &&
		    old->port_range_max == r->port_range_max &&
		    same_text(old->remote_ip_prefix, r->remote_ip_prefix) &&
		    same_text(old->remote_group_id, r->remote_group_id))
			return fail(c, ST_CONFLICT, "SecurityGroupRuleExists",
				    "Security group rule already exists. Rule id is %s.", old->id);
	}
	return ST_OK;
}

static const char *one_of(const char *given, const char *const *names)
{
	for (; *names; names++)
		if (str_case_eq(given, *names))
			return *names;
	return NULL;
}

enum status security_rule_make(struct call *c, const struct rule_ask *ask,
			       struct security_rule *out)
{
	static const char *const directions[] = { "ingress", "egress", NULL };
	static const char *const ethertypes[] = { "IPv4", "IPv6", NULL };
	struct security_group g;
	struct security_rule r = {
		.id = id_new(c->arena),
		.security_group_id = ask->security_group_id,
		.direction = one_of(ask->direction, directions),
		.ethertype = one_of(ask->ethertype ? ask->ethertype : "IPv4", ethertypes),
		.protocol = ask->protocol,
		.port_range_min = ask->port_range_min_given ? ask->port_range_min : INT_NULL,
		.port_range_max = ask->port_range_max_given ? ask->port_range_max : INT_NULL,
		.remote_ip_prefix = ask->remote_ip_prefix,
		.remote_group_id = ask->remote_group_id,
		.description = ask->description ? ask->description : "",
		.revision = 1,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};

	if (!r.direction)
		return fail(
			c, ST_BAD_INPUT, "InvalidInput",
			"Invalid input for direction. Reason: '%s' is not in [ingress, egress].",
			ask->direction);
	if (!r.ethertype)
		return fail(c, ST_BAD_INPUT, "SecurityGroupRuleInvalidEtherType",
			    "Security group rule for ethertype '%s' not supported. Allowed values "
			    "are IPv4 and IPv6.",
			    ask->ethertype);
	enum status st = security_store_group(c, ask->security_group_id, &g);
	if (st == ST_NOT_FOUND || (!st && !network_owns(c, g.project_id)))
		return fail(c, ST_NOT_FOUND, "SecurityGroupNotFound",
			    "Security group %s does not exist", ask->security_group_id);
	r.project_id = g.project_id;
	if (!st)
		st = check_protocol(c, &r);
	if (!st)
		st = check_remote(c, &r);
	if (!st)
		st = check_new(c, &g, &r);
	if (!st)
		st = network_quota_take(c, r.project_id, "security_group_rule", 1);
	if (!st)
		st = security_store_rule_put(c, &r);
	if (!st)
		st = security_changed(c, g.id);
	if (!st)
		st = network_tell(c, "security_group_rule", "created", r.id, r.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "security_group_rule", r.id);
	audit_change(c, security_rule_wire, NULL, &r);
	*out = r;
	return ST_OK;
}

static enum status rule_create(struct call *c, const struct rule_create *in, struct rule_made *out)
{
	enum status st = ST_OK;

	if (in->rule_given == in->rules_given)
		return fail(c, ST_BAD_INPUT, "security_group_rule",
			    "give either 'security_group_rule' or a list 'security_group_rules'");
	if (in->rule_given)
		return security_rule_make(c, &in->rule, &out->rule);
	out->rules = arena_array(c->arena, in->rules_count + 1, sizeof *out->rules);
	out->rules_count = in->rules_count;
	for (size_t i = 0; !st && i < in->rules_count; i++)
		st = security_rule_make(c, &in->rules[i], &out->rules[i]);
	return st;
}

static enum status read_chunk(struct call *c, const struct network_list_ask *in, const char *after,
			      int64_t most, void **list, size_t *n)
{
	const char *project = c->actor.project_id ? c->actor.project_id : "";
	struct security_rule *rules;
	enum status st =
		security_store_rules(c, c->actor.is_admin ? network_filter_project(in) : project,
				     after, most, &rules, n);

	*list = rules;
	return st;
}

static enum status rule_list(struct call *c, const struct network_list_ask *in,
			     struct network_page *out)
{
	static const struct listing rules = { "security group rules", security_rule_wire,
					      sizeof(struct security_rule), read_chunk };

	return network_page_read(c, &rules, in, out);
}

enum status security_rule_own(struct call *c, const char *id, struct security_rule *out)
{
	enum status st = security_store_rule(c, id, out);

	if (st == ST_NOT_FOUND || (!st && !network_owns(c, out->project_id)))
		return fail(c, ST_NOT_FOUND, "SecurityGroupRuleNotFound",
			    "Security group rule %s does not exist", id);
	return st;
}

static enum status rule_show(struct call *c, const struct object_ask *in, struct rule_shown *out)
{
	out->fields = in->fields;
	return security_rule_own(c, in->id, &out->item);
}

enum status security_rule_delete(struct call *c, const struct object_ask *in, struct nothing *out)
{
	struct security_rule r = { 0 };
	enum status st = security_rule_own(c, in->id, &r);

	(void)out;
	if (!st)
		st = security_store_rule_delete(c, r.id);
	if (!st)
		st = security_changed(c, r.security_group_id);
	if (!st)
		st = network_tell(c, "security_group_rule", "deleted", r.id, r.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "security_group_rule", r.id);
	audit_change(c, security_rule_wire, &r, NULL);
	return ST_OK;
}

/* --- as clients see them --- */

const struct field security_rule_wire[] = { F_STR(security_rule, id, 36, 0),
					    F_STR_AS("tenant_id", security_rule, project_id, 64, 0),
					    F_STR(security_rule, project_id, 64, 0),
					    F_STR(security_rule, security_group_id, 36, 0),
					    F_STR(security_rule, direction, 8, 0),
					    F_STR(security_rule, ethertype, 8, 0),
					    F_STR(security_rule, protocol, 16, NULLABLE),
					    F_INT(security_rule, port_range_min, 0, 0, NULLABLE),
					    F_INT(security_rule, port_range_max, 0, 0, NULLABLE),
					    F_STR(security_rule, remote_ip_prefix, 64, NULLABLE),
					    F_STR(security_rule, remote_group_id, 36, NULLABLE),
					    F_STR(security_rule, description, 255, EMPTY_OK),
					    F_TIME(security_rule, created_at, 0),
					    F_TIME(security_rule, updated_at, 0),
					    F_INT_AS("revision_number", security_rule, revision, 0,
						     0, 0),
					    F_END };

static const char *lower_case(struct arena *a, const char *s)
{
	char *lower = arena_strdup(a, s);

	for (char *p = lower; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return lower;
}

/* A protocol is a name or a number, the latter also as a number of JSON. */
static enum status read_protocol(struct call *c, void *obj, const struct json_t *value)
{
	struct rule_ask *ask = obj;

	if (json_is_null(value))
		return ST_OK;
	if (json_is_integer(value))
		ask->protocol =
			arena_printf(c->arena, "%lld", (long long)json_integer_value(value));
	else if (json_is_string(value) && strlen(json_string_value(value)) <= 16)
		ask->protocol = lower_case(c->arena, json_string_value(value));
	else
		return fail(c, ST_BAD_INPUT, "protocol",
			    "a protocol is a name of at most 16 characters or a number");
	/* OpenStack's clients write "any" for all. */
	if (str_eq(ask->protocol, "any"))
		ask->protocol = NULL;
	return ST_OK;
}

static const struct field rule_new_wire[] = {
	F_STR(rule_ask, project_id, 64, OPT),
	F_STR(rule_ask, tenant_id, 64, OPT),
	F_STR(rule_ask, security_group_id, 64, 0),
	F_STR(rule_ask, direction, 16, 0),
	F_STR(rule_ask, ethertype, 16, OPT | NULLABLE, TELLS(rule_ask, ethertype)),
	F_ANY("protocol", FIELD_VIEW, 0, OPT, .read = read_protocol),
	F_INT(rule_ask, port_range_min, 0, 0, OPT | NULLABLE | LOOSE,
	      TELLS(rule_ask, port_range_min)),
	F_INT(rule_ask, port_range_max, 0, 0, OPT | NULLABLE | LOOSE,
	      TELLS(rule_ask, port_range_max)),
	F_STR(rule_ask, remote_ip_prefix, 64, OPT | NULLABLE),
	F_STR(rule_ask, remote_group_id, 64, OPT | NULLABLE),
	F_STR(rule_ask, description, NAME_MAX_LENGTH, OPT | EMPTY_OK),
	F_END
};
static const struct field rule_create_wire[] = {
	F_OBJECT_AS("security_group_rule", rule_create, rule, rule_ask, rule_new_wire, OPT,
		    TELLS(rule_create, rule)),
	F_LIST_AS("security_group_rules", rule_create, rules, rule_ask, rule_new_wire, BULK_MAX,
		  OPT, TELLS(rule_create, rules)),
	F_END
};
static const struct field rule_made_wire[] = { F_OBJECT_AS("security_group_rule", rule_made, rule,
							   security_rule, security_rule_wire, OMIT),
					       F_LIST_AS("security_group_rules", rule_made, rules,
							 security_rule, security_rule_wire, 0,
							 OMIT),
					       F_END };
static const struct field rule_key_wire[] = {
	F_ID_AS("security_group_rule_id", object_ask, id, FROM_PATH),
	F_STRS(object_ask, fields, 0, OPT | FROM_QUERY), F_END
};
NETWORK_VIEWS(rule, security_rule, security_rule_wire, "security_group_rule",
	      "security_group_rules")

ACT(rule_create, rule_create, rule_made)
ACT(rule_list, network_list_ask, network_page)
ACT(rule_show, object_ask, rule_shown)
ACT(security_rule_delete, object_ask, nothing)

const struct route network_rule_routes[] = {
	NETWORK_POST("/security-group-rules", "network.security.update", rule_create, rule_create,
		     rule_made, .name = "network.security_group_rule.create",
		     .help = "Adds a rule to a security group, or several at once."),
	NETWORK_GET("/security-group-rules", rule_list, network_list_ask, network_list_ask_wire,
		    network_page, rule_page_wire, .name = "network.security_group_rule.list",
		    .help = "Lists the rules of the VDC's security groups."),
	NETWORK_GET("/security-group-rules/{security_group_rule_id}", rule_show, object_ask,
		    rule_key_wire, rule_shown, rule_shown_wire,
		    .name = "network.security_group_rule.show",
		    .help = "Shows a rule of a security group."),
	NETWORK_DELETE("/security-group-rules/{security_group_rule_id}", "network.security.update",
		       security_rule_delete, rule_key_wire,
		       .name = "network.security_group_rule.delete",
		       .help = "Takes a rule from a security group."),
	{ 0 },
};
