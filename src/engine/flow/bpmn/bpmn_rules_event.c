/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of events (clauses 10.5 and 13.5): which definitions may stand where, and what each needs. */
#include "engine/flow/bpmn/bpmn_private.h"

#include <ctype.h>
#include <string.h>
#include "base/text.h"

/* Sets of event definitions, one bit for each kind. */
#define BIT(kind) (1u << (BPMN_##kind##_DEFINITION - BPMN_CANCEL_DEFINITION))
#define CATCH_START (BIT(MESSAGE) | BIT(TIMER) | BIT(CONDITIONAL) | BIT(SIGNAL))
#define EVENT_SUB (CATCH_START | BIT(ERROR) | BIT(ESCALATION) | BIT(COMPENSATE))
#define CATCH (CATCH_START | BIT(LINK))
#define BOUNDARY (EVENT_SUB | BIT(CANCEL))
#define NO_CANCEL (CATCH_START | BIT(ESCALATION))
#define THROW (BIT(MESSAGE) | BIT(ESCALATION) | BIT(COMPENSATE) | BIT(LINK) | BIT(SIGNAL))
#define END                                                                                        \
	(BIT(MESSAGE) | BIT(ESCALATION) | BIT(ERROR) | BIT(CANCEL) | BIT(COMPENSATE) |             \
	 BIT(SIGNAL) | BIT(TERMINATE))

static unsigned bit(const struct bpmn_element *definition)
{
	if (definition->kind <= BPMN_EVENT_DEFINITION || definition->kind > BPMN_TIMER_DEFINITION)
		return 0;
	return 1u << (definition->kind - BPMN_CANCEL_DEFINITION);
}

static void allow(const struct bpmn_element *e, unsigned set, const char *rule, const char *where,
		  struct bpmn_findings *out)
{
	const struct bpmn_element *d;
	for (unsigned i = 0; (d = bpmn_definition(e, i)); i++) {
		if (!(bit(d) & set))
			bpmn_find(out, rule, e, "%s cannot have a %s: it is a %s", bpmn_who(e),
				  d->tag, where);
	}
}

static void check_start(const struct bpmn_element *e, struct bpmn_findings *out)
{
	const struct bpmn_element *level = e->parent;
	if (bpmn_is_event_sub(level)) {
		if (!bpmn_definition(e, 0))
			bpmn_find(out, "EXT.059", e,
				  "start event %s of an event sub-process has no event definition",
				  bpmn_who(e));
		bool interrupts = bpmn_flag(e, "isInterrupting", true);
		allow(e, interrupts ? EVENT_SUB : NO_CANCEL, "EXT.059",
		      interrupts ? "start event of an event sub-process"
				 : "start event that does not interrupt",
		      out);
	} else if (bpmn_is(level, BPMN_SUB_PROCESS)) {
		if (bpmn_definition(e, 0))
			bpmn_find(out, "EXT.100", e,
				  "start event %s of a sub-process cannot have an event definition",
				  bpmn_who(e));
	} else {
		allow(e, CATCH_START, "EXT.098", "start event of a process", out);
	}
}

/* The compensation activity of a boundary event, by association (EXT.143, EXT.144). */
static void check_compensation(const struct bpmn_element *e, struct bpmn_findings *out)
{
	const struct bpmn_element *handler = NULL;
	for (const struct bpmn_element *a = NULL; (a = bpmn_each(e->model, a, BPMN_ASSOCIATION));) {
		if (bpmn_ref(a, "sourceRef") == e)
			handler = bpmn_ref(a, "targetRef");
		else if (bpmn_ref(a, "targetRef") == e &&
			 bpmn_is(bpmn_ref(a, "sourceRef"), BPMN_ACTIVITY))
			handler = bpmn_ref(a, "sourceRef");
		if (handler)
			break;
	}
	if (!handler)
		bpmn_find(out, "EXT.143", e,
			  "compensation event %s has no association to a compensation activity",
			  bpmn_who(e));
	else if (!bpmn_is(handler, BPMN_ACTIVITY) ||
		 !bpmn_flag(handler, "isForCompensation", false))
		bpmn_find(out, "EXT.144", e, "%s, which compensates at %s, is not for compensation",
			  bpmn_who(handler), bpmn_who(e));
}

