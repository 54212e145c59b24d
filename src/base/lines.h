/* SPDX-License-Identifier: Apache-2.0 */
/* Settings that people write, line by line. */
#ifndef BASE_LINES_H
#define BASE_LINES_H

/* Without the spaces, tabs and CR around it; cuts in place. */
char *line_trim(char *s);
/* Takes the next line off '*rest', trimmed and cut in place; NULL when there is none. */
char *line_take(char **rest);

#endif
