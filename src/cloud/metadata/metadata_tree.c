/* SPDX-License-Identifier: Apache-2.0 */
/* The tree, as Nova lays it out. Newer versions of a document say what older ones did and more, so all
 * versions are answered with the newest; what a version did not have yet is not there. */
#include "cloud/metadata/metadata_tree.h"
#include "base/text.h"

/* Nova's, up to the newest whose documents we have. */
static const char *const openstack_versions[] = { "2012-08-10", "2013-04-04", "2013-10-17",
						  "2015-10-15", "2016-06-30", "2016-10-06",
						  "2017-02-22", "2018-08-27", "latest",
						  NULL };
static const char *const ec2_versions[] = { "1.0",        "2007-01-19", "2007-03-01", "2007-08-29",
					    "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01",
					    "2009-04-04", "latest",     NULL };

static enum status text(const char *type, const char *bytes, struct metadata_document *out)
{
	*out = (struct metadata_document){ type, bytes, strlen(bytes) };
	return ST_OK;
}

static enum status plain(const char *bytes, struct metadata_document *out)
{
	return text("text/plain; charset=utf-8", bytes, out);
}

static const char *listed(struct call *c, const char *const *words)
{
	struct buf b = { .arena = c->arena };

	for (size_t i = 0; words[i]; i++)
		buf_printf(&b, "%s%s", i ? "\n" : "", words[i]);
	return buf_text(&b);
}

/* Cuts the first step off a path: "/a/b" becomes "a", and '*rest' "/b". */
static const char *step_of(struct call *c, const char *path, const char **rest)
{
	const char *begin = *path == '/' ? path + 1 : path;
	size_t n = strcspn(begin, "/");

	*rest = begin + n;
	return arena_strndup(c->arena, begin, n);
}

static bool among(const char *word, const char *const *words)
{
	while (*words && !str_eq(*words, word))
		words++;
	return *words != NULL;
}

static enum status user_data(struct call *c, const struct compute_told *t,
			     struct metadata_document *out)
{
	size_t size = 0;
	const char *bytes = t->user_data ? base64_decode(c->arena, t->user_data, &size) : NULL;

	if (!bytes)
		return ST_NOT_FOUND;
	*out = (struct metadata_document){ "application/octet-stream", bytes, size };
	return ST_OK;
}

/* --- OpenStack --- */

static const struct {
	const char *name, *since;
} documents[] = {
	{ "meta_data.json", "" },
	{ "user_data", "" },
	{ "vendor_data.json", "2013-10-17" },
	{ "network_data.json", "2015-10-15" },
	{ "vendor_data2.json", "2016-10-06" },
};
enum { DOCUMENTS = sizeof documents / sizeof *documents };

static bool has_document(const struct compute_told *t, const char *version, size_t i)
{
	/* "latest" sorts behind every date. */
	return strcmp(version, documents[i].since) >= 0 &&
	       (t->user_data || !str_eq(documents[i].name, "user_data"));
}

static enum status openstack(struct call *c, const struct compute_told *t, const char *path,
			     struct metadata_document *out)
{
	const char *names[DOCUMENTS + 1], *rest;
	const char *version = step_of(c, path, &rest), *name;
	size_t n = 0;

	if (!*version)
		return plain(listed(c, openstack_versions), out);
	if (!among(version, openstack_versions))
		return ST_NOT_FOUND;
	for (size_t i = 0; i < DOCUMENTS; i++)
		if (has_document(t, version, i))
			names[n++] = documents[i].name;
	names[n] = NULL;
	name = step_of(c, rest, &rest);
	if (!*name)
		return plain(listed(c, names), out);
	if (*rest || !among(name, names))
		return ST_NOT_FOUND;
	if (str_eq(name, "user_data"))
		return user_data(c, t, out);
	/* What the cloud's owner has to say to every server: nothing, in Nova's words. */
	return text("application/json",
		    str_eq(name, "meta_data.json")      ? t->meta_data
		    : str_eq(name, "network_data.json") ? t->network_data
							: "{}",
		    out);
}

/* --- EC2 --- */

/* EC2 knows things by a prefix and hexadecimal digits: the last, random ones of the id. */
static const char *ec2_id(struct call *c, const char *prefix, const char *id)
{
	char digits[64] = "";
	size_t n = 0;

	for (; *id && n + 1 < sizeof digits; id++)
		if (*id != '-')
			digits[n++] = *id;
	digits[n] = '\0';
	return arena_printf(c->arena, "%s-%s", prefix, digits + (n > 17 ? n - 17 : 0));
}

