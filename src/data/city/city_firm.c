/* SPDX-License-Identifier: Apache-2.0 */
/* The truth of legal entities: enterprises, traders 个体工商户, societies 社会组织. */
#include "city_truth_private.h"

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

char city_code_check(const char *code17)
{
	static const uint8_t weights[17] = { 1,  3,  9,  27, 19, 26, 16, 17, 20,
					     29, 25, 13, 8,  24, 10, 30, 28 };
	/* Places of A to Z in the alphabet; I, O, S, V and Z are not in it. */
	static const uint8_t places[26] = { 10, 11, 12, 13, 14, 15, 16, 17, 0, 18, 19, 20, 21,
					    22, 0,  23, 24, 25, 0,  26, 27, 0, 28, 29, 30, 0 };
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += (code17[i] <= '9' ? code17[i] - '0' : places[code17[i] - 'A']) * weights[i];
	return alphabet[(31 - sum % 31) % 31];
}

char city_organisation_check(const char *code8)
{
	static const uint8_t weights[8] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;

	for (int i = 0; i < 8; i++)
		sum += (code8[i] <= '9' ? code8[i] - '0' : code8[i] - 'A' + 10) * weights[i];
	return "0X987654321"[sum % 11];
}

enum { CORES = 123, DIVISION_NAMES = CITY_DIVISIONS + 1 /* the city itself */ };

static bool is_trader(uint32_t local)
{
	return local >= GRID_ENTERPRISES && local < GRID_ENTERPRISES + GRID_TRADERS;
}

/* Issued since 2015: "MA" and six of the alphabet; older ones are eight digits of a wider number. Both
 * come from a permutation, so no two firms have one code. */
static void firm_codes(const struct city *city, struct city_firm *f, bool young)
{
	uint32_t place =
		city_permute(city->key[SALT_FIRM_CODE], f->number, city->grids * GRID_FIRMS);
	uint64_t wide = city_mix(city->key[SALT_FIRM_CODE]) % 50000000 + place;
	bool society = f->local >= GRID_ENTERPRISES + GRID_TRADERS;
	char *at = f->code;

	at = city_put_n(at,
			society               ? (f->local % 2 ? "52" : "51")
			: is_trader(f->local) ? "92"
					      : "91",
			2);
	at = city_put_n(at, city_divisions[f->division].code, 6);
	if (young) {
		at = city_put_n(at, "MA", 2);
		for (int i = 0; i < 6; i++, wide /= 31)
			at[i] = alphabet[wide % 31];
		at += 6;
	} else {
		at = city_digits(at, wide, 8);
	}
	*at = city_organisation_check(at - 8);
	at[1] = city_code_check(f->code);
	at[2] = '\0';
	/* The number of the licence before 2015: division, kind, sequence, and its own check digit. */
	at = city_put_n(f->old_code, city_divisions[f->division].code, 6);
	at = city_digits(at, (is_trader(f->local) ? 60000000 : 0) + place, 8);
	int check = 10;
	for (int i = 0; i < 14; i++) {
		check = (check + f->old_code[i] - '0') % 10;
		check = (check ? check : 10) * 2 % 11;
	}
	*at = (char)('0' + (11 - check) % 10);
	at[1] = '\0';
}

/* Core and trade come from one number, dealt by a permutation within each kind: the registrar lets no
 * two firms of a trade have one name. */
