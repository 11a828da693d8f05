"""`manage.py seed_demo`."""

import re
from io import StringIO

import pytest
from django.contrib.auth import get_user
from django.core.management import call_command

from comments.models import Comment
from livecomments import demo, ids
from livecomments.accounts.models import User
from livecomments.protocol import Role
from reactions.models import ReactionSlice, ReactionTotal
from streams.models import Stream
from streams.queries import role_in

pytestmark = pytest.mark.django_db


def seed():
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def test_demo_is_made_once():
    first = seed()
    counts = [model.objects.count() for model in (User, Stream, Comment, ReactionSlice)]

    assert seed() == first
    assert [model.objects.count() for model in (User, Stream, Comment, ReactionSlice)] == counts


def test_printed_accounts_can_sign_in(client):
    lines = re.findall(r"^  (\w+) +(\S+) +(.+)$", seed(), re.MULTILINE)

    assert [line[0] for line in lines] == ["broadcaster", "moderator", "viewer", "administrator"]
    for username, password, name in lines:
        client.post("/accounts/sign-in/", {"username": username, "password": password})
        assert get_user(client).display_name == name
        client.logout()


def test_changed_password_is_not_printed():
    seed()
    user = User.objects.get(username="viewer")
    user.set_password("something else entirely")
    user.save()

    assert "(its password was changed)" in seed()
    user.refresh_from_db()
    assert user.check_password("something else entirely")


def test_accounts_have_their_roles():
    seed()
    live = Stream.objects.get(slug=demo.LIVE.slug)
    roles = {
        person.username: role_in(live, User.objects.get(username=person.username))
        for person in demo.ACCOUNTS
    }
    assert roles == {
        "broadcaster": Role.BROADCASTER,
        "moderator": Role.MODERATOR,
        "viewer": Role.VIEWER,
        "administrator": Role.ADMIN,
    }


def test_ended_stream_has_its_talk_in_order():
    seed()
    stream = Stream.objects.get(slug=demo.ENDED.slug)
    rows = list(Comment.objects.filter(stream=stream).order_by("id"))

    assert [row.text for row in rows] == [text for _, text in demo.TALK]
    assert all(ids.partition_of(row.pk) == stream.partition for row in rows)
    assert all(row.created_at == ids.id_time(row.pk) for row in rows)
    assert stream.started_at < rows[0].created_at < rows[-1].created_at < stream.ended_at
    assert all(len(row.text) <= 200 for row in rows)


def test_timeline_adds_up_to_the_totals():
    seed()
    for total in ReactionTotal.objects.all():
        slices = ReactionSlice.objects.filter(stream=total.stream, kind=total.kind)
        assert sum(row.count for row in slices) == total.total == demo.REACTIONS[total.kind]
