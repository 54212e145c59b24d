/* SPDX-License-Identifier: Apache-2.0 */
/* The measures of many pairs at once, one pair a lane of a vector, included by kernel_body.h
 * once for each width of lane with
 *	LANES(x)    the names
 *	LANE        an unsigned integer; a string has at most as many points as it has bits
 * and with kernel_body.h's TARGET and VECTOR. Row j of a batch holds point j of every lane's string, so "where in b does
 * a's point stand" is one comparison a row for all lanes; what follows are the bit-parallel forms of
 * kernel_body.h, word for word. Written with the compiler's vectors: it picks the instructions.
 * No include guard: it is meant to be read several times. */

#define WIDTH (8 * sizeof(LANE))
#define COUNT (VECTOR / sizeof(LANE))

typedef LANE LANES(row) __attribute__((vector_size(VECTOR)));

struct LANES(batch) {
	LANES(row) a[WIDTH], b[WIDTH];
	LANES(row) la, lb;
	LANES(row) in_b, last; /* bits: points of b, and its last one */
	unsigned most_a, most_b;
};

/* Points first to first + 8 of eight strings, the lanes from 'lane' on, turned into rows. What stands behind a
 * string's end comes along; nothing looks at it. */
TARGET static inline __attribute__((always_inline)) void
LANES(turn)(const uint16_t *const *strings, unsigned first, unsigned lane, LANES(row) * rows)
{
	typedef LANE wide __attribute__((vector_size(8 * sizeof(LANE))));
	points8 s[8], t[8], u[8];
	wide w;

	for (unsigned i = 0; i < 8; i++)
		memcpy(&s[i], strings[i] + first, sizeof s[i]);
	TURN_PAIRS(ZIP1, s, t, 0, 1, 0), TURN_PAIRS(ZIP1, s, t, 2, 3, 2);
	TURN_PAIRS(ZIP1, s, t, 4, 5, 4), TURN_PAIRS(ZIP1, s, t, 6, 7, 6);
	TURN_PAIRS(ZIP2, t, u, 0, 2, 0), TURN_PAIRS(ZIP2, t, u, 1, 3, 2);
	TURN_PAIRS(ZIP2, t, u, 4, 6, 4), TURN_PAIRS(ZIP2, t, u, 5, 7, 6);
	TURN_PAIRS(ZIP4, u, s, 0, 4, 0), TURN_PAIRS(ZIP4, u, s, 1, 5, 2);
	TURN_PAIRS(ZIP4, u, s, 2, 6, 4), TURN_PAIRS(ZIP4, u, s, 3, 7, 6);
	for (unsigned i = 0; i < 8; i++) {
		w = __builtin_convertvector(s[i], wide);
		memcpy((char *)&rows[first + i] + lane * sizeof(LANE), &w, sizeof w);
	}
}

TARGET static void LANES(fill)(const struct kernel_pair *pairs, const uint32_t *chosen,
			       unsigned count, struct LANES(batch) * t)
{
	static const uint16_t nothing[WIDTH];
	const uint16_t *a[COUNT], *b[COUNT];
	LANE la[COUNT], lb[COUNT];

	t->most_a = t->most_b = 0;
	for (unsigned i = 0; i < COUNT; i++) {
		const struct kernel_pair *p = i < count ? &pairs[chosen[i]] : NULL;
		a[i] = p ? p->a : nothing;
		b[i] = p ? p->b : nothing;
		la[i] = (LANE)(p ? p->la : 0);
		lb[i] = (LANE)(p ? p->lb : 0);
		t->most_a = la[i] > t->most_a ? la[i] : t->most_a;
		t->most_b = lb[i] > t->most_b ? lb[i] : t->most_b;
	}
	memcpy(&t->la, la, sizeof la);
	memcpy(&t->lb, lb, sizeof lb);
	for (unsigned lane = 0; lane < COUNT; lane += 8) {
		for (unsigned first = 0; first < t->most_a; first += 8)
			LANES(turn)(a + lane, first, lane, t->a);
		for (unsigned first = 0; first < t->most_b; first += 8)
			LANES(turn)(b + lane, first, lane, t->b);
	}
	t->in_b = (LANES(row)){ 0 };
	for (unsigned j = 0; j < t->most_b; j++)
		t->in_b |= (LANES(row))(t->lb > (LANE)j) & (LANE)((LANE)1 << j);
	t->last = t->in_b & ~(t->in_b >> 1);
}

/* Bits of b that are a's point i. Four rows at a time (they were filled by eights), in two sums, so that one
 * does not wait for the other. */
#define EQUAL(t, i, to)                                                                            \
	do {                                                                                       \
		LANES(row) even_ = { 0 }, odd_ = { 0 }, bit_ = one;                                \
		for (unsigned j_ = 0; j_ < (t)->most_b; j_ += 4) {                                 \
			even_ |= (LANES(row))((t)->a[i] == (t)->b[j_]) & bit_;                     \
			odd_ |= (LANES(row))((t)->a[i] == (t)->b[j_ + 1]) & (bit_ << 1);           \
			even_ |= (LANES(row))((t)->a[i] == (t)->b[j_ + 2]) & (bit_ << 2);          \
			odd_ |= (LANES(row))((t)->a[i] == (t)->b[j_ + 3]) & (bit_ << 3);           \
			bit_ <<= 4;                                                                \
		}                                                                                  \
		(to) = even_ | odd_;                                                               \
	} while (0)

