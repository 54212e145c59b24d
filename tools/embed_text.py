#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns a text into a C string: embed_text.py NAME OUT.c FILE."""
import sys


def main():
    name, out, path = sys.argv[1:]
    with open(path, "rb") as file:
        lines = file.read().splitlines(keepends=True)
    plain = bytes(set(range(0x20, 0x7F)) - set(b'"\\?'))
    quoted = ["".join(chr(b) if b in plain else "\\%03o" % b for b in line) for line in lines]
    with open(out, "w", encoding="ascii") as file:
        file.write(f"/* Made by tools/embed_text.py: change {path.rsplit('/', 1)[-1]}. */\n"
                   f"extern const char {name}[];\nconst char {name}[] =\n")
        file.write("\n".join(f'\t"{line}"' for line in quoted) + ";\n")


if __name__ == "__main__":
    main()