static void check_boundary(const struct bpmn_element *e, struct bpmn_findings *out)
{
	const struct bpmn_element *host = bpmn_ref(e, "attachedToRef");
	if (!bpmn_definition(e, 0))
		bpmn_find(out, "EXT.110", e, "boundary event %s has no event definition",
			  bpmn_who(e));
	bool interrupts = bpmn_flag(e, "cancelActivity", true);
	allow(e, interrupts ? BOUNDARY : NO_CANCEL, "EXT.110",
	      interrupts ? "boundary event" : "boundary event that does not interrupt", out);
	if (bpmn_has_definition(e, BPMN_CANCEL_DEFINITION) && host &&
	    host->kind != BPMN_TRANSACTION)
		bpmn_find(out, "EXT.111", e, "cancel event %s is attached to %s, no transaction",
			  bpmn_who(e), bpmn_who(host));
	if (host && host->parent != e->parent)
		bpmn_find(out, "EXT.110", e, "boundary event %s is attached to %s of another level",
			  bpmn_who(e), bpmn_who(host));
	if (bpmn_has_definition(e, BPMN_COMPENSATE_DEFINITION))
		check_compensation(e, out);
}

static void check_kind(const struct bpmn_element *e, struct bpmn_findings *out)
{
	switch (e->kind) {
	case BPMN_START_EVENT: check_start(e, out); break;
	case BPMN_BOUNDARY_EVENT: check_boundary(e, out); break;
	case BPMN_INTERMEDIATE_CATCH_EVENT:
		if (!bpmn_definition(e, 0))
			bpmn_find(out, "EXT.148", e, "catch event %s has no event definition",
				  bpmn_who(e));
		if (bpmn_has_definition(e, BPMN_COMPENSATE_DEFINITION))
			bpmn_find(out, "EXT.122", e, "catch event %s in normal flow compensates",
				  bpmn_who(e));
		allow(e, CATCH, "EXT.148", "catch event in normal flow", out);
		break;
	case BPMN_INTERMEDIATE_THROW_EVENT:
		allow(e, THROW, "EXT.149", "throw event in normal flow", out);
		break;
	case BPMN_END_EVENT:
		allow(e, END, "EXT.146", "end event", out);
		if (bpmn_has_definition(e, BPMN_CANCEL_DEFINITION) &&
		    e->parent->kind != BPMN_TRANSACTION)
			bpmn_find(out, "EXT.106", e, "cancel end event %s stands in no transaction",
				  bpmn_who(e));
		break;
	default: break;
	}
}

/* Date, duration and repetition of ISO 8601, as XSD and BPMN use them. */
static const char *digits(const char *s, int least, int most)
{
	int n = 0;
	while (isdigit((unsigned char)s[n]) && n < most)
		n++;
	return n < least ? NULL : s + n;
}

static bool is_date(const char *s, size_t size)
{
	char copy[64];
	if (size >= sizeof(copy))
		return false;
	memcpy(copy, s, size);
	copy[size] = 0;
	s = digits(copy, 4, 9);
	if (!s || *s++ != '-' || !(s = digits(s, 2, 2)) || *s++ != '-' || !(s = digits(s, 2, 2)))
		return false;
	if (!*s)
		return true;
	if (*s++ != 'T' || !(s = digits(s, 2, 2)) || *s++ != ':' || !(s = digits(s, 2, 2)))
		return false;
	if (*s == ':' && !(s = digits(s + 1, 2, 2)))
		return false;
	if (*s == '.' && !(s = digits(s + 1, 1, 9)))
		return false;
	if (*s == 'Z' || *s == '@' || !*s)
		return *s == '@' ? s[1] != 0 : !*s || !s[1];
	if ((*s != '+' && *s != '-') || !(s = digits(s + 1, 2, 2)))
		return false;
	return !*s || (*s == ':' && (s = digits(s + 1, 2, 2)) && !*s);
}

static bool is_duration(const char *s, size_t size)
{
	const char *end = s + size, *units = "YMWD", *unit;
	if (s < end && *s == '-')
		s++;
	if (s == end || *s++ != 'P' || s == end)
		return false;
	bool some = false;
	while (s < end) {
		if (*s == 'T') {
			if (units[0] == 'H' || s + 1 == end)
				return false;
			units = "HMS";
			s++;
			continue;
		}
		const char *begin = s;
		while (s < end && (isdigit((unsigned char)*s) || (*s == '.' && s > begin)))
			s++;
		if (s == begin || s == end || !(unit = strchr(units, *s)))
			return false;
		units = unit;
		some = true;
		s++;
	}
	return some;
}

