/* SPDX-License-Identifier: Apache-2.0 */
/* "for", "some", "every", filters, and paths. */
#include "engine/flow/feel/feel_private.h"

/* What a variable runs over: a list, or whole numbers or days one by one. */
struct domain {
	const struct feel_value *list;
	int64_t from, to, next;
	bool dates;
	const struct feel_value *one; /* what is no list runs as a list of one */
};

static const struct feel_value no_items = { .kind = FEEL_LIST };

static bool domain_ends(const struct feel_value *low, const struct feel_value *high,
			struct domain *d)
{
	if (low->kind == FEEL_NUMBER && high->kind == FEEL_NUMBER)
		return number_to_int(low->number, &d->from) && number_to_int(high->number, &d->to);
	if (low->kind != FEEL_DATE || high->kind != FEEL_DATE)
		return false;
	d->dates = true;
	d->from = days_from_civil(low->moment.year, low->moment.month, low->moment.day);
	d->to = days_from_civil(high->moment.year, high->moment.month, high->moment.day);
	return true;
}

/* A range goes up only and heeds its brackets; "a..b" of a loop goes either way. */
static bool domain_of_range(const struct feel_range *g, struct domain *d)
{
	if (!g->low || !g->high || !domain_ends(g->low, g->high, d))
		return false;
	if (d->from > d->to)
		return false;
	d->from += !g->low_closed;
	d->to -= !g->high_closed;
	if (d->from > d->to)
		d->list = &no_items;
	return true;
}

static bool domain_open(struct feel_run *r, const struct feel_value *low,
			const struct feel_value *high, struct domain *d)
{
	*d = (struct domain){ 0 };
	bool ok = true;
	if (high)
		ok = domain_ends(low, high, d);
	else if (low->kind == FEEL_RANGE)
		ok = domain_of_range(&low->range, d);
	else if (low->kind == FEEL_LIST)
		d->list = low;
	else if (low->kind == FEEL_NULL)
		ok = false;
	else
		d->one = low;
	if (!ok)
		feel_complain(r, "%s cannot be gone through",
			      high || low->kind == FEEL_RANGE
				      ? "what is no range of whole numbers or dates"
				      : "null");
	return ok;
}

/* The next value, or NULL at the end. */
static const struct feel_value *domain_next(struct feel_run *r, struct domain *d)
{
	run_step(r, 1);
	uint64_t i = (uint64_t)d->next++;
	if (d->list)
		return i < d->list->list.count ? d->list->list.items[i] : NULL;
	if (d->one)
		return i == 0 ? d->one : NULL;
	uint64_t span = d->to >= d->from ? (uint64_t)d->to - (uint64_t)d->from
					 : (uint64_t)d->from - (uint64_t)d->to;
	if (i > span)
		return NULL;
	int64_t at = d->to >= d->from ? d->from + (int64_t)i : d->from - (int64_t)i;
	if (!d->dates)
		return run_int(r, at);
	struct feel_moment m = { 0 };
	return civil_from_days(at, &m) ? run_moment(r, FEEL_DATE, m) : NULL;
}

struct loop {
	struct feel_run *r;
	const struct feel_expr *e;
	const struct node *n;
	struct items results; /* of "for", "partial" to its body */
	struct feel_value *partial;
	const struct feel_value *outcome; /* of "some" and "every" */
	bool failed, done;
};

static void loop_body(struct loop *l, const struct frame *env)
{
	uint32_t body = l->e->kids[l->n->first + l->n->count - 1];
	if (l->n->kind == NODE_FOR) {
		/* A list of its own each time: what was handed out never changes. */
		struct feel_value *so_far = run_value(l->r, FEEL_LIST);
		so_far->list = (struct feel_list){ l->results.list, l->results.count };
		so_far->height = run_height(l->r, l->results.height + 1);
		struct frame *f = run_alloc(l->r, sizeof(*f));
		*f = (struct frame){ "partial", so_far, env };
		items_add(l->r, &l->results, eval(l->r, l->e, body, f));
		return;
	}
	bool decides = l->n->kind == NODE_SOME;
	const struct feel_value *v = eval(l->r, l->e, body, env);
	if (v->kind != FEEL_BOOLEAN) {
		if (v->kind != FEEL_NULL)
			feel_complain(l->r, "the condition gives %s", feel_kind_name(v->kind));
		l->outcome = &feel_null;
	} else if (v->boolean == decides) {
		l->outcome = v;
		l->done = true;
	}
}