static enum status public_keys(struct call *c, const struct compute_told *t, const char *path,
			       struct metadata_document *out)
{
	if (!t->key_public)
		return ST_NOT_FOUND;
	if (!*path)
		return plain(arena_printf(c->arena, "0=%s", t->key_name), out);
	if (str_eq(path, "/0"))
		return plain("openssh-key", out);
	return str_eq(path, "/0/openssh-key") ? plain(t->key_public, out) : ST_NOT_FOUND;
}

struct leaf {
	const char *path, *text; /* without a text it is not there */
};
enum { LEAVES_MAX = 15 };

static size_t leaves(struct call *c, const struct compute_told *t, struct leaf out[LEAVES_MAX])
{
	struct buf groups = { .arena = c->arena };

	for (size_t i = 0; i < t->groups.count; i++)
		buf_printf(&groups, "%s%s", i ? "\n" : "", t->groups.list[i]);
	const struct leaf all[] = {
		{ "ami-id", t->image_id ? ec2_id(c, "ami", t->image_id) : NULL },
		{ "ami-launch-index", arena_printf(c->arena, "%ld", (long)t->launch_index) },
		{ "block-device-mapping/ami", "vda" },
		{ "block-device-mapping/root", "/dev/vda" },
		{ "hostname", t->hostname },
		{ "instance-action", "none" },
		{ "instance-id", ec2_id(c, "i", t->id) },
		{ "instance-type", t->flavor_name },
		{ "local-hostname", t->hostname },
		{ "local-ipv4", t->local_ipv4 },
		{ "placement/availability-zone", t->zone },
		{ "public-hostname", t->hostname },
		{ "public-ipv4", t->public_ipv4 },
		{ "reservation-id", t->reservation_id },
		{ "security-groups", buf_text(&groups) },
	};
	_Static_assert(sizeof all / sizeof *all == LEAVES_MAX, "a leaf without a place");
	size_t n = 0;

	for (size_t i = 0; i < LEAVES_MAX; i++)
		if (all[i].text)
			out[n++] = all[i];
	return n;
}

/* The names directly below 'path', each once: those of folders end with a slash. */
static enum status list_leaves(struct call *c, const struct compute_told *t, const char *path,
			       const struct leaf *all, size_t n, struct metadata_document *out)
{
	struct buf b = { .arena = c->arena };
	size_t skip = strlen(path);
	const char *last = "";

	for (size_t i = 0; i < n; i++) {
		const char *whole = all[i].path;
		if (skip && (!str_starts(whole, path) || whole[skip] != '/'))
			continue;
		const char *below = skip ? whole + skip + 1 : whole;
		const char *slash = strchr(below, '/');
		const char *name =
			slash ? arena_strndup(c->arena, below, (size_t)(slash - below) + 1) : below;
		if (!str_eq(name, last))
			buf_printf(&b, "%s%s", b.size ? "\n" : "", name);
		last = name;
	}
	if (!skip && t->key_public)
		buf_str(&b, "\npublic-keys/");
	return b.size ? plain(buf_text(&b), out) : ST_NOT_FOUND;
}

static enum status meta_data(struct call *c, const struct compute_told *t, const char *path,
			     struct metadata_document *out)
{
	static const char KEYS[] = "/public-keys";
	struct leaf all[LEAVES_MAX];
	size_t n = leaves(c, t, all);

	if (str_starts(path, KEYS))
		return public_keys(c, t, path + strlen(KEYS), out);
	for (size_t i = 0; i < n && *path; i++)
		if (str_eq(all[i].path, path + 1))
			return plain(all[i].text, out);
	return list_leaves(c, t, *path ? path + 1 : path, all, n, out);
}

enum status metadata_document(struct call *c, const struct compute_told *t, const char *path,
			      struct metadata_document *out)
{
	const char *rest;
	const char *first = step_of(c, path, &rest);

	if (!*first)
		return plain(listed(c, ec2_versions), out);
	if (str_eq(first, "openstack"))
		return openstack(c, t, rest, out);
	if (!among(first, ec2_versions))
		return ST_NOT_FOUND;
	const char *second = step_of(c, rest, &rest);
	if (!*second)
		return plain(t->user_data ? "meta-data/\nuser-data" : "meta-data/", out);
	if (str_eq(second, "meta-data"))
		return meta_data(c, t, rest, out);
	return str_eq(second, "user-data") && !*rest ? user_data(c, t, out) : ST_NOT_FOUND;
}
