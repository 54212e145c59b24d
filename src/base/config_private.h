/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the configuration share: the table of keys, and values read by kind. */
#ifndef BASE_CONFIG_PRIVATE_H
#define BASE_CONFIG_PRIVATE_H

#include "base/config.h"

enum config_kind {
	CONFIG_TEXT,     /* const char *: at most 'max' characters */
	CONFIG_PATH,     /* const char * */
	CONFIG_URL,      /* const char *: begins with one of 'words' */
	CONFIG_ADDRESS,  /* const char *: host:port */
	CONFIG_INT,      /* int64_t */
	CONFIG_DURATION, /* int64_t microseconds: 100ms, 30s, 5m, 2h, 7d */
	CONFIG_SIZE,     /* int64_t bytes: 512, 64KiB, 1MiB, 2GiB, 1TiB */
	CONFIG_BOOL,     /* bool: yes or no */
	CONFIG_WORD      /* int: index into 'words' */
};

struct config_key {
	const char *section, *name;
	enum config_kind kind;
	size_t at;          /* in struct config */
	const char *preset; /* as it would stand in the file; NULL: without a value */
	int64_t min, max;
	const char *const *words;
	bool secret;
	const char *help; /* a sentence */
};

/* Sections stand together, in the order of the document; ended by a zeroed row. */
extern const struct config_key config_keys[];
enum { CONFIG_KEYS_MAX = 64 };

/* In the values of paths and URLs this stands for server.data. */
#define CONFIG_DATA "{data}"

/* Reads one value into 'out'. NULL, or the rule that it breaks, in the arena: "is not …". */
const char *config_value(struct arena *a, const struct config_key *k, const char *text,
			 struct config *out) MUST_USE;
/* What a value may be, for people: "A whole number from 1 to 1024." */
void config_kind_words(const struct config_key *k, struct buf *out);

#endif
