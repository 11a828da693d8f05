"""What may arrive on a socket: good messages, nearly good ones, nonsense, broken frames. Pure.

Hypothesis strategies, built from the protocol's own types, so that a new message is tried as soon
as it exists. A conversation is a list of `bytes`, each what one write puts on the wire; what breaks
the framing comes last, for nothing after it is heard.
"""

import itertools
import json
import types
from typing import Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from livecomments.protocol import ClientMessage
from tests.wire import ENDS, GOES_ON, TEXT, TEXT_BEGINS, client_frame

PING, PONG, CLOSE, BINARY = 0x89, 0x8A, 0x88, 0x82
MESSAGES = ClientMessage.__args__
DEEP = 3_000  # levels of nesting in a message that fits into 8 KiB

HUGE = st.sampled_from(
    [0, -1, 2**31, 2**53 + 1, 2**63, 2**64, -(2**70), 10**300, 1e400, -0.0, 1.5, 1e-320]
)
ODD_TEXT = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(codec=None), max_size=20),  # lone surrogates too
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "a\x00b",
            "9" * 40,
            "NaN",
            "\u202e",
            "\ud800",
            "‍",
            "é" * 250,
            "../",
            "🏳️‍🌈" * 60,
        ]
    ),
    st.integers(-10, 2**65).map(str),
)
ODD_VALUE = st.one_of(
    st.none(), st.booleans(), HUGE, ODD_TEXT, st.just([]), st.just({}), st.just([[]]),
    st.just({"type": "ping"}), st.just(float("nan")), st.just(float("-inf")),
)  # fmt: skip

NO_MESSAGES = (
    b"",
    b"null",
    b"[" * DEEP,
    b'{"type":' * (DEEP // 4),
    b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
    b"\xef\xbb\xbf{}",
    b'{"type":"ping"} x',
    b"x" * 8_192,
)


def fitting(annotation, context):
    """A strategy for values that a field of this type takes, ready for JSON."""
    origin = get_origin(annotation)
    if annotation is str:
        return st.one_of(st.sampled_from(context), st.text(max_size=30))
    if annotation is int:
        return st.integers(-1, 200)
    if annotation is bool:
        return st.booleans()
    if annotation is type(None):
        return st.none()
    if origin in (Union, types.UnionType):
        return st.one_of(*(fitting(kind, context) for kind in get_args(annotation)))
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return message_of(annotation, context)
    if isinstance(annotation, type) and issubclass(annotation, str):
        return st.sampled_from([member.value for member in annotation])
    inner = getattr(annotation, "__origin__", None)
    return fitting(inner, context) if inner is not None else ODD_VALUE


def message_of(kind, context):
    """A strategy for objects of a message type, as JSON has them."""
    hints = get_type_hints(kind)
    tag = kind.__struct_config__.tag
    fields = {name: fitting(hints[name], context) for name in kind.__struct_fields__}
    if "version" in fields:
        fields["version"] = st.sampled_from([1, 1, 1, 1, 2, 0])
    required = {
        field.name: fields[field.name] for field in msgspec.structs.fields(kind) if field.required
    }
    optional = {name: strategy for name, strategy in fields.items() if name not in required}
    head = {} if tag is None else {"type": st.just(tag)}
    return st.fixed_dictionaries(head | required, optional=optional)


@st.composite
def spoilt(draw, context):
    """A message with one thing wrong."""
    message = dict(draw(st.sampled_from(MESSAGES).flatmap(lambda kind: message_of(kind, context))))
    name = draw(st.sampled_from([*message, "user", "id", "__proto__", ""]))
    match draw(st.sampled_from(["drop", "replace", "add", "nest"])):
        case "drop":
            message.pop(name, None)
        case "replace":
            message[name] = draw(ODD_VALUE)
        case "add":
            message[name + "x"] = draw(ODD_VALUE)
        case "nest":
            message[name] = message.copy()
    return message


def dumped(value):
    """JSON as a careless program writes it: NaN and lone surrogates are not stopped."""
    return json.dumps(value).encode()


def texts(context):
    """A strategy for the payload of a text frame."""
    good = st.sampled_from(MESSAGES).flatmap(lambda kind: message_of(kind, context))
    return st.one_of(
        good.map(dumped),
        good.map(dumped),
        spoilt(context).map(dumped),
        ODD_VALUE.map(dumped),
        ODD_TEXT.map(lambda kind: dumped({"type": kind})),
        good.map(lambda message: dumped(message)[:-1] + b',"type":"ping","type":"hello"}'),
        st.sampled_from(NO_MESSAGES),
        st.tuples(good.map(dumped), st.integers(0, 80)).map(lambda pair: pair[0][: pair[1]]),
    )  # fmt: skip


@st.composite
def sent(draw, context):
    """One message, or control frame, as it is put on the wire; the framing is right."""
    payload = draw(texts(context))
    match draw(st.sampled_from(["whole"] * 6 + ["pieces", "control", "binary"])):
        case "pieces":
            cuts = sorted(draw(st.lists(st.integers(0, len(payload)), max_size=4)))
            edges = [0, *cuts, len(payload)]
            parts = [payload[a:b] for a, b in itertools.pairwise(edges)]
            frames = [client_frame(TEXT_BEGINS, parts[0])]
            for part in parts[1:]:
                frames += [client_frame(PING, b"between"), client_frame(GOES_ON, part)]
            return b"".join(frames) + client_frame(ENDS, b"")
        case "control":
            return client_frame(draw(st.sampled_from([PING, PONG])), draw(st.binary(max_size=125)))
        case "binary":
            return client_frame(BINARY, payload)
    return client_frame(TEXT, payload)


@st.composite
def broken(draw):
    """What no client may send: the framing itself is wrong."""
    return draw(
        st.one_of(
            st.tuples(st.integers(0, 255), st.binary(max_size=200)).map(lambda p: client_frame(*p)),
            st.binary(min_size=1, max_size=100),
            st.sampled_from(
                [
                    client_frame(TEXT, b"\xff\xfe"),
                    client_frame(TEXT, b"\xed\xa0\x80"),
                    client_frame(TEXT_BEGINS, b"{") + client_frame(TEXT, b"}"),
                    client_frame(ENDS, b"never begun"),
                    client_frame(PING, b"x" * 126),
                    client_frame(0x09, b"a ping in pieces"),
                    client_frame(0xC1, b"deflated, they say"),
                    client_frame(CLOSE, b"\x00"),
                    client_frame(CLOSE, b"\x03\xe9\xff\xff"),
                    client_frame(CLOSE, (999).to_bytes(2, "big")),
                    bytes((TEXT, 0xFF)) + b"\xff" * 8 + bytes(4),
                    bytes((TEXT, 5)) + b"hello",  # not masked
                ]
            ),
        )
    )


@st.composite
def conversations(draw, context, opening, most=30):
    """`(writes, ends well)`: what one client sends, and whether the framing is right to the end."""
    greeting = [client_frame(TEXT, opening)] if draw(st.integers(0, 3)) else []
    writes = greeting + draw(st.lists(sent(context), min_size=8, max_size=most))
    ends_well = bool(draw(st.integers(0, 4)))
    return writes if ends_well else [*writes, draw(broken())], ends_well
