#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""bpf.py DEVICE: count the packets that DEVICE receives for each IPv4 source, by
an eBPF program, until SIGTERM; prints "counting", and at the end how many
sources there were. Without a library or a compiler: the program is a dozen
instructions. Their numbers, and those of the system call, are in linux/bpf.h."""
import ctypes
import os
import signal
import socket
import struct
import sys

SYS_BPF = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
MAP_CREATE, MAP_GET_NEXT_KEY, PROG_LOAD, LINK_CREATE = 0, 4, 5, 28
LRU_PERCPU_HASH, SCHED_CLS, TCX_INGRESS = 10, 3, 46
SKB_LOAD_BYTES, MAP_LOOKUP, MAP_UPDATE = 26, 1, 2
SOURCES = 65536
# Of the IPv4 source in a frame
SADDR = 14 + 12

libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, attr):
    buf = ctypes.create_string_buffer(attr.ljust(144, b"\0"))
    result = libc.syscall(SYS_BPF, command, buf, 144)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, src << 4 | dst, off, imm)


def mov(dst, src):
    return insn(0xbf, dst, src)


def mov_imm(dst, imm):
    return insn(0xb7, dst, imm=imm)


def add_imm(dst, imm):
    return insn(0x07, dst, imm=imm)


def call(helper):
    return insn(0x85, imm=helper)


def load_map(dst, fd):
    return insn(0x18, dst, 1, imm=fd) + insn(0)


def program(counts):
    """saddr = bytes of the packet; count = counts[saddr]; count++, or begin it"""
    miss = (mov_imm(1, 1) + insn(0x7b, 10, 1, -16) + load_map(1, counts) + mov(2, 10) +
            add_imm(2, -4) + mov(3, 10) + add_imm(3, -16) + mov_imm(4, 0) + call(MAP_UPDATE))
    hit = (insn(0x79, 1, 0) + add_imm(1, 1) + insn(0x7b, 0, 1) +
           insn(0x05, off=len(miss) // 8))
    lookup = (load_map(1, counts) + mov(2, 10) + add_imm(2, -4) + call(MAP_LOOKUP) +
              insn(0x15, 0, off=len(hit) // 8))
    load = (mov_imm(2, SADDR) + mov(3, 10) + add_imm(3, -4) + mov_imm(4, 4) +
            call(SKB_LOAD_BYTES) + insn(0x55, 0, off=len(lookup + hit + miss) // 8))
    # on with what else there is for the packet
    return load + lookup + hit + miss + mov_imm(0, -1) + insn(0x95)


def sources(counts):
    key, after = ctypes.create_string_buffer(4), ctypes.create_string_buffer(4)
    at, n = 0, 0
    while True:
        try:
            bpf(MAP_GET_NEXT_KEY, struct.pack("<I4xQQ", counts, at, ctypes.addressof(after)))
        except FileNotFoundError:
            return n
        n += 1
        key.raw = after.raw
        at = ctypes.addressof(key)


def main():
    counts = bpf(MAP_CREATE, struct.pack("<IIII", LRU_PERCPU_HASH, 4, 8, SOURCES))
    code = program(counts)
    text, gpl = ctypes.create_string_buffer(code), ctypes.create_string_buffer(b"GPL")
    prog = bpf(PROG_LOAD, struct.pack("<IIQQ", SCHED_CLS, len(code) // 8,
                                      ctypes.addressof(text), ctypes.addressof(gpl)))
    bpf(LINK_CREATE, struct.pack("<IIII", prog, socket.if_nametoindex(sys.argv[1]), TCX_INGRESS, 0))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(print(sources(counts), "sources")))
    print("counting", flush=True)
    while True:
        signal.pause()


main()
