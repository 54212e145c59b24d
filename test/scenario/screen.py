#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a browser does with the address of a console, as far as the screen's first words.

    screen.py ADDRESS          joins: prints the status line and what the screen says ("RFB 003.008")
    screen.py ADDRESS TOKEN    the same with another token
"""
import os, base64, socket, sys
from urllib.parse import parse_qs, urlsplit

page = urlsplit(sys.argv[1])
path = parse_qs(page.query)["path"][0]
if len(sys.argv) > 2:
    path = path.split("token=")[0] + "token=" + sys.argv[2]
link = socket.create_connection((page.hostname, page.port), timeout=20)
key = base64.b64encode(os.urandom(16)).decode()
link.sendall((f"GET /{path} HTTP/1.1\r\nHost: {page.netloc}\r\nUpgrade: websocket\r\n"
              f"Connection: Upgrade\r\nOrigin: {page.scheme}://{page.netloc}\r\n"
              f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Protocol: binary\r\n\r\n").encode())
seen = b""
while b"\r\n\r\n" not in seen:
    more = link.recv(4096)
    if not more:
        break
    seen += more
head, _, frame = seen.partition(b"\r\n\r\n")
print(head.split(b"\r\n")[0].decode())
if not head.startswith(b"HTTP/1.1 101"):
    sys.exit(1)
# One unmasked frame: two bytes of head, then at most 125 of text.
while len(frame) < 2 or len(frame) < 2 + (frame[1] & 127):
    more = link.recv(4096)
    if not more:
        break
    frame += more
print(frame[2:2 + (frame[1] & 127)].decode("latin-1").strip())
