/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of people with a known truth, for measuring linkage:
 *
 *	bench-people en|zh RECORDS SHARE SEED > people.csv
 *
 * SHARE of the records are further, damaged copies of a person: typing errors, swapped names, initials,
 * moves, missing values; in zh wrong and homophone characters, 15-digit numbers, moves to another phone. Names are
 * made of syllables and their popularity falls like Zipf's. The kinds and rates of errors are those of the
 * recipe that the peer was measured with (reference, gen_people.c), so its difficulty is the same; the
 * names are not. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "chance.h"
#include "engine/linkage/hanzi.h"

static unsigned dice(unsigned n)
{
	return (unsigned)((next() >> 32) * (uint64_t)n >> 32);
}

static int digit_of(unsigned v)
{
	return '0' + (int)(v % 10);
}

/* --- names by popularity --- */

struct names {
	char (*text)[16];
	double *sums;
	unsigned count;
};

static void weigh(struct names *l, double exponent, double shift)
{
	double sum = 0;
	l->sums = calloc(l->count, sizeof *l->sums);
	for (unsigned i = 0; i < l->count; i++)
		l->sums[i] = sum += pow(i + shift, -exponent);
	for (unsigned i = 0; i < l->count; i++)
		l->sums[i] /= sum;
}

static struct names latin_names(unsigned count, unsigned syllables, double exponent, double shift)
{
	static const char *const heads[] = { "b",  "br", "c",  "ch", "d",  "f", "g", "h",
					     "j",  "k",  "l",  "m",  "n",  "p", "r", "s",
					     "sh", "st", "t",  "th", "tr", "v", "w", "wh",
					     "z",  "cl", "gr", "pr", "fl", "" };
	static const char *const tails[] = { "a",   "e",  "i",   "o",  "u",  "an", "en",
					     "er",  "in", "ol",  "ar", "ey", "y",  "ell",
					     "ton", "ie", "ow",  "ia", "on", "as", "ick",
					     "am",  "or", "iss", "ard" };
	struct names l = { calloc(count, 16), NULL, count };
	for (unsigned i = 0; i < count; i++) {
		unsigned n = 2 + dice(syllables - 1);
		for (unsigned k = 0; k < n && strlen(l.text[i]) < 10; k++) {
			strcat(l.text[i], heads[dice(sizeof heads / sizeof *heads)]);
			strcat(l.text[i], tails[dice(sizeof tails / sizeof *tails)]);
		}
	}
	weigh(&l, exponent, shift);
	return l;
}

static const char *pick(const struct names *l)
{
	double x = part();
	unsigned low = 0, high = l->count - 1;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (l->sums[middle] < x)
			low = middle + 1;
		else
			high = middle;
	}
	return l->text[low];
}

/* --- errors --- */

static void typo(char *s)
{
	size_t n = strlen(s);
	if (n < 2)
		return;
	unsigned i = dice((unsigned)n);
	char ch = (char)(s[i] >= '0' && s[i] <= '9' ? '0' + dice(10) : 'a' + dice(26));
	switch (dice(4)) {
	case 0: s[i] = ch; break;
	case 1: memmove(s + i, s + i + 1, n - i); break;
	case 2:
		if (n < 60) {
			memmove(s + i + 1, s + i, n - i + 1);
			s[i] = ch;
		}
		break;
	default:
		if (i + 1 < n) {
			char kept = s[i];
			s[i] = s[i + 1];
			s[i + 1] = kept;
		}
	}
}

static void some_date(char out[16], unsigned low, unsigned high)
{
	snprintf(out, 16, "%04u-%02u-%02u", low + dice(high - low), 1 + dice(12), 1 + dice(28));
}

static void wrong_date(char *d)
{
	switch (dice(3)) {
	case 0:
		d[8 + dice(2)] = (char)('0' + dice(3));
		if (d[8] == '0' && d[9] == '0')
			d[9] = '1';
		if (d[8] > '2')
			d[8] = '2';
		break;
	case 1: snprintf(d + 5, 8, "%02u-%02u", 1 + dice(12), 1 + dice(28)); break;
	default: d[3] = (char)('0' + dice(10));
	}
}

static unsigned copies_of(double share)
{
	if (part() >= share / (1 - share) / 1.7)
		return 1;
	return 2u + (part() < .4) + (part() < .2) + (part() < .1);
}

/* --- en --- */

struct person {
	char first[64], last[64], born[16], postcode[16], city[32], mail[96];
};

