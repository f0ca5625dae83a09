"""Frames and messages of the HPush wire protocol, by hand: so that these tests share no code with the server they test.

A message is a dict by proto names: {"type": LOGIN_REQUEST, "sequence": 1, "loginRequest": {"uid": "alice"}}. Enum values are plain
numbers. Format: proto/hpush.proto and docs/protocol.md.
"""

import struct

LOGIN_REQUEST, LOGIN_RESPONSE, LOGOUT_REQUEST, LOGOUT_RESPONSE, HEART_BEAT = 0, 1, 2, 3, 4
MESSAGE_REQUEST, MESSAGE_RESPONSE, MESSAGE_NOTIFICATION, MESSAGE_ACK = 5, 6, 7, 8
SYNC_REQUEST, SYNC_RESPONSE, CUSTOM_REQUEST, CUSTOM_RESPONSE = 9, 10, 100, 101

LOGIN_FAILED, NO_CREDENTIAL, UNKNOWN_ERROR, TOO_MANY, NOT_LOGGED_IN = 1, 2, 3, 4, 5
NO_SUCH_USER, REJECTED, TOO_LARGE, UNAVAILABLE = 6, 7, 8, 9

RECEIPTS, ACKS = 1, 2

MAGIC, VERSION = 0x0086, 0x0001

# message -> field name -> (number, kind); a kind that is a name of this table is an inner message, [kind] is repeated.
SCHEMA = {
    "Message": {
        "type": (1, "uint"), "sequence": (2, "uint"), "session_id": (3, "string"), "loginRequest": (4, "LoginRequest"),
        "loginResponse": (5, "LoginResponse"), "messageRequest": (6, "MessageRequest"), "messageResponse": (7, "MessageResponse"),
        "notification": (8, "MessageNotification"), "heartBeat": (9, "MessageHeartBeat"), "ack": (16, "MessageAck"),
        "syncRequest": (17, "SyncRequest"), "syncResponse": (18, "SyncResponse"), "custom": (19, "Custom"),
    },
    "LoginRequest": {
        "uid": (1, "string"), "deviceId": (2, "string"), "token": (3, "string"), "platform": (4, "uint"),
        "app_version": (5, "string"), "capabilities": (16, "uint"),
    },
    "LoginResponse": {
        "result": (1, "bool"), "code": (2, "uint"), "info": (3, "string"), "expose": (4, "uint"), "capabilities": (16, "uint"),
    },
    "MessageRequest": {
        "msg_id": (1, "uint"), "from": (2, "string"), "to": (3, "string"), "time": (4, "uint"), "msg_type": (5, "uint"),
        "content": (6, "string"), "url": (8, "string"), "property": (9, "string"), "from_nick": (10, "string"), "json": (11, "string"),
        "group": (16, "string"), "server_id": (17, "uint"), "conversation_seq": (18, "uint"),
    },
    "MessageResponse": {
        "result": (1, "bool"), "code": (2, "uint"), "info": (3, "string"), "expose": (4, "uint"), "msg_id": (16, "uint"),
        "server_id": (17, "uint"),
    },
    "MessageNotification": {"no_id": (1, "uint"), "json": (2, "string"), "timestamp": (3, "string")},
    "MessageHeartBeat": {"seq": (1, "uint"), "uid": (2, "string"), "json": (3, "string")},
    "MessageAck": {"server_id": (1, ["uint"])},
    "SyncRequest": {"conversation": (1, "string"), "after_seq": (2, "uint"), "limit": (3, "uint")},
    "SyncResponse": {"messages": (1, ["MessageRequest"]), "more": (2, "bool"), "next_seq": (3, "uint")},
    "Custom": {"route": (1, "string"), "body": (2, "bytes"), "code": (3, "uint"), "info": (4, "string")},
}
BY_NUMBER = {name: {number: (field, kind) for field, (number, kind) in fields.items()} for name, fields in SCHEMA.items()}


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """One field as bytes: an int as varint, text or bytes as length-delimited. For unknown fields and broken messages, too."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def encode(message, name="Message"):
    """The bytes of a message: its fields in the order of their numbers, defaults left out, then the bytes under "unknown"."""
    out = b""
    for key, (number, kind) in SCHEMA[name].items():
        if key not in message:
            continue
        repeated = isinstance(kind, list)
        for value in message[key] if repeated else [message[key]]:
            inner = kind[0] if repeated else kind
            if inner in SCHEMA:
                out += field(number, encode(value, inner))
            elif value or repeated:
                out += field(number, int(value) if inner in ("uint", "bool") else value)
    return out + message.get("unknown", b"")


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def decode(data, name="Message"):
    """A dict of the fields that are there; those not in the schema are kept, as bytes, under "unknown"."""
    message = {}
    at = 0
    while at < len(data):
        start = at
        tag, at = read_varint(data, at)
        key, kind = BY_NUMBER[name].get(tag >> 3, (None, None))
        if tag & 7 == 0:
            value, at = read_varint(data, at)
        elif tag & 7 == 2:
            length, at = read_varint(data, at)
            value = data[at:at + length]
            at += length
        else:
            at += {1: 8, 5: 4}[tag & 7]
            key = None
        if key is None:
            message["unknown"] = message.get("unknown", b"") + data[start:at]
        elif isinstance(kind, list):
            message.setdefault(key, []).extend(values(value, kind[0]))
        elif kind in SCHEMA:
            message.setdefault(key, {}).update(decode(value, kind))
        else:
            message[key] = {"string": lambda: value.decode(), "bool": lambda: bool(value)}.get(kind, lambda: value)()
    return message


def values(value, kind):
    """Elements of a repeated field: a message, or numbers, packed or not."""
    if kind in SCHEMA:
        return [decode(value, kind)]
    if isinstance(value, int):
        return [value]
    numbers, at = [], 0
    while at < len(value):
        number, at = read_varint(value, at)
        numbers.append(number)
    return numbers


def frame(body, magic=MAGIC, version=VERSION, length=None):
    return struct.pack(">HHi", magic, version, len(body) if length is None else length) + body


def message(kind, sequence=0, **parts):
    """The frame of a message."""
    return frame(encode({"type": kind, "sequence": sequence, **parts}))


def chat(to, content, sequence=1, msg_id=1, **parts):
    """The frame of a MESSAGE_REQUEST; `parts` are more fields of the MessageRequest."""
    return message(MESSAGE_REQUEST, sequence, messageRequest={"msg_id": msg_id, "to": to, "content": content, **parts})


def heartbeat(seq=1, **parts):
    return message(HEART_BEAT, seq, heartBeat={"seq": seq, **parts})