TARGET static void LANES(winkler)(const struct LANES(batch) * t, unsigned count,
				  const uint32_t *chosen, const struct kernel_pair *pairs,
				  double *out)
{
	LANES(row) equal[WIDTH], unused = t->in_b, taken = { 0 }, behind = ~(LANES(row)){ 0 };
	LANES(row) longer = (LANES(row))(t->la > t->lb), near = { 0 };
	LANES(row) matches = { 0 }, moved = { 0 }, common = { 0 }, same = ~(LANES(row)){ 0 };
	const LANES(row) one = (LANES(row)){ 0 } + 1;
	LANE result[3][COUNT];

	longer = (longer & t->la) | (~longer & t->lb);
	LANES(row) half = longer >> 1, window = half + (LANES(row))(half > 0);
	for (unsigned j = 0; j < WIDTH / 2; j++)
		near |= (LANES(row))(window >= (LANE)j) & (LANE)((LANE)1 << j);
	for (unsigned i = 0; i < t->most_a; i++) {
		EQUAL(t, i, equal[i]);
		LANES(row) hit = equal[i] & unused & near & behind & (LANES(row))(t->la > (LANE)i);
		hit &= -hit;
		unused &= ~hit;
		taken |= (LANES(row))(hit != 0) & (LANE)((LANE)1 << i);
		near = near << 1 | 1;
		behind += behind & (LANES(row))(window <= (LANE)i);
	}
	LANES(row) in_b = t->in_b & ~unused;
	for (unsigned i = 0; i < t->most_a; i++) {
		LANES(row) on = -(taken >> i & 1), low = in_b & -in_b & on;
		in_b ^= low;
		moved -= (LANES(row))((equal[i] & low) == 0) & on;
		matches -= on;
	}
	for (unsigned i = 0; i < 4 && i < t->most_a && i < t->most_b; i++) {
		same &= (LANES(row))(t->a[i] == t->b[i]) & (LANES(row))(t->la > (LANE)i) &
			(LANES(row))(t->lb > (LANE)i);
		common -= same;
	}
	memcpy(result[0], &matches, sizeof matches);
	memcpy(result[1], &moved, sizeof moved);
	memcpy(result[2], &common, sizeof common);
	for (unsigned i = 0; i < count; i++) {
		const struct kernel_pair *p = &pairs[chosen[i]];
		unsigned m = result[0][i];
		double sum = quotients[m][p->la] + quotients[m][p->lb] +
			     quotients[m - result[1][i] / 2u][m];
		double jaro = m ? sum / 3 : p->la == p->lb && !p->la ? 1 : 0;
		out[chosen[i]] = jaro > 0.7 ? jaro + result[2][i] * 0.1 * (1 - jaro) : jaro;
	}
}

TARGET static void LANES(distance)(const struct LANES(batch) * t, unsigned count,
				   const uint32_t *chosen, bool transpositions, double *out)
{
	LANES(row) up = ~(LANES(row)){ 0 }, down = { 0 }, diagonal = { 0 }, before = { 0 }, equal;
	LANES(row) far = t->lb, none = (LANES(row))(t->lb == 0);
	const LANES(row) one = (LANES(row)){ 0 } + 1;
	LANE result[COUNT];

	for (unsigned i = 0; i < t->most_a; i++) {
		LANES(row) on = (LANES(row))(t->la > (LANE)i), swapped = { 0 };
		EQUAL(t, i, equal);
		if (transpositions)
			swapped = ((~diagonal & equal) << 1) & before;
		diagonal = (((equal & up) + up) ^ up) | equal | down | swapped;
		LANES(row) rises = down | ~(diagonal | up), falls = diagonal & up;
		far -= (LANES(row))((rises & t->last) != 0) & on;
		far += (LANES(row))((falls & t->last) != 0) & on;
		rises = rises << 1 | 1;
		up = falls << 1 | ~(diagonal | rises);
		down = rises & diagonal;
		before = equal;
	}
	far = (none & t->la) | (~none & far);
	memcpy(result, &far, sizeof result);
	for (unsigned i = 0; i < count; i++)
		out[chosen[i]] = result[i];
}

TARGET static void LANES(measure)(enum kernel_measure measure, const struct kernel_pair *pairs,
				  const uint32_t *chosen, unsigned count, double *out)
{
	struct LANES(batch) t;

	LANES(fill)(pairs, chosen, count, &t);
	if (measure == KERNEL_JARO_WINKLER)
		LANES(winkler)(&t, count, chosen, pairs, out);
	else if (measure == KERNEL_LEVENSHTEIN)
		LANES(distance)(&t, count, chosen, false, out);
	else
		LANES(distance)(&t, count, chosen, true, out);
}

#undef WIDTH
#undef COUNT
#undef EQUAL
#undef LANES
#undef LANE
