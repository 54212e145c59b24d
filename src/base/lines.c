/* SPDX-License-Identifier: Apache-2.0 */
/* Settings that people write, line by line. */
#include "base/lines.h"
#include <string.h>

char *line_trim(char *s)
{
	s += strspn(s, " \t\r");
	for (char *end = s + strlen(s); end > s && strchr(" \t\r", end[-1]);)
		*--end = '\0';
	return s;
}

char *line_take(char **rest)
{
	char *line = *rest, *end = line ? strchr(line, '\n') : NULL;

	if (end)
		*end = '\0';
	*rest = end ? end + 1 : NULL;
	return line ? line_trim(line) : NULL;
}
