# SPDX-License-Identifier: GPL-2.0
"""Network namespaces that come and go with tracked traffic in them.

    namespaces.py COUNT [EVERY]

Prints how many were made, and how many of each EVERY-th, which waits until
ctwatch counts there, had the right number of attempts and entries. Each has a
rule that needs tracking, some lose it and get it again, and none is emptied
before it goes. The libraries that nft and unshare(1) use are used directly: a
thousand of them should not take a thousand times the start of four programs."""
import ctypes
import fcntl
import multiprocessing
import socket
import struct
import sys
import time

import genl

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
FLOWS = 8
WORKERS = 4
WAIT = 20
RULES = b"table inet t { chain c { type filter hook input priority 0; ct state invalid counter; }; }"

libc = ctypes.CDLL(None, use_errno=True)
nftables = ctypes.CDLL("libnftables.so.1")
nftables.nft_ctx_new.restype = ctypes.c_void_p
nftables.nft_ctx_new.argtypes = [ctypes.c_uint32]
nftables.nft_ctx_free.argtypes = [ctypes.c_void_p]
nftables.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]


def fresh():
    """This process moves into a new namespace; its last one goes."""
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def nft(*commands):
    context = nftables.nft_ctx_new(0)
    for command in commands:
        if nftables.nft_run_cmd_from_buffer(context, command):
            raise OSError(f"nft: {command.decode()}")
    nftables.nft_ctx_free(context)


def send():
    """A new connection each, to nobody."""
    for number in range(FLOWS):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"x", (f"127.0.{number}.1", 9))


def status(family):
    return family.call("status-get", {}, dump=False)[0][0]


def is_exact(family):
    """Every attempt from here on is counted, and each is an entry."""
    family.sock.close()
    family.sock = family.open()
    end = time.monotonic() + WAIT
    while not status(family).get("tracking"):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    before = status(family)
    send()
    after = status(family)
    return all(after[name] - before[name] == FLOWS for name in ("attempts", "entries"))


def work(count, every):
    family = genl.Family() if every else None
    made = exact = 0
    for number in range(count):
        fresh()
        nft(RULES)
        send()
        if number % 3 == 0:
            nft(b"flush ruleset", RULES)
            send()
        if every and number % every == 0:
            exact += is_exact(family)
        made += 1
    return made, exact


def main(count, every=0):
    share = count // WORKERS
    with multiprocessing.Pool(WORKERS) as pool:
        done = pool.starmap(work, [(share, every)] * WORKERS)
    asked = WORKERS * len(range(0, share, every)) if every else 0
    print(f"made {sum(d[0] for d in done)} of {share * WORKERS}")
    print(f"exact {sum(d[1] for d in done)} of {asked}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