static void make_person(struct person *e, const struct names *first, const struct names *last,
			unsigned postcodes)
{
	static const char *const hosts[] = { "mail", "post", "box", "inbox" };
	unsigned p = dice(postcodes);
	unsigned city = (unsigned)(500 * pow(p / (double)postcodes, 3));
	uint64_t h = (p + 1) * 0x9E3779B97F4A7C15ull;
	const char *host = hosts[dice(4)];

	strcpy(e->first, pick(first));
	strcpy(e->last, pick(last));
	some_date(e->born, 1930, 2016);
	snprintf(e->postcode, sizeof e->postcode, "%c%c%d %d%c%c", 'A' + (int)(city % 26),
		 'A' + (int)(city / 26 % 26), (int)(h >> 58), (int)((h >> 40) % 10),
		 (int)('A' + (h >> 32) % 26), (int)('A' + (h >> 24) % 26));
	snprintf(e->city, sizeof e->city, "city%03u", city);
	if (part() < .3) {
		snprintf(e->mail, sizeof e->mail, "%.20s.%.20s%u@%s.com", e->first, e->last,
			 dice(1000), host);
		return;
	}
	char handle[16];
	unsigned n = 6 + dice(5);
	for (unsigned i = 0; i < n; i++)
		handle[i] = "aeioubcdfghjklmnprstvz"[i & 1 ? dice(5) : dice(22)];
	handle[n] = '\0';
	snprintf(e->mail, sizeof e->mail, "%s%u@%s.com", handle, dice(100), host);
}

static void damage_person(struct person *x, unsigned postcodes)
{
	char kept[64];
	for (unsigned errors = 1 + dice(3); errors; errors--)
		switch (dice(9)) {
		case 0:
		case 1: typo(x->first); break;
		case 2:
		case 3: typo(x->last); break;
		case 4: wrong_date(x->born); break;
		case 5: typo(x->mail); break;
		case 6: x->first[1] = '\0'; break;
		case 7:
			strcpy(kept, x->first);
			strcpy(x->first, x->last);
			strcpy(x->last, kept);
			break;
		default: {
			unsigned p = dice(postcodes);
			snprintf(x->postcode, sizeof x->postcode, "ZZ%u %uAA", p / 10 % 100,
				 p % 10);
			snprintf(x->city, sizeof x->city, "city%03u", dice(500));
		}
		}
}

static void lose(char *s, double rate)
{
	if (part() < rate)
		*s = '\0';
}

static void make_en(unsigned long records, double share)
{
	struct names first = latin_names(4000, 2, 0.85, 3), last = latin_names(30000, 3, 0.75, 5);
	unsigned postcodes = (unsigned)(records / 40 + 10);
	unsigned long id = 0;

	printf("unique_id,first_name,surname,dob,postcode,city,email,cluster\n");
	for (unsigned long cluster = 0; id < records; cluster++) {
		struct person e;
		make_person(&e, &first, &last, postcodes);
		unsigned copies = copies_of(share);
		for (unsigned k = 0; k < copies && id < records; k++) {
			struct person x = e;
			double rate = k ? .12 : .04;
			if (k)
				damage_person(&x, postcodes);
			lose(x.first, rate);
			lose(x.last, rate / 2);
			lose(x.born, rate);
			lose(x.postcode, rate * 2);
			lose(x.city, rate);
			lose(x.mail, rate * 3);
			printf("%lu,%s,%s,%s,%s,%s,%s,%lu\n", id++, x.first, x.last, x.born,
			       x.postcode, x.city, x.mail, cluster);
		}
	}
	free(first.text), free(first.sums), free(last.text), free(last.sums);
}

/* --- zh --- */

struct citizen {
	char name[64], number[24], born[16], phone[16], address[160];
	unsigned sex;
};

/* Characters that are read in common names: those with a reading among the 6,000 from 一 on that are
 * their own simplified form, by a fixed shuffle. */
static struct names han_names(unsigned count, unsigned longest, double exponent, double shift)
{
	struct names l = { calloc(count, 16), NULL, count };
	uint32_t common[1200];
	unsigned n = 0;

	while (n < 1200) {
		uint32_t point = 0x4E00 + dice(0x5000);
		const struct hanzi *h = hanzi_of(point);
		if (h && h->readings[0] && h->simple == point && h->corner)
			common[n++] = point;
	}
	for (unsigned i = 0; i < count; i++) {
		char *to = l.text[i];
		for (unsigned k = longest > 1 && dice(10) < 8 ? 2 : 1; k; k--)
			to += utf8_put(common[(unsigned)(1200 * pow(part(), 2))], to);
	}
	weigh(&l, exponent, shift);
	return l;
}

