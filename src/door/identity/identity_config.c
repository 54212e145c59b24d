/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a department's identity back end, kept for the tools that set them. Passwords among them
 * are sealed and never shown. */
#include <jansson.h>
#include "door/audit/audit.h"
#include "door/identity/identity_policies.h"

/* Every option that may be kept, with its default as JSON. */
static const struct {
	const char *section, *name, *preset;
	bool sensitive;
} options[] = {
	{ "identity", "driver", "\"sql\"", false },
	{ "identity", "list_limit", "null", false },
	{ "ldap", "url", "\"ldap://localhost\"", false },
	{ "ldap", "user", "null", false },
	{ "ldap", "password", "null", true },
	{ "ldap", "suffix", "\"cn=example,cn=com\"", false },
	{ "ldap", "query_scope", "\"one\"", false },
	{ "ldap", "page_size", "0", false },
	{ "ldap", "alias_dereferencing", "\"default\"", false },
	{ "ldap", "chase_referrals", "null", false },
	{ "ldap", "user_tree_dn", "null", false },
	{ "ldap", "user_filter", "null", false },
	{ "ldap", "user_objectclass", "\"inetOrgPerson\"", false },
	{ "ldap", "user_id_attribute", "\"cn\"", false },
	{ "ldap", "user_name_attribute", "\"sn\"", false },
	{ "ldap", "user_description_attribute", "\"description\"", false },
	{ "ldap", "user_mail_attribute", "\"mail\"", false },
	{ "ldap", "user_pass_attribute", "\"userPassword\"", false },
	{ "ldap", "user_enabled_attribute", "\"enabled\"", false },
	{ "ldap", "user_enabled_invert", "false", false },
	{ "ldap", "user_enabled_mask", "0", false },
	{ "ldap", "user_enabled_default", "\"True\"", false },
	{ "ldap", "user_attribute_ignore", "[\"default_project_id\"]", false },
	{ "ldap", "user_default_project_id_attribute", "null", false },
	{ "ldap", "user_additional_attribute_mapping", "[]", false },
	{ "ldap", "user_enabled_emulation", "false", false },
	{ "ldap", "user_enabled_emulation_dn", "null", false },
	{ "ldap", "group_tree_dn", "null", false },
	{ "ldap", "group_filter", "null", false },
	{ "ldap", "group_objectclass", "\"groupOfNames\"", false },
	{ "ldap", "group_id_attribute", "\"cn\"", false },
	{ "ldap", "group_name_attribute", "\"ou\"", false },
	{ "ldap", "group_member_attribute", "\"member\"", false },
	{ "ldap", "group_members_are_ids", "false", false },
	{ "ldap", "group_desc_attribute", "\"description\"", false },
	{ "ldap", "group_attribute_ignore", "[]", false },
	{ "ldap", "group_additional_attribute_mapping", "[]", false },
	{ "ldap", "tls_cacertfile", "null", false },
	{ "ldap", "tls_cacertdir", "null", false },
	{ "ldap", "use_tls", "false", false },
	{ "ldap", "tls_req_cert", "\"demand\"", false },
	{ "ldap", "connection_timeout", "-1", false },
	{ "ldap", "use_pool", "true", false },
	{ "ldap", "pool_size", "10", false },
	{ "ldap", "pool_retry_max", "3", false },
	{ "ldap", "pool_retry_delay", "0.1", false },
	{ "ldap", "pool_connection_timeout", "-1", false },
	{ "ldap", "pool_connection_lifetime", "600", false },
	{ "ldap", "use_auth_pool", "true", false },
	{ "ldap", "auth_pool_size", "100", false },
	{ "ldap", "auth_pool_connection_lifetime", "60", false },
};
enum { OPTIONS = sizeof options / sizeof *options };

static int option_number(const char *section, const char *name)
{
	for (int i = 0; i < OPTIONS; i++)
		if (str_eq(options[i].section, section) && (!name || str_eq(options[i].name, name)))
			return i;
	return -1;
}

/* --- reading --- */

/* Writes what of 'rows' was asked: an option alone, a section in its name, or all. */
struct choice {
	const char *section, *option;
};

static bool chosen(const struct choice *ch, const struct config_row *r)
{
	return !r->sensitive && (!ch->section || str_eq(ch->section, r->section)) &&
	       (!ch->option || str_eq(ch->option, r->option_name));
}

static const char *write_rows(struct call *c, const struct choice *ch,
			      const struct config_row *rows, size_t n)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	const char *open = NULL;

	json_object_begin(&j);
	for (size_t i = 0; i < n; i++) {
		if (!chosen(ch, &rows[i]))
			continue;
		if (!ch->option && !str_eq(open, rows[i].section)) {
			if (open)
				json_object_end(&j);
			open = rows[i].section;
			json_key(&j, open);
			json_object_begin(&j);
		}
		json_key(&j, rows[i].option_name);
		json_raw(&j, rows[i].value);
	}
	if (open)
		json_object_end(&j);
	json_object_end(&j);
	return buf_text(&b);
}

static enum status read_config(struct call *c, const char *domain_id, const struct choice *ch,
			       const char **out)
{
	struct config_row *rows;
	size_t n = 0, fit = 0;
	enum status st = config_rows(c, domain_id, &rows, &n);

	for (size_t i = 0; !st && i < n; i++)
		fit += chosen(ch, &rows[i]);
	if (!st && !fit && (ch->section || !n))
		return missing(c, "domain configuration of domain", domain_id);
	*out = st ? NULL : write_rows(c, ch, rows, n);
	return st;
}

