#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""nfqueue.py QUEUE COUNT SECONDS: hold packets, then accept them.

Exits 0 when exactly COUNT packets had come after SECONDS and the kernel took
the verdicts.
"""
import socket
import struct
import sys
import time

NETLINK_NETFILTER = 12
NFNL_SUBSYS_QUEUE = 3
MSG_PACKET, MSG_VERDICT, MSG_CONFIG = 0, 1, 2
NFQA_PACKET_HDR, NFQA_VERDICT_HDR = 1, 2
NFQA_CFG_CMD, NFQA_CFG_PARAMS = 1, 2
NF_ACCEPT = 1


def attr(kind, data):
    length = 4 + len(data)
    return struct.pack("=HH", length, kind) + data + b"\0" * (-length % 4)


def message(kind, flags, queue, attrs):
    body = struct.pack("!BBH", 0, 0, queue) + attrs
    return struct.pack("=LHHLL", 16 + len(body),
                       NFNL_SUBSYS_QUEUE << 8 | kind, 1 | flags, 0, 0) + body


def request(sock, kind, queue, attrs):
    sock.send(message(kind, 4, queue, attrs))
    error = struct.unpack_from("=i", sock.recv(4096), 16)[0]
    if error:
        raise OSError(-error, f"request {kind} refused")


def packet_id(data):
    offset = 20
    while offset < len(data):
        length, kind = struct.unpack_from("=HH", data, offset)
        if kind & 0x3FFF == NFQA_PACKET_HDR:
            return struct.unpack_from("!L", data, offset + 4)[0]
        offset += (length + 3) & ~3
    raise ValueError("a packet without a header")


def main():
    queue, count, seconds = (int(arg) for arg in sys.argv[1:])
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    sock.bind((0, 0))
    request(sock, MSG_CONFIG, queue, attr(NFQA_CFG_CMD, struct.pack("!BxH", 1, 0)))
    request(sock, MSG_CONFIG, queue, attr(NFQA_CFG_PARAMS, struct.pack("!LB", 64, 2)))
    end = time.monotonic() + seconds
    held = []
    while (left := end - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            held.append(packet_id(sock.recv(65536)))
        except TimeoutError:
            break
    print(f"# held {len(held)} packets")
    sock.settimeout(5)
    for ident in held:
        request(sock, MSG_VERDICT, queue,
                attr(NFQA_VERDICT_HDR, struct.pack("!LL", NF_ACCEPT, ident)))
    sys.exit(len(held) != count)


if __name__ == "__main__":
    main()