static void firm_name(const struct city *city, struct city_firm *f)
{
	bool trader = is_trader(f->local), society = f->local >= GRID_ENTERPRISES + GRID_TRADERS;
	bool bank = f->local == 0;
	uint32_t kind = trader ? 1 : society ? 2 : bank ? 3 : 0, grid = f->number / GRID_FIRMS;
	static const struct {
		uint32_t first, of_grid, trades, styles;
		const char *const *words;
	} kinds[] = {
		{ 0, GRID_ENTERPRISES, CITY_TRADES, 1, city_trades },
		/* More traders than cores and trades have names for: some put 记 behind the core. */
		{ GRID_ENTERPRISES, GRID_TRADERS, CITY_SHOPS, 2, city_shops },
		{ GRID_ENTERPRISES + GRID_TRADERS, 2, CITY_SOCIETIES, 1, city_societies },
		{ 0, 1, CITY_BANKS, 1, city_banks },
	};
	uint32_t trades = kinds[kind].trades;
	uint32_t n = city_permute(city->key[SALT_FIRM_NAME] + kind,
				  grid * kinds[kind].of_grid + f->local - kinds[kind].first,
				  CORES * CORES * trades * kinds[kind].styles);
	uint64_t h = city_hash(city, SALT_FIRM_NAME, f->number);
	char *at;

	f->trade = kinds[kind].words[n % trades];
	f->form = trader || society ? ""
		  : bank            ? "有限公司"
		  : h % 100 < 4     ? "股份有限公司"
		  : h % 100 < 9     ? "厂"
		  : h % 100 < 12    ? "合伙企业（有限合伙）"
				    : "有限公司";
	n /= trades;
	at = city_put_n(f->core, city_nth(city_cores, n % CORES), CITY_HAN);
	at = city_put_n(at, city_nth(city_cores, n / CORES % CORES), CITY_HAN);
	if (n / CORES >= CORES)
		at = city_put(at, "记");
	*at = '\0';
	at = f->name;
	if (h % 5 || trader || society) {
		at = city_put(at, "宁波市");
		if (!(h & 64) || trader)
			at = city_put(at, city_divisions[f->division].name);
	} else {
		at = city_put(at, "宁波");
	}
	f->core_at = (uint16_t)(at - f->name);
	at = city_put(at, f->core);
	at = city_put(at, f->trade);
	at = city_put(at, f->form);
	*at = '\0';
	f->name_size = (uint16_t)(at - f->name);
}

void city_firm(const struct city *city, uint32_t number, struct city_firm *out)
{
	uint64_t h = city_hash(city, SALT_FIRM, number);
	int32_t from = date_day(2004, 6, 1), to = date_day(2025, 3, 31);

	out->number = number;
	out->local = (uint16_t)(number % GRID_FIRMS);
	bool closed = (out->local >= 40 && out->local < GRID_ENTERPRISES) ||
		      (out->local >= 114 && out->local < GRID_ENTERPRISES + GRID_TRADERS);
	out->division = city_division_of(city, number / GRID_FIRMS);
	/* The later, the more: the greater of two. */
	uint32_t span = (uint32_t)(to - from), a = city_below(h, span),
		 b = city_below(h << 32, span);
	out->founded = from + (int32_t)(a > b ? a : b);
	out->closed = INT32_MAX;
	if (closed)
		out->closed = out->founded + 30 +
			      (int32_t)city_below(city_mix(h),
						  (uint32_t)(city->today - out->founded - 30));
	out->capital = is_trader(out->local)
			       ? 1 + (uint32_t)(h >> 8 & 31)
			       : 10 * (1 + (uint32_t)((h >> 8 & 31) * (h >> 16 & 31)));
	firm_codes(city, out, out->founded >= date_day(2015, 10, 1));
	firm_name(city, out);
}

static uint32_t anyone(const struct city *city, enum city_salt salt, uint32_t number, uint32_t grid,
		       const struct city_members *of)
{
	uint64_t h = city_hash(city, salt, number);

	/* Half of what ties people together is near. */
	if (h & 1)
		grid = city_below(h, city->grids);
	return grid * GRID_PERSONS + of->list[(h >> 1 & 0xffffff) % of->count];
}

uint32_t city_legal(const struct city *city, uint32_t firm)
{
	return anyone(city, SALT_LEGAL, firm, firm / GRID_FIRMS, &city->plan.adults);
}

uint32_t city_investor(const struct city *city, uint32_t firm)
{
	return anyone(city, SALT_INVESTOR, firm, firm / GRID_FIRMS, &city->plan.adults);
}

uint32_t city_carer(const struct city *city, uint32_t person)
{
	return anyone(city, SALT_CARER, person, person / GRID_PERSONS, &city->plan.carers);
}

uint32_t city_site(const struct city *city, uint32_t firm)
{
	return firm / GRID_FIRMS * GRID_HOUSES + GRID_HOMES +
	       (uint32_t)(city_hash(city, SALT_FIRM, firm + (1ull << 40)) >> 16) % GRID_SHOPS;
}

uint32_t city_employer(const struct city *city, uint32_t person, bool old)
{
	uint64_t h = city_hash(city, old ? SALT_OLD_EMPLOYER : SALT_EMPLOYER, person);
	uint32_t grid = h & 1 ? city_below(h, city->grids) : person / GRID_PERSONS;

	/* Open enterprises; another half of them for the job before, so that it is another. */
	return grid * GRID_FIRMS +
	       (old ? 20 + (uint32_t)(h >> 1 & 0xffff) % 20 : (uint32_t)(h >> 1 & 0xffff) % 20);
}
