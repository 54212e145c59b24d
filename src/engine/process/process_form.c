/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of user tasks 任务表单. A schema of form-js stands in the model, in the extensionElements of its
 * process: <flow:formSchema name="leave">{…}</flow:formSchema>; so it has the model's version and an instance
 * keeps the forms that it began with. A user task names it by flow:form="leave", and says by
 * flow:fields="amount:read salary:hide" what it may see and change 节点字段权限. */
#include <stdlib.h>
#include "engine/process/process_private.h"

/* --- reading --- */

static const struct process_form *find_form(const struct process_form *forms, const char *process,
					    const char *name)
{
	while (forms && (!str_eq(forms->process, process) || !str_eq(forms->name, name)))
		forms = forms->next;
	return forms;
}

static const char *process_of(const struct bpmn_element *e)
{
	const struct bpmn_element *p = bpmn_within(e, BPMN_PROCESS);

	return p && p->id ? p->id : "";
}

static bool in_process(const struct bpmn_element *e)
{
	const struct bpmn_element *p = e->parent;

	return p && str_eq(p->tag, "extensionElements") && p->parent &&
	       p->parent->kind == BPMN_PROCESS;
}

static const struct process_form *read_schema(struct arena *a, const struct bpmn_element *e,
					      const struct process_form *before,
					      struct bpmn_findings *f)
{
	struct call *c = call_new(a, "req-model");
	struct process_form *x = arena_alloc(a, sizeof *x);
	size_t size = strlen(e->text);

	*x = (struct process_form){
		.process = process_of(e), .name = e->name, .schema = e->text, .next = before
	};
	if (!in_process(e))
		bpmn_find(f, "EXT.flow", e,
			  "flow:formSchema stands in the extensionElements of a process");
	else if (str_empty(x->name))
		bpmn_find(f, "EXT.flow", e, "flow:formSchema has a name");
	else if (find_form(before, x->process, x->name))
		bpmn_find(f, "EXT.flow", e, "the process has two forms '%.64s'", x->name);
	else if (size > PROCESS_SCHEMA_MAX)
		bpmn_find(f, "EXT.flow", e, "form '%.64s' is larger than %d bytes", x->name,
			  PROCESS_SCHEMA_MAX);
	else if (form_read(c, e->text, size, &x->form))
		bpmn_find(f, "EXT.flow", e, "form '%.64s': %s: %s", x->name,
			  c->problem_at ? c->problem_at : "the schema", c->problem);
	return x->form ? x : before;
}

const struct process_form *process_forms_read(struct arena *a, const struct bpmn_model *m,
					      struct bpmn_findings *f)
{
	const struct process_form *forms = NULL;

	for (uint32_t i = 0; i < bpmn_count(m); i++) {
		const struct bpmn_element *e = bpmn_at(m, i);
		if (str_eq(e->space, PROCESS_NS) && str_eq(e->tag, "formSchema"))
			forms = read_schema(a, e, forms, f);
	}
	return forms;
}

/* "amount:read": of a place that the form has. */
static bool read_permission(struct arena *a, const struct bpmn_element *e,
			    const struct process_form *form, const char *word,
			    struct form_permission *out, struct bpmn_findings *f)
{
	static const char *const words[] = { "write", "read", "hide" }; /* as enum form_access */
	const char *colon = strrchr(word, ':');
	int access = 0;

	while (colon && access < 3 && !str_eq(colon + 1, words[access]))
		access++;
	if (!colon || access == 3) {
		bpmn_find(f, "EXT.flow", e,
			  "flow:fields has '%.64s', which is no field:write, field:read or "
			  "field:hide",
			  word);
		return false;
	}
	*out = (struct form_permission){ arena_strndup(a, word, (size_t)(colon - word)),
					 (enum form_access)access };
	if (!form_has(form->form, out->path))
		bpmn_find(f, "EXT.flow", e, "flow:fields has '%.64s', which form %.64s has not",
			  out->path, form->name);
	return true;
}

/* Where people start a process: of the process itself, and without an event that it waits for. */
static bool is_plain_start(const struct bpmn_element *e)
{
	return e->kind == BPMN_START_EVENT && e->parent && e->parent->kind == BPMN_PROCESS &&
	       !bpmn_first(e, BPMN_EVENT_DEFINITION);
}

void process_form_join(struct arena *a, const struct bpmn_element *e,
		       const struct process_form *forms, struct process_node *n,
		       struct bpmn_findings *f)
{
	const char *fields = bpmn_attr_of(e, PROCESS_NS, "fields");
	const struct process_form *form = NULL;

