/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over a model: by kind, tag, attribute and reference. */
#include "engine/flow/bpmn/bpmn_private.h"

#include <string.h>
#include "base/text.h"

/* Files of one model; a city's largest landscape of processes imports a handful. */
#define MAX_IMPORTS 64

const struct bpmn_element *bpmn_definitions(const struct bpmn_model *m)
{
	return m->elements[0];
}

const struct bpmn_element *bpmn_at(const struct bpmn_model *m, uint32_t index)
{
	return index < m->count ? m->elements[index] : NULL;
}

uint32_t bpmn_count(const struct bpmn_model *m)
{
	return m->count;
}

bool bpmn_is(const struct bpmn_element *e, enum bpmn_kind kind)
{
	return e && bpmn_kind_is((int)e->kind, (int)kind);
}

const char *bpmn_attr_of(const struct bpmn_element *e, const char *space, const char *name)
{
	for (uint32_t i = 0; i < e->attribute_count; i++) {
		if (strcmp(e->attributes[i].name, name) == 0 &&
		    strcmp(e->attributes[i].space, space) == 0)
			return e->attributes[i].value;
	}
	return NULL;
}

const char *bpmn_attr(const struct bpmn_element *e, const char *name)
{
	return bpmn_attr_of(e, "", name);
}

bool bpmn_flag(const struct bpmn_element *e, const char *name, bool otherwise)
{
	const char *value = bpmn_attr(e, name);
	if (!value)
		return otherwise;
	return str_eq(value, "true") || str_eq(value, "1");
}

static const struct bpmn_element *find_tag(const struct bpmn_element *e, const char *tag)
{
	while (e && (strcmp(e->tag, tag) != 0 || strcmp(e->space, BPMN_MODEL_NS) != 0))
		e = e->next;
	return e;
}

const struct bpmn_element *bpmn_child(const struct bpmn_element *e, const char *tag)
{
	return find_tag(e->first, tag);
}

const struct bpmn_element *bpmn_again(const struct bpmn_element *e)
{
	return find_tag(e->next, e->tag);
}

static const struct bpmn_element *find_kind(const struct bpmn_element *e, enum bpmn_kind kind)
{
	while (e && !bpmn_is(e, kind))
		e = e->next;
	return e;
}

const struct bpmn_element *bpmn_first(const struct bpmn_element *e, enum bpmn_kind kind)
{
	return find_kind(e->first, kind);
}

const struct bpmn_element *bpmn_after(const struct bpmn_element *e, enum bpmn_kind kind)
{
	return find_kind(e->next, kind);
}

const char *bpmn_child_text(const struct bpmn_element *e, const char *tag)
{
	const struct bpmn_element *child = bpmn_child(e, tag);
	return child ? child->text : NULL;
}

const struct bpmn_element *bpmn_within(const struct bpmn_element *e, enum bpmn_kind kind)
{
	for (e = e->parent; e && !bpmn_is(e, kind);)
		e = e->parent;
	return e;
}

const struct bpmn_element *bpmn_resolve(const struct bpmn_element *e, const char *name)
{
	const struct bpmn_model *m = e->model;
	if (str_empty(name))
		return NULL;
	const char *colon = strchr(name, ':');
	if (!colon)
		return bpmn_by_id(m, name);
	char prefix[128];
	size_t length = (size_t)(colon - name);
	if (length >= sizeof(prefix))
		return NULL;
	memcpy(prefix, name, length);
	prefix[length] = 0;
	const char *space = bpmn_namespace(e, prefix);
	if (!space)
		return NULL;
	const struct bpmn_element *found = NULL;
	if (strcmp(space, m->target_namespace) == 0)
		found = bpmn_by_id(m, colon + 1);
	for (const struct bpmn_imported *i = m->imports; i && !found; i = i->next) {
		if (i->model && strcmp(i->space, space) == 0)
			found = bpmn_by_id(i->model, colon + 1);
	}
	return found;
}

const struct bpmn_element *bpmn_ref(const struct bpmn_element *e, const char *attribute)
{
	return bpmn_resolve(e, bpmn_attr(e, attribute));
}

/* One file once, however many import it. */
struct import_run {
	struct arena *arena;
	const struct bpmn_files *files;
	struct bpmn_model *models[MAX_IMPORTS];
	unsigned count;
};

static void import_all(struct import_run *run, struct bpmn_model *m);

static struct bpmn_model *known(const struct import_run *run, const char *location)
{
	for (unsigned i = 0; i < run->count; i++) {
		if (strcmp(run->models[i]->location, location) == 0)
			return run->models[i];
	}
	return NULL;
}

/* Folders count from the file that imports, so that b.bpmn in sub/ is sub/b.bpmn here. */
static const char *beside(struct arena *a, const char *from, const char *location)
{
	const char *slash = strrchr(from, '/');
	if (!slash || location[0] == '/' || strstr(location, "://"))
		return location;
	return arena_printf(a, "%.*s%s", (int)(slash - from + 1), from, location);
}

static void import_one(struct import_run *run, struct bpmn_model *m, struct bpmn_imported *i)
{
	const char *location = beside(run->arena, m->location, i->location);
	i->model = known(run, location);
	if (i->model || !i->is_bpmn) {
		const void *bytes;
		size_t size;
		if (!i->model &&
		    run->files->open(run->files->who, run->arena, location, &bytes, &size))
			i->problem = "there is no such file";
		return;
	}
	if (run->count == MAX_IMPORTS) {
		i->problem = "more than 64 files are imported";
		return;
	}
	const void *bytes;
	size_t size;
	struct bpmn_problem problem;
	struct bpmn_model *model;
	if (run->files->open(run->files->who, run->arena, location, &bytes, &size)) {
		i->problem = "there is no such file";
	} else if (bpmn_read(run->arena, bytes, size, &model, &problem)) {
		i->problem = arena_strdup(run->arena, problem.text);
	} else {
		model->location = location;
		i->model = model;
		run->models[run->count++] = model;
		import_all(run, model);
	}
}

static void import_all(struct import_run *run, struct bpmn_model *m)
{
	struct bpmn_imported **tail = &m->imports;
	for (const struct bpmn_element *e = bpmn_child(m->elements[0], "import"); e;
	     e = bpmn_again(e)) {
		struct bpmn_imported *i = arena_alloc(run->arena, sizeof(*i));
		const char *space = bpmn_attr(e, "namespace"), *at = bpmn_attr(e, "location");
		i->element = e;
		i->space = space ? space : "";
		i->location = at ? at : "";
		i->is_bpmn = str_eq(bpmn_attr(e, "importType"), BPMN_MODEL_NS);
		*tail = i;
		tail = &i->next;
		import_one(run, m, i);
	}
}

void bpmn_import(struct arena *a, struct bpmn_model *m, const struct bpmn_files *files)
{
	struct import_run *run = arena_alloc(a, sizeof(*run));
	run->arena = a;
	run->files = files;
	m->location = files->own ? files->own : "";
	run->models[run->count++] = m;
	import_all(run, m);
}