static void loop_level(struct loop *l, size_t level, const struct frame *env)
{
	size_t levels = (l->n->count - 1) / 2;
	if (level == levels) {
		loop_body(l, env);
		return;
	}
	const uint32_t *k = l->e->kids + l->n->first + 2 * level;
	const struct feel_value *low = eval(l->r, l->e, k[0], env);
	const struct feel_value *high = k[1] ? eval(l->r, l->e, k[1], env) : NULL;
	struct domain d;
	if (!domain_open(l->r, low, high, &d)) {
		l->failed = true;
		return;
	}
	const struct feel_value *v;
	while (!l->failed && !l->done && (v = domain_next(l->r, &d))) {
		struct frame *f = run_alloc(l->r, sizeof(*f));
		*f = (struct frame){ l->n->names[level], v, env };
		loop_level(l, level + 1, f);
	}
}

const struct feel_value *eval_loop(struct feel_run *r, const struct feel_expr *e,
				   const struct node *n, const struct frame *env)
{
	struct loop l = { .r = r, .e = e, .n = n, .outcome = of_bool(n->kind == NODE_EVERY) };
	loop_level(&l, 0, env);
	if (l.failed)
		return &feel_null;
	return n->kind == NODE_FOR ? items_list(r, &l.results) : l.outcome;
}

/* By position: from 1, or from the end with a minus. */
static const struct feel_value *pick(struct feel_run *r, const struct feel_list *list,
				     struct feel_number n)
{
	int64_t i;
	if (!number_to_int(n, &i) || i == 0)
		return run_null(r, "a position in a list is a whole number other than 0");
	int64_t count = (int64_t)list->count;
	if (i > count || i < -count)
		return run_null(r, "the list has %lld items", (long long)count);
	return list->items[i > 0 ? i - 1 : count + i];
}

/* Whether the condition says a position that no item has a say in. */
static bool is_position(const struct feel_expr *e, uint32_t id)
{
	const struct node *n = &e->nodes[id];
	return (n->kind == NODE_CONST && n->value->kind == FEEL_NUMBER) ||
	       (n->kind == NODE_NEGATE && is_position(e, e->kids[n->first]));
}

const struct feel_value *eval_filter(struct feel_run *r, const struct feel_value *list,
				     const struct feel_expr *e, uint32_t condition,
				     const struct frame *env)
{
	if (list->kind == FEEL_NULL)
		return run_list(r, NULL, 0);
	const struct feel_value *one[1] = { list };
	struct feel_list l = { one, 1 };
	if (list->kind == FEEL_LIST)
		l = list->list;
	if (is_position(e, condition))
		return pick(r, &l, eval(r, e, condition, env)->number);
	if (l.count == 0) {
		const struct feel_value *v = eval(r, e, condition, env);
		return v->kind == FEEL_NUMBER ? pick(r, &l, v->number) : run_list(r, NULL, 0);
	}
	struct items kept = { 0 };
	for (size_t i = 0; i < l.count; i++) {
		const struct feel_value *item = l.items[i];
		struct frame *f = run_alloc(r, 2 * sizeof(*f));
		f[0] = (struct frame){ "item", item, env };
		f[1] = (struct frame){ NULL, item, &f[0] };
		/* An entry named "item" is itself reached by its name. */
		const struct frame *inner = item->kind == FEEL_CONTEXT ? &f[1] : &f[0];
		const struct feel_value *v = eval(r, e, condition, inner);
		if (v->kind == FEEL_NUMBER && i == 0)
			return pick(r, &l, v->number);
		if (v->kind != FEEL_BOOLEAN && v->kind != FEEL_NULL)
			return run_null(r, "the filter gives %s", feel_kind_name(v->kind));
		if (is_true(v))
			items_add(r, &kept, item);
	}
	return items_list(r, &kept);
}

