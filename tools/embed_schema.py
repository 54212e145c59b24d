#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns a room's schema files into one C table: embed_schema.py ROOM OUT.c FILE.sql...

The files stand in the table in the order of their names, which begin with their numbers; a number
may be used twice only by a pair NNNN_name.sqlite.sql / NNNN_name.pg.sql.
"""
import os
import re
import sys

NAME = re.compile(r"^(\d{4}_[a-z0-9_]+)(\.sqlite|\.pg)?\.sql$")


def c_string(text):
    """The text as C string literals, one for each line, so that the generated file can be read."""
    lines = []
    for line in text.splitlines(keepends=True):
        out = []
        for byte in line.encode("utf-8"):
            if byte == 0x0A:
                out.append("\\n")
            elif byte in (0x22, 0x5C):
                out.append("\\" + chr(byte))
            elif byte == 0x3F:
                out.append("\\?")
            elif 0x20 <= byte < 0x7F:
                out.append(chr(byte))
            else:
                out.append("\\%03o" % byte)
        lines.append('\t\t"%s"' % "".join(out))
    return "\n".join(lines) if lines else '\t\t""'


def read(paths):
    """(name, text) of each file in order. Exits with the reason when a name or number is wrong."""
    found, numbers = [], {}
    for path in sorted(paths, key=os.path.basename):
        match = NAME.match(os.path.basename(path))
        if not match:
            sys.exit(f"{path}: a schema file is called NNNN_words.sql, .sqlite.sql or .pg.sql")
        stem, dialect = match.group(1), match.group(2)
        others = numbers.setdefault(stem[:4], [])
        if others and (dialect is None or dialect in [d for _, d in others]
                       or others[0] != (stem, ".pg")):
            sys.exit(f"{path}: the number {stem[:4]} is taken by {others[0][0]}")
        others.append((stem, dialect))
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if "\0" in text:
            sys.exit(f"{path}: holds a NUL byte")
        found.append((stem + (dialect or ""), text))
    for number, files in numbers.items():
        if len(files) == 1 and files[0][1]:
            sys.exit(f"{files[0][0]}{files[0][1]}.sql has no partner for the other database")
    return found


def main():
    room, out, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    rows = "".join('\t{ "%s", "%s",\n%s },\n' % (room, name, c_string(text))
                   for name, text in read(paths))
    with open(out, "w", encoding="utf-8") as file:
        file.write("/* Made by tools/embed_schema.py: change the .sql files. */\n"
                   '#include "db/schema.h"\n\n'
                   f"extern const struct schema_file {room}_schema[];\n"
                   f"const struct schema_file {room}_schema[] = {{\n{rows}\t{{ 0 }}\n}};\n")


if __name__ == "__main__":
    main()