static bool is_cycle(const char *s, size_t size)
{
	const char *end = s + size;
	if (s == end || *s++ != 'R')
		return false;
	while (s < end && isdigit((unsigned char)*s))
		s++;
	if (s == end || *s++ != '/')
		return false;
	const char *slash = memchr(s, '/', (size_t)(end - s));
	if (!slash)
		return is_duration(s, (size_t)(end - s));
	size_t first = (size_t)(slash - s), second = (size_t)(end - slash - 1);
	return (is_date(s, first) && is_duration(slash + 1, second)) ||
	       (is_duration(s, first) && is_date(slash + 1, second));
}

/* Whether the text is an expression of a language of its own and not a literal. */
static bool is_computed(const struct bpmn_element *x)
{
	const char *language = bpmn_attr(x, "language");
	if (!language)
		language = bpmn_attr(bpmn_definitions(x->model), "expressionLanguage");
	return x->text[0] == '=' || strstr(x->text, "${") || strchr(x->text, '(') ||
	       (language && strstr(language, "FEEL"));
}

static void check_timer(const struct bpmn_element *d, struct bpmn_findings *out)
{
	static const struct {
		const char *tag, *rule, *want;
		bool (*fits)(const char *, size_t);
	} forms[] = {
		{ "timeDate", "EXT.132", "a date and time of ISO 8601", is_date },
		{ "timeCycle", "EXT.133", "a repetition of ISO 8601 (R3/PT10M)", is_cycle },
		{ "timeDuration", "EXT.134", "a duration of ISO 8601 (PT10M)", is_duration },
	};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct bpmn_element *x = bpmn_child(d, forms[i].tag);
		if (x && bpmn_executable(d) && *x->text && !is_computed(x) &&
		    !forms[i].fits(x->text, strlen(x->text)))
			bpmn_find(out, forms[i].rule, d, "%s of %s must be %s, not '%s'",
				  forms[i].tag, bpmn_who(d->parent), forms[i].want, x->text);
	}
}

static bool names_back(const struct bpmn_element *other, const char *tag,
		       const struct bpmn_element *d)
{
	for (const struct bpmn_element *c = bpmn_child(other, tag); c; c = bpmn_again(c)) {
		if (bpmn_text_ref(c) == d)
			return true;
	}
	return false;
}

static void check_link(const struct bpmn_element *e, const struct bpmn_element *d,
		       struct bpmn_findings *out)
{
	bool throws = bpmn_is(e, BPMN_THROW_EVENT);
	const char *tag = throws ? "target" : "source";
	const struct bpmn_element *c = bpmn_child(d, tag);
	if (!c)
		bpmn_find(out, throws ? "EXT.125" : "EXT.124", e, "link event %s has no %s",
			  bpmn_who(e), tag);
	for (; c; c = bpmn_again(c)) {
		const struct bpmn_element *other = bpmn_text_ref(c);
		if (!bpmn_is(other, BPMN_LINK_DEFINITION))
			continue; /* REF has said so */
		const struct bpmn_element *event = other->parent;
		if (throws && !bpmn_is(event, BPMN_CATCH_EVENT))
			bpmn_find(out, "EXT.118", e,
				  "the target of link event %s is no catch event", bpmn_who(e));
		if (!throws && !bpmn_is(event, BPMN_THROW_EVENT))
			bpmn_find(out, "EXT.118", e, "a source of link event %s is no throw event",
				  bpmn_who(e));
		if (!names_back(other, throws ? "source" : "target", d))
			bpmn_find(out, "EXT.118", e,
				  "link event %s has the %s %s, which does not name it",
				  bpmn_who(e), tag, bpmn_who(event));
		if (event && event->parent != e->parent)
			bpmn_find(out, "EXT.126", e, "link event %s leads to another process level",
				  bpmn_who(e));
	}
}

