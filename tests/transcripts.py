"""One room in one process, from domain call to socket message. Async, free of the ORM.

A story acts on the room through the domain; its events are published by the batcher's publisher
and reach a fake socket through the gateway's own hub, so what is recorded are the very messages a
page would get. Ids and times come from a clock that the story moves.
"""

import asyncio
import itertools
from collections import deque

import msgspec

from comments.domain import post_comment
from comments.spam.text import excerpt
from livecomments import eventlog, protocol, redisdb
from livecomments.batcher.lease import Lease
from livecomments.batcher.publisher import Extras, Publisher
from livecomments.gateway.frames import prepare_frame
from livecomments.gateway.member import Member
from livecomments.gateway.roomhub import RoomHub
from livecomments.gateway.snapshot import read_frames
from livecomments.gateway.stretches import Stretches
from livecomments.protocol import Audience, Role
from livecomments.tickets import Claims
from reactions.domain import react
from streams import roomstate
from tests.rooms import ROOM, Clock, log_entries, open_room, person

# Far enough ahead that TIME is never past it: what the clock says then does not change.
START_MS = 3_800_000_000_000
TICKET_ENDS_MS = START_MS + 900_000
SERVER_TIME_MS = START_MS

STAFF = person(1, Role.MODERATOR, name="Mo")
BOSS = person(2, Role.MANAGER, name="Max")
ANA, BO = person(7, name="Ana"), person(8, name="Bo")


class FakeSocket:
    """The network edge: keeps what it is sent."""

    direct = None  # the sweep's short way is for servers that hand over their transport

    def __init__(self):
        self.sent = deque()

    def send(self, message):
        self.sent.extend(msgspec.json.decode(part.payload) for part in message.parts)

    def buffered(self):
        return 0

    def abort(self):
        raise AssertionError("nobody is slow here")


class Story:
    """A room under way; every action is a second later than the last."""

    def __init__(self, redis):
        self.redis = redis
        self.clock = Clock()
        self.clock.start = START_MS
        self.lease = Lease(redis, ROOM.partition, "batcher")
        self.publisher = Publisher(redis, self.lease, ROOM)
        self.published = eventlog.FIRST_POSITION
        self._seconds = itertools.count(1)
        self._said = 0

    async def begin(self, **room):
        """Open the room."""
        await self.clock.at(0)
        await open_room(**room)
        await self.redis.hset(redisdb.state(ROOM), "epoch", "epoch-1")
        await self.lease.acquire()

    async def act(self, action):
        """Return what an action of the domain returns, done at the next second."""
        await self.clock.at(1_000 * next(self._seconds))
        return await action

    async def append(self, body):
        """Let something happen that nobody does by an action of the room."""
        await self.act(eventlog.append(ROOM, body, operations=roomstate.effects(body)))

    async def say(self, text, *, author=ANA, reply_to=None):
        """Return the acknowledgement of a comment."""
        self._said += 1
        return await self.act(
            post_comment(
                ROOM,
                author=author,
                address="192.0.2.1",
                nonce=f"nonce-{self._said}",
                text=text,
                reply_to=reply_to,
            )
        )

    async def crowd(self, texts):
        """Return the acknowledgements of what as many people say in one second."""
        posts = [
            post_comment(
                ROOM,
                author=person(100 + number, name=f"Person {number}"),
                address="192.0.2.1",
                nonce=f"crowd-{self._said}-{number}",
                text=text,
            )
            for number, text in enumerate(texts)
        ]
        return await self.act(asyncio.gather(*posts))

    async def comment(self, text, **kwargs):
        """Return a comment that everybody sees."""
        accepted = await self.say(text, **kwargs)
        await self.publish()
        return accepted.comment

    async def hold(self, text, **kwargs):
        """Return the number of a comment that staff see waiting."""
        held = await self.say(text, **kwargs)
        await self.publish()
        return int(held.hold)

    async def let_delay_pass(self):
        """Let all that waits to be shown to viewers have waited long enough."""
        queue = self.publisher.queue
        queue._release_at = dict.fromkeys(queue._release_at, 0.0)

    async def press(self, kind, count):
        await self.act(react(ROOM, user=BO, kind=kind, count=count))

    async def publish(self, *, viewers=None):
        """Publish what happened since the last time, with the reactions that wait."""
        raw = await self.redis.hgetall(redisdb.pending_reactions(ROOM))
        presses = {kind.decode(): int(count) for kind, count in raw.items()}
        for entry in await log_entries(ROOM.partition):
            self.publisher.take(entry)
        await self.publisher.flush(self.published, Extras(presses, viewers))
        assert not self.publisher.pending


