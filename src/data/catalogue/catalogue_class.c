/* SPDX-License-Identifier: Apache-2.0 */
/* The classification 信息资源分类, to which the city adds its 项, 目 and 细目, and the providers 提供方. */
#include "data/catalogue/catalogue_private.h"
#include "door/audit/audit.h"

enum status class_create(struct call *c, const struct catalogue_class *in,
			 struct catalogue_class *out)
{
	struct catalogue_class made = *in, above;

	if (!class_code_valid(in->code) || class_level(in->code) == 1)
		return fail(c, ST_BAD_INPUT, "code",
			    "code: 项 has 3 digits, 目 6, 细目 7 to %d, its 类 first",
			    CLASS_CODE_MAX);
	made.level = class_level(in->code);
	made.parent = arena_strndup(c->arena, in->code,
				    made.level == 2   ? 1
				    : made.level == 3 ? 3
						      : 6);
	made.created_at = c->now_at;
	made.count = 0;
	enum status st = class_read(c, made.parent, &above);
	if (st == ST_NOT_FOUND)
		return fail(c, ST_BAD_INPUT, "code",
			    "code: there is no classification %s for it to stand in", made.parent);
	if (!st)
		st = class_put(c, &made);
	if (st == ST_CONFLICT)
		return fail(c, st, "code",
			    "there is a classification %s, or one named '%s' in %s, already",
			    made.code, made.name, made.parent);
	if (st)
		return st;
	audit_subject(c, "catalogue.class", made.code);
	audit_change(c, catalogue_class_wire, NULL, &made);
	*out = made;
	return ST_OK;
}

/* A resource counts for its class and for all that this stands in. */
static void add_counts(struct class_list *l, const struct facet *counts, size_t n)
{
	for (size_t i = 0; i < l->classes_count; i++)
		for (size_t k = 0; k < n; k++)
			if (str_starts(counts[k].key, l->classes[i].code))
				l->classes[i].count += counts[k].count;
}

enum status class_all(struct call *c, const struct nothing *in, struct class_list *out)
{
	struct class_list l = { 0 };
	struct facet *counts;
	size_t n;
	enum status st = class_rows(c, &l.classes, &l.classes_count);

	(void)in;
	if (!st)
		st = count_by_class(c, &counts, &n);
	if (st)
		return st;
	add_counts(&l, counts, n);
	*out = l;
	return ST_OK;
}

enum status class_path(struct call *c, const char *code, struct words *out)
{
	static const size_t ends[] = { 1, 3, 6, CLASS_CODE_MAX };
	size_t size = strlen(code);
	struct words names = { arena_array(c->arena, 5, sizeof(char *)), 0 };

	for (size_t i = 0; i < 4; i++) {
		struct catalogue_class class;
		size_t end = ends[i] < size ? ends[i] : size;
		enum status st = class_read(c, arena_strndup(c->arena, code, end), &class);
		if (st)
			return st;
		names.list[names.count++] = class.name;
		if (end == size)
			break;
	}
	*out = names;
	return ST_OK;
}

enum status provider_save(struct call *c, const struct catalogue_provider *in,
			  struct catalogue_provider *out)
{
	struct catalogue_provider now, then = *in;
	int64_t changed = 0;
	bool is_new;

	if (!catalogue_uscc_valid(in->code))
		return fail(
			c, ST_BAD_INPUT, "code",
			"code: 提供方代码 is a 统一社会信用代码 of 18 characters whose last one "
			"checks the others (GB 32100-2015)");
	if (in->code[0] != '1')
		return fail(c, ST_BAD_INPUT, "code",
			    "code: 提供方代码 of a government body begins with 1 (机构编制部门)");
	audit_subject(c, "catalogue.provider", in->domain_id);
	enum status st = provider_read(c, in->domain_id, &now);
	is_new = st == ST_NOT_FOUND;
	if (st && !is_new)
		return st;
	then.created_at = is_new ? c->now_at : now.created_at;
	then.updated_at = c->now_at;
	st = is_new ? provider_put(c, &then) : provider_write(c, &then, &changed);
	if (st == ST_CONFLICT)
		return fail(c, st, "code",
			    "another department has the 提供方代码 %s or the name '%s'", then.code,
			    then.name);
	if (st)
		return st;
	audit_change(c, catalogue_provider_wire, is_new ? NULL : &now, &then);
	*out = then;
	return ST_OK;
}

enum status provider_all(struct call *c, const struct nothing *in, struct provider_list *out)
{
	(void)in;
	return provider_rows(c, &out->providers, &out->providers_count);
}
