/* SPDX-License-Identifier: Apache-2.0 */
/* Deployment: a model is read, judged by the strict gate, compiled, and kept with a version for each
 * process (or decision model) in it. The same bytes twice make no new version. */
#include "base/text.h"
#include "door/audit/audit.h"
#include "engine/process/process_decide.h"
#include "engine/process/process_deploy.h"

enum status definition_near(struct call *c, const char *domain_id, const char *kind,
			    const char *key, int64_t version, struct process_definition_row *out)
{
	enum status st = definition_find(c, domain_id, kind, key, version, out);
	return st == ST_NOT_FOUND && *domain_id ? definition_find(c, "", kind, key, version, out)
						: st;
}

/* -- judging -- */

/* What our extensions say in another way than the rule wants: a process of another deployment is called by
 * its id (whether it is there is looked at by deploy()), and a multi-instance may have a flow:collection. */
static bool is_said(const struct process_program *p, const struct bpmn_finding *f)
{
	const struct bpmn_element *e = p ? bpmn_by_id(p->model, f->element) : NULL;
	if (!e)
		return false;
	if (str_eq(f->rule, "REF"))
		return e->kind == BPMN_CALL_ACTIVITY && str_starts(f->text, "calledElement ");
	const struct bpmn_element *loop = bpmn_child(e, "multiInstanceLoopCharacteristics");
	return str_eq(f->rule, "EXT.067") && loop && bpmn_attr_of(loop, PROCESS_NS, "collection");
}

static bool has_interfaces(const struct process_program *p)
{
	for (uint32_t i = 0; p && i < bpmn_count(p->model); i++) {
		if (str_eq(bpmn_at(p->model, i)->tag, "interface"))
			return true;
	}
	return false;
}

/* Table 10.93 wants each message event of an executable process to name the operation that it is of. An
 * operation binds a message to a service's interface; here a message goes by its name and business key.
 * So a model that has no interface at all, as nearly every modeller writes it, lacks nothing for being
 * executed: it is told so and taken. One that has interfaces says all of them. */
static bool is_remark(const struct bpmn_finding *f, bool interfaces)
{
	return str_eq(f->rule, "EXT.128") && !interfaces;
}

static void view_findings(struct arena *a, const struct process_program *p,
			  const struct bpmn_findings *f, struct deployment_ask *in)
{
	bool interfaces = has_interfaces(p);
	in->findings = arena_array(a, f->count + 1, sizeof(*in->findings));
	for (const struct bpmn_finding *x = f->first; x; x = x->next) {
		struct finding_view view = { x->rule, x->element, x->line, x->text };
		if (is_remark(x, interfaces))
			in->remarks[in->remarks_count++] = view;
		else if (!is_said(p, x))
			in->findings[in->findings_count++] = view;
	}
}

/* Calls by name to what this model does not have itself. */
static void list_calls(struct call *c, struct deployment_ask *in, const struct process_program *p)
{
	uint32_t count = bpmn_count(p->model);
	in->calls = arena_array(c->arena, count, sizeof(*in->calls));
	for (uint32_t i = 0; i < count; i++) {
		const struct bpmn_element *e = bpmn_at(p->model, i);
		const char *name = e->kind == BPMN_CALL_ACTIVITY ? bpmn_attr(e, "calledElement")
								 : NULL;
		if (name && *name != '=' && !bpmn_resolve(e, name))
			in->calls[in->call_count++] = (struct called){ e->id ? e->id : "", name };
	}
}

/* Adds what stands at an element, each key once. */
static void add_once(struct call *c, struct called **list, size_t *count,
		     const struct bpmn_element *e, const char *key)
{
	size_t k = 0;
	while (k < *count && !str_eq((*list)[k].key, key))
		k++;
	if (k < *count)
		return;
	*list = arena_grow(c->arena, *list, k * sizeof(**list), (k + 1) * sizeof(**list));
	(*list)[(*count)++] = (struct called){ e->id ? e->id : "", key };
}

/* Calendars by which user tasks are due, and decisions that say for whom they are. */
static void list_others(struct call *c, struct deployment_ask *in, const struct process_program *p)
{
	uint32_t count = bpmn_count(p->model);
	for (uint32_t i = 0; i < count; i++) {
		const struct bpmn_element *e = bpmn_at(p->model, i);
		const struct process_node *n = &p->nodes[i];
		if (n->business_days)
			add_once(c, &in->calendars, &in->calendar_count, e, n->calendar);
		if (n->assignment)
			add_once(c, &in->decisions, &in->decision_count, e, n->assignment);
	}
}

struct starts {
	struct call *c;
	struct deployment_ask *in;
	const char *process;
	size_t place, room;
};