static char check_digit(const char *s)
{
	static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (s[i] - '0') * weights[i];
	return "10X98765432"[sum % 11];
}

static void some_phone(char out[16])
{
	snprintf(out, 16, "1%u%09u", 3 + dice(7), dice(1000000000));
}

static void make_citizen(struct citizen *e, const struct names *family, const struct names *given,
			 const struct names *roads)
{
	snprintf(e->name, sizeof e->name, "%s%s", pick(family), pick(given));
	some_date(e->born, 1930, 2020);
	e->sex = dice(2);
	snprintf(e->number, sizeof e->number, "%06u%.4s%.2s%.2s%03u",
		 part() < .8 ? 330203 + dice(13) : 110101 + dice(500000), e->born, e->born + 5,
		 e->born + 8, 2 * dice(500) + e->sex);
	e->number[17] = check_digit(e->number);
	e->number[18] = '\0';
	some_phone(e->phone);
	snprintf(e->address, sizeof e->address, "%s街道%s路%u号%u幢%u单元%u%02u室", pick(roads),
		 pick(roads), 1 + dice(400), 1 + dice(30), 1 + dice(4), 1 + dice(18), 1 + dice(4));
}

static void wrong_character(char *name, const struct names *given, const char *whole)
{
	const char *other = pick(given);
	snprintf(name, 64, "%.3s%.3s%.3s", whole, strlen(whole) > 6 ? whole + 3 : "",
		 other + strlen(other) - 3);
}

static void damage_citizen(struct citizen *x, const struct citizen *e, const struct names *given,
			   const struct names *roads)
{
	for (unsigned errors = 1 + dice(2); errors; errors--)
		switch (dice(7)) {
		case 0: wrong_character(x->name, given, e->name); break;
		case 1: x->number[dice(17)] = (char)digit_of(dice(10)); break;
		case 2: {
			unsigned i = 6 + dice(11);
			char kept = x->number[i];
			x->number[i] = x->number[i + 1];
			x->number[i + 1] = kept;
			break;
		}
		case 3: wrong_date(x->born); break;
		case 4: some_phone(x->phone); break;
		case 5:
			snprintf(x->address, sizeof x->address, "%s街道%s路%u号", pick(roads),
				 pick(roads), 1 + dice(400));
			break;
		default:
			if (strlen(x->number) == 18) {
				memmove(x->number + 6, x->number + 8, 9);
				x->number[15] = '\0';
			}
		}
}

static void make_zh(unsigned long records, double share)
{
	static const char *const offices[8] = { "公安", "民政", "卫健", "人社",
						"住建", "市监", "教育", "组织" };
	struct names family = han_names(120, 1, 1.0, 3), given = han_names(60000, 2, 0.62, 30);
	struct names roads = han_names(2400, 2, 0.2, 5);
	unsigned long id = 0;

	printf("unique_id,dept,name,id_no,sex,dob,phone,address,cluster\n");
	for (unsigned long cluster = 0; id < records; cluster++) {
		struct citizen e;
		make_citizen(&e, &family, &given, &roads);
		unsigned copies = copies_of(share);
		for (unsigned k = 0; k < copies && id < records; k++) {
			struct citizen x = e;
			double rate = k ? .15 : .05;
			if (k)
				damage_citizen(&x, &e, &given, &roads);
			lose(x.number, k ? .35 : .1);
			lose(x.born, rate);
			lose(x.phone, rate * 2);
			lose(x.address, rate);
			printf("%lu,%s,%s,%s,%s,%s,%s,%s,%lu\n", id++, offices[dice(8)], x.name,
			       x.number, x.sex ? "男" : "女", x.born, x.phone, x.address, cluster);
		}
	}
	free(family.text), free(family.sums), free(given.text), free(given.sums);
	free(roads.text), free(roads.sums);
}

int main(int argc, char **argv)
{
	static char room[1 << 20];

	if (argc != 5 || (strcmp(argv[1], "en") && strcmp(argv[1], "zh"))) {
		fprintf(stderr, "bench-people en|zh RECORDS SHARE SEED\n");
		return 2;
	}
	state = strtoull(argv[4], NULL, 10);
	setvbuf(stdout, room, _IOFBF, sizeof room);
	if (!strcmp(argv[1], "en"))
		make_en(strtoul(argv[2], NULL, 10), strtod(argv[3], NULL));
	else
		make_zh(strtoul(argv[2], NULL, 10), strtod(argv[3], NULL));
	return 0;
}
