/* SPDX-License-Identifier: Apache-2.0 */
/* What is new for the event stream. On SQLite ids are committed in order. On PostgreSQL an id may become
 * visible after a higher one; so the ids that were passed over are remembered for a while, and what
 * appears there is told late. The place that a frame carries never lies behind such a gap. */
#include "base/clock.h"
#include "base/log.h"
#include "door/jobs/stream_private.h"

/* Acts are short; what has not appeared by now was undone. */
#define PATIENCE (10 * CLOCK_SECOND)
enum { PAGE = 500, RECENT = 1000 };

int64_t news_safe_place(const struct news *n)
{
	int64_t place = n->highest;
	for (int i = 0; i < n->gap_count; i++)
		if (n->gaps[i].first <= place)
			place = n->gaps[i].first - 1;
	return place;
}

static void add_gap(struct news *n, int64_t first, int64_t last, int64_t seen_at)
{
	/* So many at once are not transactions that overlap: the oldest is given up. */
	if (n->gap_count == GAPS_MAX)
		memmove(n->gaps, n->gaps + 1, (size_t)--n->gap_count * sizeof(*n->gaps));
	n->gaps[n->gap_count++] = (struct gap){ first, last, seen_at };
}

/* Ids above 'highest' up to 'id' are known now. */
static void advance(struct stream *s, int64_t id)
{
	struct news *n = &s->news;

	if (id > n->highest + 1 && db_kind_of(s->house->db) == DB_POSTGRESQL)
		add_gap(n, n->highest + 1, id - 1, clock_steady());
	n->highest = id;
}

/* An event appeared in a gap: what is left of it are up to two gaps. */
static void split(struct news *n, int at, int64_t id)
{
	struct gap g = n->gaps[at];

	memmove(n->gaps + at, n->gaps + at + 1, (size_t)(n->gap_count - at - 1) * sizeof(g));
	n->gap_count--;
	if (g.first < id)
		add_gap(n, g.first, id - 1, g.seen_at);
	if (id < g.last)
		add_gap(n, id + 1, g.last, g.seen_at);
}

struct range {
	int64_t after, until;
};

static enum status list_act(struct call *c, const void *in_, void *out_)
{
	const struct range *in = in_;
	struct event_page *out = out_;
	return event_list(c, in->after, in->until, PAGE, &out->list, &out->count);
}

static bool read_page(struct stream *s, struct arena *a, int64_t after, int64_t until,
		      struct event_page *out)
{
	struct call *c = call_new(a, "stream-news");
	const struct range in = { after, until };

	if (!db_read(c, s->house->db, list_act, &in, out, sizeof(*out)))
		return true;
	log_warn("stream-news", c->request_id, "%s", c->problem);
	return false;
}

static void look_into_gaps(struct stream *s, struct arena *a)
{
	struct news *n = &s->news;
	int64_t now = clock_steady();

	for (int i = n->gap_count - 1; i >= 0; i--) {
		struct gap g = n->gaps[i];
		struct event_page page;
		if (!read_page(s, a, g.first - 1, g.last, &page))
			return;
		if (!page.count && now - g.seen_at > PATIENCE) {
			memmove(n->gaps + i, n->gaps + i + 1,
				(size_t)(n->gap_count - i - 1) * sizeof(g));
			n->gap_count--;
		} else if (page.count) {
			/* What else is in the gap is found at the next look. */
			split(n, i, page.list[0].id);
			stream_tell(s, a, &page.list[0], news_safe_place(n));
		}
	}
}

void news_look(struct stream *s, struct arena *a)
{
	struct event_page page;

	look_into_gaps(s, a);
	do {
		if (!read_page(s, a, s->news.highest, INT64_MAX, &page))
			return;
		for (size_t i = 0; i < page.count; i++) {
			advance(s, page.list[i].id);
			stream_tell(s, a, &page.list[i], news_safe_place(&s->news));
		}
	} while (page.count == PAGE);
}

struct bounds {
	int64_t first, last;
};

static enum status bounds_act(struct call *c, const void *in, void *out_)
{
	struct bounds *out = out_;
	(void)in;
	return event_bounds(c, &out->first, &out->last);
}

void news_begin(struct stream *s, struct arena *a)
{
	struct call *c = call_new(a, "stream-news");
	struct bounds b = { 0 };
	struct event_page page;

	s->news.gap_count = 0;
	if (db_read(c, s->house->db, bounds_act, NULL, &b, sizeof(b)))
		log_warn("stream-news", c->request_id, "%s", c->problem);
	/* What was committed just now may have neighbours that are about to be. */
	s->news.highest = b.last > RECENT ? b.last - RECENT : b.first ? b.first - 1 : 0;
	do {
		if (!read_page(s, a, s->news.highest, INT64_MAX, &page))
			return;
		for (size_t i = 0; i < page.count; i++)
			advance(s, page.list[i].id);
	} while (page.count == PAGE);
	s->looked_at = clock_steady();
}