static void see_start(void *who, const struct flow_wait_view *v)
{
	struct starts *s = who;
	const struct bpmn_element *p = bpmn_within(v->element, BPMN_PROCESS);
	if (!v->is_start || !p || !str_eq(p->id, s->process) || !v->element->id)
		return;
	if (s->in->start_count == s->room) {
		size_t room = s->room ? 2 * s->room : 8;
		s->in->starts = arena_grow(s->c->arena, s->in->starts,
					   s->room * sizeof(*s->in->starts),
					   room * sizeof(*s->in->starts));
		s->room = room;
	}
	bool timer = v->kind == BPMN_TIMER_DEFINITION;
	const char *kind = timer                                    ? "timer"
			   : v->kind == BPMN_SIGNAL_DEFINITION      ? "signal"
			   : v->kind == BPMN_CONDITIONAL_DEFINITION ? "condition"
								    : "message";
	int64_t place = 0;
	for (size_t i = 0; i < s->in->start_count; i++) {
		const struct process_start_row *x = &s->in->starts[i];
		if (x->definition_id != (int64_t)s->place || !str_eq(x->node, v->element->id))
			continue;
		if (!timer && str_eq(x->kind, kind) && str_eq(x->name, v->name ? v->name : ""))
			return; /* what happens once starts it once */
		place++;
	}
	s->in->starts[s->in->start_count++] = (struct process_start_row){
		.definition_id = (int64_t)s->place,
		.node = v->element->id,
		.place = place,
		.kind = kind,
		.name = arena_strdup(s->c->arena, v->name ? v->name : ""),
		.due_at = timer ? v->due_at : 0,
		.repeats = v->repeats,
		.period = v->period,
		.months = v->months,
	};
}

static void list_starts(struct call *c, struct deployment_ask *in, struct process_program *p)
{
	struct flow_settings settings = { .language = &flow_feel };
	struct flow_world *w = flow_world_new(&settings);
	struct starts s = { .c = c, .in = in };
	flow_set_clock(w, c->now_at);
	flow_deploy(w, p->flow);
	for (s.place = 0; s.place < in->made_count; s.place++) {
		s.process = in->made[s.place].key;
		flow_waits(w, see_start, &s);
	}
	flow_world_end(&w);
}

static void list_processes(struct call *c, struct deployment_ask *in, struct process_program *p,
			   struct bpmn_findings *f)
{
	uint32_t count = bpmn_count(p->model);
	for (uint32_t i = 0; i < count; i++) {
		const struct bpmn_element *e = bpmn_at(p->model, i);
		if (e->kind != BPMN_PROCESS || !bpmn_flag(e, "isExecutable", false))
			continue;
		if (!e->id || utf8_length(e->id) > PROCESS_KEY_MAX) {
			bpmn_find(f, "EXEC", e, "a process has an id of at most %d characters",
				  PROCESS_KEY_MAX);
			continue;
		}
		in->made = arena_grow(c->arena, in->made, in->made_count * sizeof(*in->made),
				      (in->made_count + 1) * sizeof(*in->made));
		in->made[in->made_count++] = (struct process_definition_row){
			.kind = "bpmn", .key = e->id, .name = e->name ? e->name : e->id
		};
	}
	if (!in->made_count)
		bpmn_find(f, "EXEC", bpmn_definitions(p->model),
			  "no process of the model is executable (isExecutable=\"true\")");
}

enum status deploy_prepare_bpmn(struct call *c, void *in_)
{
	struct deployment_ask *in = in_;
	size_t size = strlen(in->xml);
	struct bpmn_findings f, sound;
	in->kind = "bpmn";
	in->digest = sm3_text(c->arena, in->xml, size);
	bpmn_findings_init(&f, c->arena);
	bpmn_findings_init(&sound, c->arena);
	struct process_program *p = process_compile(c->arena, in->xml, size, &f);
	if (p) {
		bpmn_check(p->model, &f);
		bpmn_sound(p->model, 0, &sound);
		list_processes(c, in, p, &f);
		list_calls(c, in, p);
		list_others(c, in, p);
	}
	in->remarks = arena_array(c->arena, sound.count + f.count + 1, sizeof(*in->remarks));
	view_findings(c->arena, p, &f, in);
	for (const struct bpmn_finding *x = sound.first; x; x = x->next)
		in->remarks[in->remarks_count++] =
			(struct finding_view){ x->rule, x->element, x->line, x->text };
	if (p && !in->findings_count)
		list_starts(c, in, p);
	return ST_OK;
}

static const struct dmn_model *read_dmn(struct arena *a, const char *xml, size_t size,
					struct dmn_problem *why)
{
	struct dmn_source file = { "the model", xml, size };
	return dmn_read(a, &file, 1, why);
}