	bool takes = e->kind == BPMN_USER_TASK || is_plain_start(e);
	if (n->form && takes)
		form = find_form(forms, process_of(e), n->form);
	if (n->form && e->kind == BPMN_START_EVENT && !takes)
		bpmn_find(f, "EXT.flow", e,
			  "flow:form is for the start event of a process that waits for nothing");
	else if (n->form && !form && forms)
		bpmn_find(f, "EXT.flow", e, "the process has no flow:formSchema '%.64s'", n->form);
	if (fields && !form)
		bpmn_find(f, "EXT.flow", e,
			  "flow:fields is for what has a flow:form that names a flow:formSchema");
	if (!form)
		return;
	struct process_form *own = arena_alloc(a, sizeof *own);
	struct words words = fields ? words_split(a, fields, ' ') : (struct words){ 0 };
	if (words.count > PROCESS_FIELDS_MAX) {
		bpmn_find(f, "EXT.flow", e, "flow:fields has at most %d fields",
			  PROCESS_FIELDS_MAX);
		words.count = 0;
	}
	struct form_permission *list = arena_array(a, words.count + 1, sizeof *list);
	*own = *form;
	for (size_t i = 0; i < words.count; i++) {
		if (*words.list[i] &&
		    read_permission(a, e, form, words.list[i], &list[own->permission_count], f))
			own->permission_count++;
	}
	own->permissions = list;
	n->form_read = own;
}

/* --- holding a start to it --- */

/* The form of the start event by which people start the process, or NULL. */
static const struct process_form *start_form(const struct process_program *p, const char *key)
{
	for (uint32_t i = 0; i < bpmn_count(p->model); i++) {
		const struct bpmn_element *e = bpmn_at(p->model, i);
		if (is_plain_start(e) && str_eq(e->parent->id, key))
			return p->nodes[i].form_read;
	}
	return NULL;
}

static void let_go(void *program)
{
	process_program_release(program);
}

static enum status find_start_form(struct call *c, const struct process_definition_row *d,
				   const struct process_form **out)
{
	struct process_program *p = NULL;
	enum status st = process_program_take(c, d->model_id, &p);

	if (st)
		return st;
	arena_defer(c->arena, let_go, p);
	*out = start_form(p, d->key);
	return ST_OK;
}

enum status process_form_start(struct call *c, const struct process_definition_row *d,
			       json_t *given, json_t **out)
{
	const struct process_form *x = NULL;
	struct form_problems problems = { 0 };
	enum status st = find_start_form(c, d, &x);

	*out = given;
	if (st || !x)
		return st;
	return form_check(c, x->form, x->permissions, x->permission_count, NULL, given, out,
			  &problems);
}

enum status process_form_of_start(struct call *c, const struct process_definition_row *d,
				  const char **schema)
{
	const struct process_form *x = NULL;
	enum status st = find_start_form(c, d, &x);

	if (st || !x)
		return st;
	return form_schema_shown(c, x->schema, strlen(x->schema), x->permissions,
				 x->permission_count, schema);
}

/* --- holding a task to it --- */

const struct process_form *process_form_of(const struct process_run *run, int64_t execution)
{
	const struct bpmn_element *e = process_task_element(run, execution);
	const struct process_node *n = e ? node_of(run, e) : NULL;

	return n ? n->form_read : NULL;
}

enum status process_form_take(struct process_run *run, int64_t execution, json_t *given,
			      json_t **out)
{
	const struct process_form *x = process_form_of(run, execution);
	struct call *c = run->c;
	struct form_problems problems = { 0 };
	json_t *made = NULL, *v;
	const char *name;

	*out = given;
	if (!x)
		return ST_OK;
	json_t *before = keep_json(c->arena, flow_variables(run->world, execution));
	enum status st = form_check(c, x->form, x->permissions, x->permission_count, before, given,
				    &made, &problems);
	if (st)
		return st;
	/* Only what differs is set, so that the log tells what the person did. */
	json_t *changed = keep_json(c->arena, json_object());
	json_object_foreach(made, name, v)
	{
		if (!json_equal(v, json_object_get(before, name)))
			json_object_set(changed, name, v);
	}
	json_object_foreach(before, name, v)
	{
		if (!json_object_get(made, name) && !json_is_null(v))
			json_object_set_new(changed, name, json_null());
	}
	*out = changed;
	return ST_OK;
}

enum status process_form_show(struct process_run *run, int64_t execution, const char **schema,
			      const char **variables)
{
	const struct process_form *x = process_form_of(run, execution);
	struct call *c = run->c;
	json_t *shown = NULL;

	if (!x)
		return ST_OK;
	json_t *all = keep_json(c->arena, flow_variables(run->world, execution));
	enum status st = form_shown(c, x->form, x->permissions, x->permission_count, all, &shown);
	if (!st)
		st = form_schema_shown(c, x->schema, strlen(x->schema), x->permissions,
				       x->permission_count, schema);
	if (st)
		return st;
	*variables = json_tree_text(c->arena, shown);
	return ST_OK;
}