enum status config_show(struct call *c, const struct key *in, struct domain_config *out)
{
	const struct choice ch = { in->section, in->option };
	struct project domain;
	enum status st = domain_get(c, in->domain_id, &domain);

	return st ? st : read_config(c, in->domain_id, &ch, &out->config);
}

/* --- writing --- */

static enum status put_option(struct call *c, const char *domain_id, const char *section,
			      const char *name, const json_t *value)
{
	int n = option_number(section, name);
	struct config_row row = { .section = section, .option_name = name };

	if (n < 0)
		return fail(c, ST_FORBIDDEN, name, "[%s] %s is no option that a domain may have",
			    section, name);
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	row.value = arena_strdup(c->arena, text);
	free(text);
	row.sensitive = options[n].sensitive;
	if (row.sensitive)
		row.value = fernet_seal(identity.secrets, c->arena, row.value, strlen(row.value),
					c->now_at);
	return config_row_put(c, domain_id, &row);
}

static enum status put_section(struct call *c, const char *domain_id, const char *section,
			       const json_t *members)
{
	const char *name;
	json_t *value;
	enum status st = ST_OK;

	if (option_number(section, NULL) < 0)
		return fail(c, ST_FORBIDDEN, section, "[%s] is no section that a domain may have",
			    section);
	if (!json_is_object(members) || !json_object_size(members))
		return fail(c, ST_BAD_INPUT, section, "is not an object of options");
	json_object_foreach((json_t *)members, name, value)
	{
		st = put_option(c, domain_id, section, name, value);
		if (st)
			return st;
	}
	return st;
}

/* The input is what the path leads to: {"SECTION": {…}}, and below an option {"OPTION": value}. */
static enum status put_config(struct call *c, const struct domain_config *in, const json_t *config)
{
	const char *section;
	json_t *members;
	enum status st = ST_OK;

	if (!json_is_object(config) || !json_object_size(config))
		return fail(c, ST_BAD_INPUT, "config", "is not an object of sections");
	if (in->option) {
		const json_t *value = json_object_get(config, in->option);
		if (!value || json_object_size(config) != 1)
			return fail(c, ST_BAD_INPUT, "config", "holds %s and nothing else",
				    in->option);
		return put_option(c, in->domain_id, in->section, in->option, value);
	}
	json_object_foreach((json_t *)config, section, members)
	{
		if (in->section && !str_eq(section, in->section))
			return fail(c, ST_BAD_INPUT, "config", "holds %s and nothing else",
				    in->section);
		st = put_section(c, in->domain_id, section, members);
		if (st)
			return st;
	}
	return st;
}

static enum status store(struct call *c, const struct domain_config *in, struct domain_config *out)
{
	const struct choice all = { NULL, NULL };
	json_t *config = NULL;
	enum status st = json_parse(c, in->config, strlen(in->config), &config);

	if (!st)
		st = put_config(c, in, config);
	audit_subject(c, "domain", in->domain_id);
	return st ? st : read_config(c, in->domain_id, &all, &out->config);
}

enum status config_put(struct call *c, const struct domain_config *in, struct domain_config *out)
{
	struct project domain;
	int64_t removed = 0;
	enum status st = domain_get(c, in->domain_id, &domain);

	if (!st)
		st = config_row_remove(c, in->domain_id, NULL, NULL, &removed);
	out->status = removed ? 200 : 201;
	return st ? st : store(c, in, out);
}

/* Only what is there can be changed: a section or an option that a path names. */
enum status config_change(struct call *c, const struct domain_config *in, struct domain_config *out)
{
	struct project domain;
	struct config_row *rows;
	size_t n = 0, there = 0;
	enum status st = domain_get(c, in->domain_id, &domain);

	if (!st)
		st = config_rows(c, in->domain_id, &rows, &n);
	for (size_t i = 0; !st && i < n; i++)
		there += (!in->section || str_eq(in->section, rows[i].section)) &&
			 (!in->option || str_eq(in->option, rows[i].option_name));
	if (!st && !there)
		return missing(c, "domain configuration of domain", in->domain_id);
	return st ? st : store(c, in, out);
}

enum status config_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct project domain;
	int64_t removed = 0;
	enum status st = domain_get(c, in->domain_id, &domain);

	(void)out;
	if (!st)
		st = config_row_remove(c, in->domain_id, in->section, in->option, &removed);
	audit_subject(c, "domain", in->domain_id);
	return !st && !removed ? missing(c, "domain configuration of domain", in->domain_id) : st;
}

/* --- defaults --- */

enum status config_preset(struct call *c, const struct key *in, struct domain_config *out)
{
	struct config_row rows[OPTIONS];
	const struct choice ch = { in->section, in->option };

	if (in->section && option_number(in->section, in->option) < 0)
		return fail(c, ST_FORBIDDEN, NULL, "[%s] %s is no option that a domain may have",
			    in->section, in->option ? in->option : "");
	for (int i = 0; i < OPTIONS; i++)
		rows[i] = (struct config_row){ options[i].section, options[i].name,
					       options[i].preset, options[i].sensitive };
	out->config = write_rows(c, &ch, rows, OPTIONS);
	return ST_OK;
}
