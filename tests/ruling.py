"""Changes and reads the rules of a room, for tests of them. Sync."""

from asgiref.sync import async_to_sync
from django.urls import reverse

from comments.rules.changing import change_rules, read_rules
from comments.rules.forms import initial_of
from comments.spam.rules import Pattern, Rules, Word
from livecomments.protocol import Role
from livecomments.tickets import Identity
from streams.payloads import room_of

RULES = Rules(
    words=(Word("casino*", "block"), Word("a | b", "mask")),
    patterns=(Pattern("free|gratis", "flag"),),
    hosts=("example.org",),
    links_new="block",
    report_threshold=9,
)


def url(name, stream, *more):
    return reverse(name, args=[stream.slug, *more])


def form_of(rules, version=0, **changes):
    return initial_of(rules, version=version) | {"note": ""} | changes


def manager(role=Role.MANAGER, user_id=7):
    return Identity(user_id=user_id, name="Mo", role=role, standing=2, joined_ms=0)


def change(stream, rules, **fields):
    actor = manager(user_id=stream.broadcaster_id)
    return async_to_sync(change_rules)(room_of(stream), actor=actor, rules=rules, **fields)


def present(stream):
    return async_to_sync(read_rules)(room_of(stream))