static void check_definition(const struct bpmn_element *e, const struct bpmn_element *d,
			     struct bpmn_findings *out)
{
	/* A definition shared at the root belongs to no process: what an executable one needs is asked
	 * where it is written in one. */
	bool executable = bpmn_executable(d), throws = bpmn_is(e, BPMN_THROW_EVENT);
	switch (d->kind) {
	case BPMN_MESSAGE_DEFINITION:
		if (executable && !bpmn_attr(d, "messageRef"))
			bpmn_find(out, "EXT.127", e, "message event %s names no message",
				  bpmn_who(e));
		if (executable && !bpmn_child(d, "operationRef"))
			bpmn_find(out, "EXT.128", e, "message event %s names no operation",
				  bpmn_who(e));
		break;
	case BPMN_ESCALATION_DEFINITION:
		if (executable && throws) {
			const struct bpmn_element *to = bpmn_ref(d, "escalationRef");
			if (!to || str_empty(bpmn_attr(to, "escalationCode")))
				bpmn_find(out, "EXT.011", e,
					  "%s throws an escalation without escalationCode",
					  bpmn_who(e));
		}
		break;
	case BPMN_CONDITIONAL_DEFINITION: {
		const struct bpmn_element *c = bpmn_child(d, "condition");
		if (executable && (!c || c->kind != BPMN_FORMAL_EXPRESSION || !*c->text))
			bpmn_find(out, "EXT.123", e, "conditional event %s has no formal condition",
				  bpmn_who(e));
		break;
	}
	case BPMN_LINK_DEFINITION: check_link(e, d, out); break;
	case BPMN_TIMER_DEFINITION: check_timer(d, out); break;
	default: break;
	}
}

/* The item that an event definition carries. False: it carries none at all. */
static bool carries(const struct bpmn_element *d, const struct bpmn_element **item)
{
	static const struct {
		enum bpmn_kind kind;
		const char *ref, *item;
	} carriers[] = {
		{ BPMN_MESSAGE_DEFINITION, "messageRef", "itemRef" },
		{ BPMN_SIGNAL_DEFINITION, "signalRef", "structureRef" },
		{ BPMN_ERROR_DEFINITION, "errorRef", "structureRef" },
		{ BPMN_ESCALATION_DEFINITION, "escalationRef", "structureRef" },
	};
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		if (d->kind != carriers[i].kind)
			continue;
		const struct bpmn_element *to = bpmn_ref(d, carriers[i].ref);
		*item = to ? bpmn_ref(to, carriers[i].item) : NULL;
		return true;
	}
	return false;
}

/* One data input or output for each event definition, of its item, in the same order. */
static void check_event_data(const struct bpmn_element *e, struct bpmn_findings *out)
{
	bool throws = bpmn_is(e, BPMN_THROW_EVENT);
	const char *tag = throws ? "dataInput" : "dataOutput";
	const struct bpmn_element *data = bpmn_child(e, tag), *d;
	if (!data)
		return;
	for (unsigned i = 0; (d = bpmn_definition(e, i)); i++) {
		const struct bpmn_element *item = NULL;
		if (!data) {
			bpmn_find(out, "EXT.093", e, "%s has no %s for its %s", bpmn_who(e), tag,
				  d->tag);
			continue;
		}
		if (carries(d, &item) && item &&
		    !bpmn_same_item(item, bpmn_ref(data, "itemSubjectRef")))
			bpmn_find(out, "EXT.094", e, "%s %s is not of the item of %s", tag,
				  bpmn_who(data), d->tag);
		data = bpmn_again(data);
	}
}

/* EXT.095: what a throw event defines is used by it alone. */
static void check_shared(const struct bpmn_element *e, struct bpmn_findings *out)
{
	for (const struct bpmn_element *r = bpmn_child(e, "eventDefinitionRef"); r;
	     r = bpmn_again(r)) {
		const struct bpmn_element *d = bpmn_text_ref(r);
		if (bpmn_is(d, BPMN_EVENT_DEFINITION) && bpmn_is(d->parent, BPMN_THROW_EVENT))
			bpmn_find(out, "EXT.095", e,
				  "%s uses the definition that throw event %s has", bpmn_who(e),
				  bpmn_who(d->parent));
	}
}

void bpmn_check_events(const struct bpmn_model *m, struct bpmn_findings *out)
{
	for (const struct bpmn_element *e = NULL; (e = bpmn_each(m, e, BPMN_EVENT));) {
		const struct bpmn_element *d;
		check_kind(e, out);
		for (unsigned i = 0; (d = bpmn_definition(e, i)); i++)
			check_definition(e, d, out);
		check_event_data(e, out);
		check_shared(e, out);
	}
}
