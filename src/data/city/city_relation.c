/* SPDX-License-Identifier: Apache-2.0 */
/* The relations that the registers of a grid state, each once however many records state it. The
 * count and the list come from one walk, so they cannot differ. */
#include "city_truth_private.h"

const char *const city_relation_words[RELATION__COUNT] = {
	"lives_in",   "member_of",     "spouse_of",    "child_of",
	"owns",       "tenant_of",     "employed_by",  "legal_representative_of",
	"invests_in", "registered_at", "mortgaged_to", "cared_for_by",
};

/* Where the walk puts each relation. */
struct walk {
	const struct city_plan *plan;
	const struct city *city; /* NULL: only count, with numbers of grid 0 */
	uint32_t grid;
	char *p;
	int64_t counts[RELATION__COUNT];
};

static void put(struct walk *w, enum city_relation kind, enum city_subject a, uint32_t from,
		enum city_subject b, uint32_t to)
{
	w->counts[kind]++;
	if (!w->city)
		return;
	w->p = city_entity_put(w->p, a, from);
	*w->p++ = ',';
	w->p = city_put(w->p, city_relation_words[kind]);
	*w->p++ = ',';
	w->p = city_entity_put(w->p, b, to);
	w->p = city_put(w->p, "\r\n");
}

static void of_person(struct walk *w, uint16_t slot)
{
	const struct city_slot *s = &w->plan->slots[slot];
	const struct city_slot *wife = s->role == ROLE_HUSBAND ? &w->plan->slots[s->spouse] : NULL;
	uint64_t in = w->plan->person_in[slot];
	uint32_t n = w->grid * GRID_PERSONS + slot;
	enum city_subject P = SUBJECT_PERSON;

	if (in & (IN(GA01) | IN(GA02)))
		put(w, RELATION_LIVES_IN, P, n, SUBJECT_HOUSE, w->city ? city_home(w->city, n) : 0);
	if ((in & IN(GA01)) && s->head != slot)
		put(w, RELATION_MEMBER_OF, P, n, P, city_neighbour(n, s->head));
	if (wife && ((in & IN(MZ01)) || (w->plan->person_in[s->spouse] & IN(WJ01))))
		put(w, RELATION_SPOUSE_OF, P, n, P, city_neighbour(n, s->spouse));
	if (in & (IN(WJ02) | IN(WJ04)))
		put(w, RELATION_CHILD_OF, P, n, P, city_neighbour(n, s->mother));
	if (in & IN(WJ02))
		put(w, RELATION_CHILD_OF, P, n, P, city_neighbour(n, s->father));
	if ((in & (IN(RS01) | IN(ZZ02))) || ((in & IN(RS03)) && !w->plan->job_changed[slot]))
		put(w, RELATION_EMPLOYED_BY, P, n, SUBJECT_FIRM,
		    w->city ? city_employer(w->city, n, false) : 0);
	if ((in & IN(RS03)) && w->plan->job_changed[slot])
		put(w, RELATION_EMPLOYED_BY, P, n, SUBJECT_FIRM,
		    w->city ? city_employer(w->city, n, true) : 0);
	if (in & IN(MZ05))
		put(w, RELATION_CARED_FOR_BY, P, n, P, w->city ? city_carer(w->city, n) : 0);
	/* In a let house that ZJ03 has, the same is said there. */
	if ((in & IN(ZJ04)) &&
	    !(w->plan->house_in[w->plan->households[s->household].house] & IN(ZJ03)))
		put(w, RELATION_TENANT_OF, P, n, SUBJECT_HOUSE,
		    w->city ? city_home(w->city, n) : 0);
}

static void of_firm(struct walk *w, uint16_t local)
{
	const struct city *c = w->city;
	uint64_t in = w->plan->firm_in[local];
	uint32_t n = w->grid * GRID_FIRMS + local;

	if (in & (IN(SJ01) | IN(SJ02) | IN(MZ03))) {
		put(w, RELATION_LEGAL_OF, SUBJECT_PERSON, c ? city_legal(c, n) : 0, SUBJECT_FIRM,
		    n);
		put(w, RELATION_REGISTERED_AT, SUBJECT_FIRM, n, SUBJECT_HOUSE,
		    c ? city_site(c, n) : 0);
	}
	if (in & IN(SJ03))
		put(w, RELATION_INVESTS_IN, SUBJECT_PERSON, c ? city_investor(c, n) : 0,
		    SUBJECT_FIRM, n);
}

static void of_house(struct walk *w, uint16_t local)
{
	const struct city *c = w->city;
	uint64_t in = w->plan->house_in[local];
	uint32_t n = w->grid * GRID_HOUSES + local;

	if (in & (IN(ZG01) | IN(ZG03) | IN(ZJ02)))
		put(w, RELATION_OWNS, SUBJECT_PERSON, c ? city_owner(c, n) : 0, SUBJECT_HOUSE, n);
	if ((in & IN(ZG01)) && w->plan->co_owned[local])
		put(w, RELATION_OWNS, SUBJECT_PERSON, c ? city_co_owner(c, n) : 0, SUBJECT_HOUSE,
		    n);
	if (in & IN(ZJ03))
		put(w, RELATION_TENANT_OF, SUBJECT_PERSON, c ? city_tenant(c, n) : 0, SUBJECT_HOUSE,
		    n);
	if (in & IN(ZG02))
		put(w, RELATION_MORTGAGED_TO, SUBJECT_HOUSE, n, SUBJECT_FIRM,
		    c ? city_bank(c, n) : 0);
}

static void walk_grid(struct walk *w)
{
	for (int i = 0; i < GRID_PERSONS; i++)
		of_person(w, (uint16_t)i);
	for (int i = 0; i < GRID_FIRMS; i++)
		of_firm(w, (uint16_t)i);
	for (int i = 0; i < GRID_HOUSES; i++)
		of_house(w, (uint16_t)i);
}

char *city_relations_put(const struct city *city, uint32_t grid, char *p,
			 int64_t counts[RELATION__COUNT])
{
	struct walk w = { .plan = &city->plan, .city = city, .grid = grid, .p = p };

	walk_grid(&w);
	for (int i = 0; i < RELATION__COUNT; i++)
		counts[i] += w.counts[i];
	return w.p;
}

void city_relations_count(const struct city_plan *plan, int32_t out[RELATION__COUNT])
{
	struct walk w = { .plan = plan };

	walk_grid(&w);
	for (int i = 0; i < RELATION__COUNT; i++)
		out[i] = (int32_t)w.counts[i];
}
