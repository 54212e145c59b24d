/* SPDX-License-Identifier: Apache-2.0 */
/* Looks words up in the table of kinds. */
#include "engine/flow/bpmn/bpmn_words.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const struct bpmn_word bpmn_words[BPMN_KIND_COUNT] = {
#define X(kind, name, parent, attributes, children)                                                \
	[BPMN_##kind] = { name, BPMN_##parent, attributes, children },
	BPMN_KINDS(X)
#undef X
};

static int by_name[BPMN_KIND_COUNT];
static pthread_once_t sorted = PTHREAD_ONCE_INIT;

static int compare(const void *a, const void *b)
{
	return strcmp(bpmn_words[*(const int *)a].name, bpmn_words[*(const int *)b].name);
}

static void sort(void)
{
	for (int i = 0; i < BPMN_KIND_COUNT; i++)
		by_name[i] = i;
	qsort(by_name, BPMN_KIND_COUNT, sizeof(by_name[0]), compare);
}

enum bpmn_kind bpmn_kind_of(const char *name)
{
	pthread_once(&sorted, sort);
	int low = 0, high = BPMN_KIND_COUNT - 1;
	while (low <= high) {
		int middle = (low + high) / 2;
		int way = strcmp(name, bpmn_words[by_name[middle]].name);
		if (!way)
			return (enum bpmn_kind)by_name[middle];
		if (way < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return BPMN_FOREIGN;
}

int bpmn_kind_is(int kind, int of)
{
	while (kind != BPMN_FOREIGN) {
		if (kind == of)
			return 1;
		kind = (int)bpmn_words[kind].parent;
	}
	return 0;
}

static void copy(char *to, size_t room, const char *from, size_t size)
{
	if (size >= room)
		size = room - 1;
	memcpy(to, from, size);
	to[size] = 0;
}

int bpmn_next_part(const char **at, struct bpmn_part *out)
{
	const char *s = *at + strspn(*at, " ");
	if (!*s)
		return 0;
	size_t length = strcspn(s, " :?*+!");
	copy(out->name, sizeof(out->name), s, length);
	out->type[0] = 0;
	out->min = 1;
	out->max = 1;
	out->required = 0;
	for (s += length; *s && *s != ' ';) {
		switch (*s) {
		case '?':
			out->min = 0;
			s++;
			break;
		case '*':
			out->min = 0;
			out->max = 0;
			s++;
			break;
		case '+':
			out->max = 0;
			s++;
			break;
		case '!':
			out->required = 1;
			s++;
			break;
		default: /* ':' */
			s++;
			length = strcspn(s, " !");
			copy(out->type, sizeof(out->type), s, length);
			s += length;
		}
	}
	*at = s;
	return 1;
}

enum bpmn_kind bpmn_kind_within(enum bpmn_kind parent, const char *name)
{
	for (enum bpmn_kind k = parent; k != BPMN_FOREIGN; k = bpmn_words[k].parent) {
		const char *at = bpmn_words[k].children;
		struct bpmn_part part;
		while (bpmn_next_part(&at, &part)) {
			if (strcmp(part.name, name) == 0 && part.type[0] && part.type[0] != '>')
				return bpmn_kind_of(part.type);
		}
	}
	return bpmn_kind_of(name);
}