class Page:
    """A socket that joined through a hub of its own."""

    def __init__(self, identity):
        claims = Claims(identity, ROOM, START_MS, TICKET_ENDS_MS) if identity else None
        self.socket = FakeSocket()
        self._hub = RoomHub(ROOM, "web-1", Stretches())
        self._member = Member(self.socket, "192.0.2.1", lambda: None, claims)

    async def join(self):
        """Return the welcome."""
        await self._hub.refresh()
        self._hub.restart()
        await self._hub.join(self._member, None)
        return self.socket.sent.popleft() | {"server_time": SERVER_TIME_MS}

    async def messages(self):
        """Return what came after the last message, from the frame logs."""
        for audience in Audience:
            feed = self._hub.feeds[audience]
            for entry in await read_frames(ROOM, audience, after=feed.top):
                assert feed.add(prepare_frame(*entry))
            while feed._sweep is not None:
                await asyncio.sleep(0)
        found = list(self.socket.sent)
        self.socket.sent.clear()
        for message in found:
            msgspec.convert(message, protocol.ServerMessage)
        return found


# --- a page in a few lines -----------------------------------------------------------------------


def shown(welcome):
    """What somebody sees who was given this welcome."""
    return {
        "comments": {comment["id"]: comment for comment in welcome.get("recent", [])},
        "held": {held["hold"]: held for held in welcome.get("held", [])},
        "delayed": {item["comment"]["id"] for item in welcome.get("delayed", [])},
        "through": int(welcome["public"]["through"]),
        "room": welcome["room"],
        "viewers": welcome["viewers"],
        "totals": dict(welcome["reactions"]),
        "sanction": _sanction(welcome.get("you") or {}, "sanction", "sanction_until"),
        "seq": {name: welcome[name]["seq"] for name in Audience if welcome.get(name)},
    }


def after(state, messages):
    """What they see after some messages. Reference for every client; see docs/PROTOCOL.md."""
    for message in messages:
        match message["type"]:
            case "frame":
                audience = message.get("audience", "public")
                assert message["seq"] == state["seq"][audience] + 1
                state["seq"][audience] += 1
                if audience == "public":
                    state["through"] = int(message["through"])
                state["totals"] |= message.get("totals", {})
                state["viewers"] = message.get("viewers", state["viewers"])
                for item in message.get("items", []):
                    _apply_item(state, item)
            case "personal":
                for item in message["items"]:
                    _apply_personal(state, item)
    # The two audiences are not in step: what viewers have been shown, or never will be, is over.
    state["delayed"] = {id for id in state["delayed"] if int(id) > state["through"]}
    state["comments"] = dict(sorted(state["comments"].items(), key=lambda item: int(item[0])))
    return state


def _apply_item(state, item):
    match item["type"]:
        case "comment.posted":
            state["comments"][item["comment"]["id"]] = item["comment"]
            state["delayed"].discard(item["comment"]["id"])
        case "comment.hidden":
            state["comments"].pop(item["id"], None)
            state["delayed"].discard(item["id"])
            _requote(state, item["id"], "")
        case "comment.restored":
            state["comments"][item["comment"]["id"]] = item["comment"]
            _requote(state, item["comment"]["id"], excerpt(item["comment"]["text"]))
        case "user.cleared":
            _clear(state, item)
        case "comment.delayed":
            state["delayed"].add(item["comment"]["id"])
        case "room.changed":
            state["room"] = item["room"]
        case "hold.opened":
            state["held"][item["held"]["hold"]] = item["held"]
        case "hold.closed":
            state["held"].pop(item["hold"], None)
        case "user.sanctioned" | "sanction.lifted" | "staff.changed":
            pass  # about somebody else
        case "comment.flagged" | "comment.reported" | "acted":
            pass  # for the desk, which begins with what it is told
        case other:
            raise AssertionError(f"no page knows {other}")


def _apply_personal(state, item):
    match item["type"]:
        case "you.sanctioned":
            state["sanction"] = _sanction(item, "kind", "until")
        case "you.restored":
            state["sanction"] = None
        case "you.held_approved":
            state["comments"][item["comment"]["id"]] = item["comment"]
        case "you.replied":
            state["comments"][item["comment"]["id"]] = item["comment"]
        case "you.held_refused":
            pass  # the page that sent it takes it out of its outbox
        case "you.hidden" | "you.warned" | "you.appealed":
            pass  # said once
        case other:
            raise AssertionError(f"no page knows {other}")


def _clear(state, item):
    """All that a person had said goes, and what others quote of it: a quote tells their name."""
    for comment_id, comment in list(state["comments"].items()):
        quote = comment.get("reply", {})
        if comment["user"]["id"] == item["user"] and int(comment_id) <= int(item["through"]):
            del state["comments"][comment_id]
        elif quote.get("name") == item["name"] and int(quote["id"]) <= int(item["through"]):
            _requote(state, quote["id"], "")


def _requote(state, target, text):
    for comment_id, comment in state["comments"].items():
        if comment.get("reply", {}).get("id") == target:
            quote = comment["reply"] | {"text": text}
            state["comments"][comment_id] = comment | {"reply": quote}


def _sanction(source, kind, until):
    return {"kind": source[kind], "until": source.get(until)} if source.get(kind) else None
