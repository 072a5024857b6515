# SPDX-License-Identifier: GPL-2.0
"""Requests to the family ctwatch by the names of ctwatch.yaml, down to single
messages and flags: the scenarios read dumps as slowly, and leave them as early,
as no decent client does."""
import errno
import os
import socket
import struct

import yaml

SPEC = "/ctwatch/module/ctwatch.yaml"
NETLINK_GENERIC = 16
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_DUMP_INTR, NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x10, 0x100, 0x200
NLMSGERR_ATTR_MSG = 1
SOL_NETLINK, NETLINK_EXT_ACK = 270, 11
NUMBERS = {"u8": "=B", "u16": "=H", "u32": "=I", "s32": "=i", "u64": "=Q"}


class Refused(Exception):
    """The kernel said no; with what words."""

    def __init__(self, code, text):
        super().__init__(f"{errno.errorcode.get(code, code)}: {text}")
        self.code = code
        self.text = text


def put(kind, payload):
    return struct.pack("=HH", len(payload) + 4, kind) + payload + bytes(-len(payload) % 4)


def attributes(data):
    offset = 0
    while offset + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, offset)
        yield kind & 0x3FFF, data[offset + 4:offset + length]
        offset += (length + 3) & ~3


class CutShort(Exception):
    """The answer went while it was read: there was not even its beginning."""


class Message:
    """One message of an answer."""

    def __init__(self, kind, flags, payload):
        self.kind = kind
        self.interrupted = bool(flags & NLM_F_DUMP_INTR)
        self.flags = flags
        self.payload = payload

    def error(self):
        """The code at the end of a dump, or of an error; and the words."""
        code = -struct.unpack_from("=i", self.payload)[0]
        rest = self.payload[4:]
        if self.kind == NLMSG_ERROR:
            length = struct.unpack_from("=I", rest)[0]
            rest = rest[16 if self.flags & NLM_F_CAPPED else length:]
        words = dict(attributes(rest)) if self.flags & NLM_F_ACK_TLVS else {}
        return code, words.get(NLMSGERR_ATTR_MSG, b"").rstrip(b"\0").decode()


class Answer:
    """All of a dump of census-get."""

    def __init__(self, messages):
        self.interrupted = any(m[1] for m in messages)
        facts = messages[0][0]
        self.query = facts
        self.census = facts["census"]
        self.groups = [m[0]["group"] for m in messages[1:]]


class Family:
    def __init__(self, path=SPEC, ident=None):
        with open(path, encoding="ascii") as spec:
            spec = yaml.load(spec, yaml.CSafeLoader)
        self.sets = {}
        for named in spec["attribute-sets"]:
            self.sets[named["name"]] = list(enumerate(named["attributes"], 1))
        self.by_name = {name: {a["name"]: (n, a) for n, a in attrs}
                        for name, attrs in self.sets.items()}
        self.by_number = {name: dict(attrs) for name, attrs in self.sets.items()}
        self.ops = {op["name"]: (n, op["attribute-set"])
                    for n, op in enumerate(spec["operations"]["list"], 1)}
        entries = {d["name"]: d["entries"] for d in spec["definitions"]}
        self.states = [s if isinstance(s, str) else s["name"] for s in entries["state"]]
        self.keys = entries["group-key"]
        self.sequence = 0
        self.sock = self.open()
        self.ident = self.find("ctwatch") if ident is None else ident

    @staticmethod
    def open(receive=None):
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        if receive:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        sock.bind((0, 0))
        return sock

    def send(self, sock, kind, command, flags, payload):
        self.sequence += 1
        body = struct.pack("=BBH", command, 1, 0) + payload
        sock.send(struct.pack("=IHHII", len(body) + 16, kind, NLM_F_REQUEST | flags,
                              self.sequence, 0) + body)

    @staticmethod
    def receive(sock, size=1 << 18):
        """The messages of one datagram."""
        data = sock.recv(size)
        offset = 0
        while offset + 16 <= len(data):
            length, kind, flags = struct.unpack_from("=IHH", data, offset)
            yield Message(kind, flags, data[offset + 16:offset + length])
            offset += (length + 3) & ~3

    def find(self, name):
        self.send(self.sock, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK,
                  put(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0"))
        found = dict(attributes(self.collect(self.sock)[0].payload[4:]))
        return struct.unpack("=H", found[CTRL_ATTR_FAMILY_ID])[0]

    def collect(self, sock):
        """Messages until the acknowledgement or the end of the dump."""
        messages = []
        while True:
            for message in self.receive(sock):
                if message.kind in (NLMSG_ERROR, NLMSG_DONE):
                    code, text = message.error()
                    if code:
                        raise Refused(code, text)
                    if message.interrupted:
                        if not messages:
                            raise CutShort
                        messages[-1].interrupted = True
                    return messages
                messages.append(message)

    def encode(self, name, values):
        """Bytes that stand for themselves are taken as they are."""
        out = b""
        for key, value in values.items():
            number, attr = self.by_name[name][key]
            kind = attr["type"]
            if isinstance(value, bytes):
                payload = value
            elif kind == "nest":
                payload = self.encode(attr["nested-attributes"], value)
                number |= 0x8000
            elif kind == "flag":
                payload = b""
            else:
                payload = struct.pack(NUMBERS[kind], value)
            out += put(number, payload)
        return out

    def decode(self, name, data):
        known = self.by_number[name]
        values = {}
        for number, payload in attributes(data):
            attr = known[number]
            kind = attr["type"]
            if kind == "nest":
                value = self.decode(attr["nested-attributes"], payload)
            elif kind in NUMBERS:
                value = struct.unpack(NUMBERS[kind], payload)[0]
            else:
                value = payload or True
            values[attr["name"]] = value
        return values

    def start(self, sock, operation, values, dump=True):
        number, attrs = self.ops[operation]
        self.send(sock, self.ident, number, NLM_F_DUMP if dump else NLM_F_ACK,
                  self.encode(attrs, values))

    def call(self, operation, values, dump=True, sock=None):
        sock = sock or self.sock
        self.start(sock, operation, values, dump)
        attrs = self.ops[operation][1]
        return [(self.decode(attrs, m.payload[4:]), m.interrupted) for m in self.collect(sock)]

    def question(self, ask):
        """by is a list of keys, and names may be Python's."""
        ask = {key.replace("_", "-"): value for key, value in ask.items()}
        ask["by"] = self.bits(ask.get("by", []))
        return ask

    def census(self, sock=None, **ask):
        """census(by=[...], netns=..., src_ipv4_prefix=..., filter={...})"""
        return Answer(self.call("census-get", self.question(ask), sock=sock))

    def bits(self, keys):
        return sum(1 << self.keys.index(key) for key in keys)


def netns_inode(name):
    return os.stat(f"/run/netns/{name}").st_ino
