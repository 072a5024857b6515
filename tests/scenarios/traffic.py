#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Connections by the exact number.

  traffic.py serve PORT ADDRESS...              TCP and UDP
  traffic.py ready PORT                         is there a server already
  traffic.py tcp|udp COUNT SOURCE DEST PORT     so many connections
  traffic.py sources tcp|udp FIRST COUNT DEST PORT [EACH]
                                                from COUNT addresses upwards
  traffic.py icmp COUNT SOURCE DEST             so many echo identifiers

Each connection has a source port (or identifier) of its own, is answered
before the next begins, and is closed by the client.
"""
import ipaddress
import os
import select
import socket
import struct
import sys

TIMEOUT = 20
PORTS = "/tmp/traffic-port"
IPV6_FREEBIND = 78  # linux/in6.h; Python has no name for it


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def next_port():
    """Never the same port twice while a test lasts: that would be one
    connection to conntrack, and the kernel's choice is random."""
    with open(PORTS, "a+", encoding="ascii") as ports:
        ports.seek(0)
        port = int(ports.read() or 1024) + 1
        ports.truncate(0)
        ports.write(str(port if port < 65000 else 1024))
    return port


def freebind(sock, fam):
    """IPv6 binds to a network that is routed to lo only so."""
    if fam == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)


def bound(kind, source, fam):
    sock = socket.socket(fam, kind)
    sock.settimeout(TIMEOUT)
    freebind(sock, fam)
    sock.bind((source, next_port()))
    return sock


def tcp(source, dest, port):
    with bound(socket.SOCK_STREAM, source, family(dest)) as sock:
        sock.connect((dest, port))
        sock.sendall(b"x")
        if sock.recv(1) != b"x":
            raise OSError("connection was cut")


def udp(source, dest, port):
    with bound(socket.SOCK_DGRAM, source, family(dest)) as sock:
        sock.sendto(b"x", (dest, port))
        sock.recv(1)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def icmp(count, source, dest):
    """Echo requests on a raw socket: the identifier makes the connection."""
    six = family(dest) == socket.AF_INET6
    proto = socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP
    kind, answer = (128, 129) if six else (8, 0)
    with socket.socket(family(dest), socket.SOCK_RAW, proto) as sock:
        sock.settimeout(TIMEOUT)
        freebind(sock, family(dest))
        sock.bind((source, 0))
        for ident in range(1, count + 1):
            packet = struct.pack("!BBHHH", kind, 0, 0, ident, 1)
            if not six:
                packet = struct.pack("!BBHHH", kind, 0, checksum(packet), ident, 1)
            sock.sendto(packet, (dest, 0))
            while True:
                reply = sock.recv(256)
                body = reply if six else reply[(reply[0] & 15) * 4:]
                if body[0] == answer and struct.unpack("!H", body[4:6])[0] == ident:
                    break


def serve(port, addresses):
    """Echo; TCP connections are closed when the client has closed them.

    No wildcard: an answer over UDP must come from the address that was asked.
    """
    poll = select.epoll()
    socks = {}
    for address in addresses:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            sock = socket.socket(family(address), kind)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((address, port))
            if kind == socket.SOCK_STREAM:
                sock.listen(4096)
            socks[sock.fileno()] = sock
            poll.register(sock, select.EPOLLIN)
    listeners = set(socks)
    while True:
        for fd, _ in poll.poll():
            sock = socks[fd]
            if fd in listeners and sock.type == socket.SOCK_STREAM:
                conn, _ = sock.accept()
                socks[conn.fileno()] = conn
                poll.register(conn, select.EPOLLIN)
            elif fd in listeners:
                data, peer = sock.recvfrom(2048)
                sock.sendto(data, peer)
            else:
                try:
                    data = sock.recv(2048)
                except OSError:
                    data = b""
                if data:
                    sock.sendall(data)
                else:
                    poll.unregister(fd)
                    del socks[fd]
                    sock.close()


def main(argv):
    what = argv[1]
    if what == "serve":
        serve(int(argv[2]), argv[3:])
    elif what == "ready":
        # a bound port, seen without a packet
        with open("/proc/net/udp6", encoding="ascii") as table:
            wanted = f":{int(argv[2]):04X}"
            sys.exit(not any(line.split()[1].endswith(wanted)
                             for line in table))
    elif what == "icmp":
        icmp(int(argv[2]), argv[3], argv[4])
    elif what == "sources":
        one = {"tcp": tcp, "udp": udp}[argv[2]]
        first = ipaddress.ip_address(argv[3])
        each = int(argv[7]) if len(argv) > 7 else 1
        for i in range(int(argv[4])):
            for _ in range(each):
                one(str(first + i), argv[5], int(argv[6]))
    else:
        one = {"tcp": tcp, "udp": udp}[what]
        for _ in range(int(argv[2])):
            one(argv[3], argv[4], int(argv[5]))
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv)