enum status deploy_prepare_dmn(struct call *c, void *in_)
{
	struct deployment_ask *in = in_;
	size_t size = strlen(in->xml), n = 0;
	struct dmn_problem why = { 0 };
	in->kind = "dmn";
	in->digest = sm3_text(c->arena, in->xml, size);
	const struct dmn_model *m = read_dmn(c->arena, in->xml, size, &why);
	const struct dmn_problem *problems = m ? dmn_problems(m, &n) : &why;
	if (!m)
		n = 1;
	in->findings = arena_array(c->arena, n + 1, sizeof(*in->findings));
	for (size_t i = 0; i < n; i++)
		in->findings[in->findings_count++] = (struct finding_view){
			m ? "DMN" : "XML", problems[i].element ? problems[i].element : "",
			problems[i].line, problems[i].text ? problems[i].text : ""
		};
	const char *key = m ? dmn_name(m) : NULL;
	if (m && (str_empty(key) || utf8_length(key) > PROCESS_KEY_MAX))
		in->findings[in->findings_count++] =
			(struct finding_view){ "DMN", "", 0,
					       "the model has no name, or a long one" };
	if (m && !in->findings_count) {
		in->made = arena_array(c->arena, 1, sizeof(*in->made));
		in->made[in->made_count++] =
			(struct process_definition_row){ .kind = "dmn", .key = key, .name = key };
	}
	return ST_OK;
}

/* -- keeping -- */

static enum status put_starts(struct call *c, const struct deployment_ask *in, size_t place,
			      const struct process_definition_row *d)
{
	enum status st = start_drop(c, d->domain_id, d->key);
	for (size_t i = 0; i < in->start_count && !st; i++) {
		struct process_start_row s = in->starts[i];
		if ((size_t)s.definition_id != place)
			continue;
		s.definition_id = d->id;
		s.domain_id = d->domain_id;
		st = start_put(c, &s);
	}
	return st;
}

static enum status put_definition(struct call *c, const struct deployment_ask *in, size_t place,
				  int64_t model_id, const char *domain,
				  struct process_definition_row *d)
{
	struct process_definition_row before = { 0 };
	*d = in->made[place];
	enum status st = definition_find(c, domain, in->kind, d->key, 0, &before);
	if (st && st != ST_NOT_FOUND)
		return st;
	if (!st && before.model_id == model_id) { /* the same bytes again */
		*d = before;
		return ST_OK;
	}
	d->model_id = model_id;
	d->domain_id = domain;
	d->version = before.version + 1;
	d->state = "active";
	d->created_at = c->now_at;
	st = definition_put(c, d);
	return st || !str_eq(in->kind, "bpmn") ? st : put_starts(c, in, place, d);
}

/* One thing of those that the model names and that stand elsewhere, by its place in all of them: whether
 * it is there. ST_BAD_INPUT: it is not. */
static enum status check_other(struct call *c, const struct deployment_ask *in, const char *domain,
			       size_t i, const char **element)
{
	struct process_definition_row d = { 0 };
	if (i >= in->call_count + in->calendar_count) {
		const struct called *of = &in->decisions[i - in->call_count - in->calendar_count];
		*element = of->element;
		return process_assignment_known(c, of->element, domain, of->key);
	}
	if (i >= in->call_count) {
		const struct called *of = &in->calendars[i - in->call_count];
		*element = of->element;
		return process_calendar_known(c, of->element, of->key);
	}
	*element = in->calls[i].element;
	enum status st = definition_near(c, domain, "bpmn", in->calls[i].key, 0, &d);
	if (st != ST_NOT_FOUND)
		return st;
	return fail(c, ST_BAD_INPUT, "xml",
		    "CALL at %s: there is no process %s: deploy it first, or in the same file",
		    in->calls[i].element, in->calls[i].key);
}

static size_t count_others(const struct deployment_ask *in)
{
	return in->call_count + in->calendar_count + in->decision_count;
}

static const char *domain_of(const struct call *c)
{
	return c->actor.scope == SCOPE_SYSTEM || !c->actor.domain_id ? "" : c->actor.domain_id;
}

static struct deployment judged(const struct deployment_ask *in, bool dry_run)
{
	return (struct deployment){ .dry_run = dry_run,
				    .valid = !in->findings_count,
				    .findings = in->findings,
				    .findings_count = in->findings_count,
				    .remarks = in->remarks,
				    .remarks_count = in->remarks_count };
}

/* What check_other() said, "RULE at ELEMENT: words", as a finding. A long id may have cut the words off. */
static struct finding_view other_finding(struct call *c, const char *element)
{
	const char *words = strstr(c->problem, ": ");
	return (struct finding_view){
		.rule = arena_strndup(c->arena, c->problem, strcspn(c->problem, " ")),
		.element = element,
		.text = arena_strdup(c->arena, words ? words + 2 : c->problem),
	};
}

