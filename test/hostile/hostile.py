#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile and ambiguous requests, byte for byte: hostile.py HOST:PORT.

Each case says what may be answered (RFC 9110, RFC 9112). After each, a well-formed request must be
served. The address asked is POST /identity/v3/auth/tokens, which reads a body and answers 400 or 401 to
what it cannot use: a hostile request that got through is told from one that was refused by "reached",
which is a header only the daemon writes.
"""
import socket
import sys

PATH = b"/identity/v3/auth/tokens"
BODY = b'{"auth":{"identity":{}}}'
LENGTH = str(len(BODY)).encode()


def post(headers, body=BODY, path=PATH, version=b"HTTP/1.1", host=b"Host: t\r\n"):
    return (b"POST " + path + b" " + version + b"\r\n" + host + headers + b"\r\n" + body)


def chunked(size, body=BODY):
    return post(b"Transfer-Encoding: chunked\r\n", size + b"\r\n" + body + b"\r\n0\r\n\r\n")


CL = b"Content-Length: " + LENGTH + b"\r\n"
OK = "reached"          # the daemon answered
REFUSED = (400, 403, 404, 405, 408, 411, 413, 414, 431, 494, 501, 505)
HEX = format(len(BODY), "x").encode()

CASES = [
    ("no Host", post(CL, host=b""), REFUSED),
    ("two Host", post(CL, host=b"Host: a\r\nHost: b\r\n"), REFUSED),
    ("Content-Length and Transfer-Encoding",
     post(CL + b"Transfer-Encoding: chunked\r\n", HEX + b"\r\n" + BODY + b"\r\n0\r\n\r\n"), REFUSED),
    ("two different Content-Length", post(CL + b"Content-Length: 5\r\n"), REFUSED),
    ("Content-Length with a plus", post(b"Content-Length: +" + LENGTH + b"\r\n"), REFUSED),
    ("Content-Length with a letter", post(b"Content-Length: " + LENGTH + b"x\r\n"), REFUSED),
    ("Content-Length below zero", post(b"Content-Length: -1\r\n"), REFUSED),
    ("unknown Transfer-Encoding", post(b"Transfer-Encoding: xchunked\r\n"), REFUSED),
    ("space before the colon", post(b"X-A : 1\r\n" + CL), REFUSED),
    ("NUL in a header", post(b"X-A: a\0b\r\n" + CL), REFUSED),
    ("bare CR in a value", post(b"X-A: a\rb\r\n" + CL), REFUSED),
    ("folded header", post(b"X-A: a\r\n b\r\n" + CL), REFUSED),
    ("chunk size with 0x", chunked(b"0x" + HEX), REFUSED),
    ("chunk size below zero", chunked(b"-1"), REFUSED),
    ("chunk size over 64 bits", chunked(b"10000000000000018"), REFUSED),
    ("a chunked body", chunked(HEX), OK),
    ("64 KB header", post(b"X-A: " + b"a" * 65536 + b"\r\n" + CL), REFUSED),
    ("2,000 headers", post(b"".join(b"X-%d: 1\r\n" % n for n in range(2000)) + CL), REFUSED),
    ("HTTP/9.9", post(CL, version=b"HTTP/9.9"), REFUSED),
    ("Expect: 100-continue", post(b"Expect: 100-continue\r\n" + CL), OK),
    ("NUL in the address", post(CL, path=PATH + b"%00"), REFUSED),
    ("a body larger than is taken", post(b"Content-Length: 99999999999\r\n", b""), REFUSED),
    ("an address of 64 KB", post(CL, path=PATH + b"?" + b"a" * 65536), REFUSED),
]


def answer(host, port, raw):
    """(status, whether the daemon saw it); (0, False) when the connection was closed without a word."""
    with socket.create_connection((host, port), timeout=5) as s:
        s.settimeout(5)
        try:
            s.sendall(raw)
        except OSError:
            pass  # it was refused before all was sent
        data = b""
        try:
            while True:
                piece = s.recv(65536)
                if not piece:
                    break
                data += piece
                if data.startswith(b"HTTP/1.1 100") and b"\r\n\r\n" in data:
                    data = data.split(b"\r\n\r\n", 1)[1]
                    if not data:
                        continue
                if b"\r\n\r\n" in data:
                    break
        except socket.timeout:
            return -1, False
        except OSError:
            pass
    line = data.split(b"\r\n", 1)[0].split()
    status = int(line[1]) if len(line) > 1 and line[1].isdigit() else 0
    return status, b"x-openstack-request-id" in data.lower()


def main():
    host, port = sys.argv[1].rsplit(":", 1)
    good = post(CL)
    failed = 0
    for name, raw, wanted in CASES:
        status, reached = answer(host, int(port), raw)
        fine = reached if wanted == OK else status == 0 or (status in wanted and not (
            reached and status not in (400, 413)))
        after, alive = answer(host, int(port), good)
        if not fine or not alive:
            failed += 1
            print(f"FAIL {name}: {status}{' by the daemon' if reached else ''};"
                  f" afterwards {after}")
        else:
            print(f"ok {name}: {status or 'closed'}")
    print(f"{len(CASES) - failed} passed, {failed} failed, 0 skipped")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
