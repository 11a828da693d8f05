"""Tickets say who speaks, until they are over, and cannot be written by anybody else."""

import pytest
from django.core.signing import Signer
from hypothesis import given
from hypothesis import strategies as st

from livecomments import tickets
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, Role
from livecomments.tickets import Identity, Room

NOW = 1_800_000_000_000
ANA = Identity(7, "Ana «:» Zoë 🎈", Role.MODERATOR, 2, NOW - 1_000)
ROOM = Room(3, 1, "launch-day")


def refusal_of(ticket, *, now=NOW):
    with pytest.raises(DomainError) as refused:
        tickets.read(ticket, now=now)
    return refused.value.code


def signed(text):
    return tickets._signer.sign(text)


def test_ticket_says_what_was_signed(settings):
    settings.TICKET_SECONDS = 900
    ticket, expires = tickets.mint(ANA, ROOM, now=NOW)

    claims = tickets.read(ticket, now=NOW)

    assert claims == tickets.Claims(ANA, ROOM, NOW, NOW + 900_000)
    assert expires == claims.expires_ms


def test_ticket_is_over_at_its_end():
    ticket, expires = tickets.mint(ANA, ROOM, now=NOW)

    assert tickets.read(ticket, now=expires - 1).identity == ANA
    assert refusal_of(ticket, now=expires) is ErrorCode.TICKET_EXPIRED


def test_ticket_is_dated_by_the_clock_when_no_time_is_given():
    before = tickets.now_ms()
    claims = tickets.read(tickets.mint(ANA, ROOM)[0])

    assert before <= claims.issued_ms <= tickets.now_ms()


@given(st.data())
def test_ticket_changed_anywhere_is_invalid(data):
    ticket, _ = tickets.mint(ANA, ROOM, now=NOW)
    place = data.draw(st.integers(0, len(ticket) - 1))
    other = data.draw(st.characters().filter(lambda char: char != ticket[place]))

    forged = ticket[:place] + other + ticket[place + 1 :]

    assert refusal_of(forged) is ErrorCode.TICKET_INVALID


@given(st.text())
def test_any_other_text_is_invalid(text):
    assert refusal_of(text) is ErrorCode.TICKET_INVALID


def test_ticket_of_another_key_or_purpose_is_invalid():
    body = tickets.mint(ANA, ROOM, now=NOW)[0].rpartition(":")[0]

    assert refusal_of(Signer(key="another", salt="livecomments.ticket").sign(body)) == (
        ErrorCode.TICKET_INVALID
    )
    assert refusal_of(Signer(salt="something else").sign(body)) is ErrorCode.TICKET_INVALID
    assert tickets.read(signed(body), now=NOW).identity == ANA


@pytest.mark.parametrize("body", ["", "not json", "{}", "[]", "[7]", "null", "\ud800"])
def test_signed_text_of_another_shape_is_invalid(body):
    try:
        ticket = signed(body)
    except UnicodeError:
        ticket = f"{body}:signature"

    assert refusal_of(ticket) is ErrorCode.TICKET_INVALID


def test_ticket_with_a_role_nobody_has_is_invalid():
    body = tickets.mint(ANA, ROOM, now=NOW)[0].rpartition(":")[0]

    assert refusal_of(signed(body.replace('"moderator"', '"owner"'))) is ErrorCode.TICKET_INVALID


def test_ticket_beyond_the_longest_is_not_looked_at():
    long_name = Identity(7, "n" * tickets.TICKET_MAX_LENGTH, Role.VIEWER, 0, NOW)

    assert refusal_of(tickets.mint(long_name, ROOM, now=NOW)[0]) is ErrorCode.TICKET_INVALID


@pytest.mark.parametrize(
    ("role", "is_staff"),
    [
        (Role.VIEWER, False),
        (Role.MODERATOR, True),
        (Role.BROADCASTER, True),
        (Role.ADMIN, True),
    ],
)
def test_staff_are_those_who_moderate(role, is_staff):
    assert Identity(7, "Ana", role, 0, NOW).is_staff is is_staff


def test_new_is_shown_for_a_day_and_never_of_staff():
    viewer = Identity(7, "Bo", Role.VIEWER, 0, NOW)

    assert viewer.is_new(NOW + tickets.NEW_ACCOUNT_MS - 1)
    assert not viewer.is_new(NOW + tickets.NEW_ACCOUNT_MS)
    assert not Identity(8, "Ana", Role.MODERATOR, 0, NOW).is_new(NOW)
