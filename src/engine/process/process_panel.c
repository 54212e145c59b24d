/* SPDX-License-Identifier: Apache-2.0 */
/* What a user task says of its panel 会签, and what votes decide by it. */
#include "engine/process/process_sign.h"

const char *const sign_kind_words[] = { "before", "after", "parallel", NULL };
const char *const sign_verdict_words[] = { "approve", "reject", "abstain", NULL };

static bool flag_of(const struct bpmn_element *e, const char *name, struct bpmn_findings *f)
{
	const char *text = bpmn_attr_of(e, PROCESS_NS, name);

	if (text && !str_eq(text, "true") && !str_eq(text, "false"))
		bpmn_find(f, "EXT.flow", e, "flow:%s is true or false", name);
	return str_eq(text, "true");
}

/* "all", "any", "2", "66%": how many have to approve. */
static bool read_pass(struct arena *a, const char *text, struct process_panel *p)
{
	size_t size = strlen(text);

	p->percent = 100;
	if (str_eq(text, "all"))
		return true;
	if (str_eq(text, "any"))
		return p->count = 1, true;
	if (size && text[size - 1] == '%')
		return int_parse(arena_strndup(a, text, size - 1), &p->percent) && p->percent > 0 &&
		       p->percent <= 100;
	return int_parse(text, &p->count) && p->count > 0 && p->count <= PANEL_MAX;
}

const struct process_panel *process_panel_read(struct arena *a, const struct bpmn_element *e,
					       struct bpmn_findings *f)
{
	static const char *const others[] = { "pass", "veto", "waitAll", "outcome" };
	const char *who = bpmn_attr_of(e, PROCESS_NS, "participants"), *why = "it is no expression";
	const char *pass = bpmn_attr_of(e, PROCESS_NS, "pass");
	const char *outcome = bpmn_attr_of(e, PROCESS_NS, "outcome");

	for (size_t i = 0; !who && i < sizeof others / sizeof *others; i++) {
		if (bpmn_attr_of(e, PROCESS_NS, others[i]))
			bpmn_find(f, "EXT.flow", e, "flow:%s goes with flow:participants",
				  others[i]);
	}
	if (!who)
		return NULL;
	struct process_panel *p = arena_alloc(a, sizeof *p);
	*p = (struct process_panel){ .participants_text = who,
				     .veto = flag_of(e, "veto", f),
				     .everybody = flag_of(e, "waitAll", f),
				     .outcome = str_empty(outcome) ? "outcome" : outcome };
	if (who[0] == '=') {
		p->participants = flow_feel.compile(flow_feel.who, a, who, &why);
		if (!p->participants)
			bpmn_find(f, "EXT.flow", e, "flow:participants '%s': %s", who, why);
	}
	if (!read_pass(a, pass ? pass : "all", p))
		bpmn_find(
			f, "EXT.flow", e,
			"flow:pass is all, any, a count from 1 to %d, or a percentage such as 66%%",
			PANEL_MAX);
	if (!strncmp(p->outcome, "flow:", 5))
		bpmn_find(f, "EXT.flow", e,
			  "flow:outcome names a variable, which begins otherwise");
	if (e->kind != BPMN_USER_TASK || bpmn_first(e, BPMN_LOOP_CHARACTERISTICS))
		bpmn_find(f, "EXT.flow", e,
			  "flow:participants is for a user task that is done once");
	if (bpmn_attr_of(e, PROCESS_NS, "assignee") ||
	    bpmn_attr_of(e, PROCESS_NS, "candidateUsers") ||
	    bpmn_attr_of(e, PROCESS_NS, "candidateRoles"))
		bpmn_find(f, "EXT.flow", e,
			  "flow:participants excludes an assignee and candidates");
	return p;
}

enum panel_verdict process_panel_judge(const struct process_panel *p, const struct panel_count *n)
{
	int64_t all = n->approve + n->reject + n->abstain + n->open;
	int64_t need = p->count ? p->count : (p->percent * all + 99) / 100;

	if (p->everybody && n->open)
		return PANEL_OPEN;
	if (p->veto && n->reject)
		return PANEL_REJECTED;
	if (n->approve >= need && all)
		return PANEL_PASSED;
	return n->approve + n->open < need || !n->open ? PANEL_REJECTED : PANEL_OPEN;
}