enum status deploy_check(struct call *c, const struct deployment_ask *in, struct deployment *out)
{
	size_t count = count_others(in);
	struct deployment made = judged(in, true);
	made.findings =
		arena_array(c->arena, in->findings_count + count + 1, sizeof(*made.findings));
	for (size_t i = 0; i < in->findings_count; i++)
		made.findings[i] = in->findings[i];
	for (size_t i = 0; i < count; i++) {
		const char *element = "";
		enum status st = check_other(c, in, domain_of(c), i, &element);
		if (st && st != ST_BAD_INPUT)
			return st;
		if (!st)
			continue;
		made.findings[made.findings_count++] = other_finding(c, element);
		made.valid = false;
		call_forgive(c);
	}
	*out = made;
	return ST_OK;
}

enum status deploy(struct call *c, const struct deployment_ask *in, struct deployment *out)
{
	const char *domain = domain_of(c), *element = "";
	int64_t model_id = 0;
	*out = judged(in, in->dry_run);
	if (in->findings_count && !in->dry_run)
		return fail(c, ST_BAD_INPUT, "xml", "%s at %s: %s (%zu findings)",
			    in->findings[0].rule,
			    *in->findings[0].element ? in->findings[0].element : "the model",
			    in->findings[0].text, in->findings_count);
	enum status st = ST_OK;
	for (size_t i = 0; i < count_others(in) && !st; i++)
		st = check_other(c, in, domain, i, &element);
	/* The trail has this route's name, which is not what came of it. */
	if (in->dry_run)
		audit_subject(c, "dry run of a model", in->digest);
	if (st || in->dry_run)
		return st;
	st = model_find(c, domain, in->kind, in->digest, &model_id);
	if (st == ST_NOT_FOUND)
		st = model_put(c, domain, in->kind, in->digest,
			       in->name ? in->name : in->made[0].name, in->xml, &model_id);
	out->definitions = arena_array(c->arena, in->made_count, sizeof(*out->definitions));
	for (size_t i = 0; i < in->made_count && !st; i++, out->definitions_count++)
		st = put_definition(c, in, i, model_id, domain, &out->definitions[i]);
	audit_subject(c, "process model", arena_printf(c->arena, "%lld", (long long)model_id));
	return st;
}

/* -- looking -- */

static enum status definition_seen(struct call *c, const struct definition_ask *in,
				   struct process_definition_row *out)
{
	enum status st = definition_get(c, in->id, out);
	if (st == ST_NOT_FOUND || (!st && *out->domain_id && !process_reaches(c, out->domain_id)))
		return fail(c, ST_NOT_FOUND, "id", "there is no definition %lld",
			    (long long)in->id);
	return st;
}

enum status definitions(struct call *c, const struct definition_ask *in,
			struct definition_page *out)
{
	int64_t limit = in->limit ? in->limit : 50;
	enum status st = definition_list(c, process_domain(c), in->kind, in->key,
					 in->below ? in->below : INT64_MAX, limit + 1,
					 &out->definitions, &out->definitions_count);
	if (!st && (int64_t)out->definitions_count > limit) {
		out->definitions_count--;
		out->next =
			arena_printf(c->arena, "%lld",
				     (long long)out->definitions[out->definitions_count - 1].id);
	}
	return st;
}

enum status definition_show(struct call *c, const struct definition_ask *in,
			    struct process_definition_row *out)
{
	return definition_seen(c, in, out);
}

enum status definition_start(struct call *c, const struct definition_ask *in,
			     struct definition_start *out)
{
	struct process_definition_row d = { 0 };
	enum status st = definition_seen(c, in, &d);
	if (!st)
		st = process_form_of_start(c, &d, &out->form_schema);
	out->key = d.key;
	out->name = d.name;
	out->version = d.version;
	return st;
}

enum status definition_download(struct call *c, const struct definition_ask *in,
				struct definition_xml *out)
{
	struct process_definition_row d = { 0 };
	const void *xml = NULL;
	size_t size = 0;
	enum status st = definition_seen(c, in, &d);
	if (!st)
		st = model_xml(c, d.model_id, &xml, &size);
	out->type = "application/xml";
	out->body = xml ? arena_strndup(c->arena, xml, size) : NULL;
	return st;
}

enum status definition_switch(struct call *c, const struct definition_ask *in,
			      struct process_definition_row *out)
{
	struct process_definition_row d = { 0 };
	enum status st = definition_seen(c, in, &d);
	if (st)
		return st;
	if (!*d.domain_id && c->actor.scope != SCOPE_SYSTEM && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, "id", "definition %lld is the city's",
			    (long long)d.id);
	audit_subject(c, "process definition", arena_printf(c->arena, "%lld", (long long)d.id));
	st = definition_state(c, d.id, in->state);
	d.state = in->state;
	*out = d;
	return st;
}