static const struct feel_value *moment_property(struct feel_run *r, const struct feel_value *v,
						const char *name)
{
	const struct feel_moment *m = &v->moment;
	bool date = v->kind != FEEL_TIME, time = v->kind != FEEL_DATE;
	if (date && str_eq(name, "year"))
		return run_int(r, m->year);
	if (date && str_eq(name, "month"))
		return run_int(r, m->month);
	if (date && str_eq(name, "day"))
		return run_int(r, m->day);
	if (date && str_eq(name, "weekday")) {
		int64_t w = (days_from_civil(m->year, m->month, m->day) + 3) % 7;
		return run_int(r, (w < 0 ? w + 7 : w) + 1);
	}
	if (time || v->kind == FEEL_DATE) {
		if (str_eq(name, "hour"))
			return run_int(r, m->hour);
		if (str_eq(name, "minute"))
			return run_int(r, m->minute);
		if (str_eq(name, "second")) {
			if (!m->nanos)
				return run_int(r, m->second);
			return run_number(r, number_of_nanos(m->second * (__int128)NANOS + m->nanos,
							     NANOS));
		}
	}
	int32_t offset;
	if (str_eq(name, "time offset")) {
		if (v->kind == FEEL_DATE)
			return run_days(r, 0);
		return moment_offset(m, &offset) ? run_days(r, (__int128)offset * NANOS)
						 : &feel_null;
	}
	if (str_eq(name, "timezone")) {
		const char *zone = m->zone_kind == FEEL_NAMED ? zone_name(m->zone) : NULL;
		return zone ? run_text(r, zone, strlen(zone)) : &feel_null;
	}
	return NULL;
}

static const struct feel_value *duration_property(struct feel_run *r, const struct feel_value *v,
						  const char *name)
{
	if (v->kind == FEEL_MONTHS) {
		if (str_eq(name, "years"))
			return run_int(r, v->months / 12);
		if (str_eq(name, "months"))
			return run_int(r, v->months % 12);
		return NULL;
	}
	static const struct {
		const char *name;
		int64_t seconds, of;
	} parts[] = { { "days", 86400, 0 }, { "hours", 3600, 24 }, { "minutes", 60, 60 } };
	for (size_t i = 0; i < 3; i++)
		if (str_eq(name, parts[i].name)) {
			__int128 n = v->nanos / ((__int128)parts[i].seconds * NANOS);
			return run_number(r, number_of_nanos(parts[i].of ? n % parts[i].of : n, 1));
		}
	if (str_eq(name, "seconds"))
		return run_number(r, number_of_nanos(v->nanos % (60 * (__int128)NANOS), NANOS));
	return NULL;
}

static const struct feel_value *range_property(const struct feel_range *g, const char *name)
{
	if (str_eq(name, "start"))
		return g->low ? g->low : &feel_null;
	if (str_eq(name, "end"))
		return g->high ? g->high : &feel_null;
	if (str_eq(name, "start included"))
		return of_bool(g->low_closed);
	if (str_eq(name, "end included"))
		return of_bool(g->high_closed);
	return NULL;
}

const struct feel_value *eval_path(struct feel_run *r, const struct feel_value *v, const char *name)
{
	const struct feel_value *x = NULL;
	switch (v->kind) {
	case FEEL_CONTEXT: x = feel_get(v, name); break;
	case FEEL_DATE:
	case FEEL_TIME:
	case FEEL_DATE_TIME: x = moment_property(r, v, name); break;
	case FEEL_DAYS:
	case FEEL_MONTHS: x = duration_property(r, v, name); break;
	case FEEL_RANGE: x = range_property(&v->range, name); break;
	case FEEL_LIST: {
		const struct feel_value **items = run_array(r, v->list.count + 1, sizeof(*items));
		for (size_t i = 0; i < v->list.count; i++) {
			run_step(r, 1);
			items[i] = eval_path(r, v->list.items[i], name);
		}
		return run_list(r, items, v->list.count);
	}
	default: break;
	}
	return x ? x : run_null(r, "%s has no '%s'", feel_kind_name(v->kind), name);
}
