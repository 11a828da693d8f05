"""Frames of other sites: one page lets the sites in that its stream names, all others nobody.

What stands in such a frame knows nobody, whatever cookies came along.
"""

import pytest
from django.urls import reverse

from livecomments.accounts.models import User
from streams import editing
from streams.audit_words import before, done
from streams.models import AuditEntry, Stream
from tests.factories import ModeratorFactory, StreamFactory, UserFactory
from tests.integration.test_pages import boot_of
from tests.integration.test_threats_matrix import SITE, path_of

pytestmark = pytest.mark.django_db

SITES = ["https://blog.example", "https://*.news.example"]
EMBED = "/s/here/embed/"


def allow(stream, *sites, by=None):
    stream.embed_sites = list(sites)
    editing.edit_stream(stream, by=by)


def ancestors(answer):
    """Whom the policy lets frame the page."""
    policy = answer.headers["Content-Security-Policy"].split("; ")
    [found] = [part for part in policy if part.startswith("frame-ancestors")]
    return found.removeprefix("frame-ancestors ").split()


# --- who may frame ------------------------------------------------------------------------------


def test_the_sites_of_the_stream_may_frame_it_and_nobody_else(client, stream):
    allow(stream, *SITES)

    answer = client.get(EMBED)

    assert answer.status_code == 200
    assert ancestors(answer) == SITES
    assert "X-Frame-Options" not in answer.headers  # it cannot say a list, and would refuse


def test_nobody_may_where_the_stream_names_none(client, stream):
    assert ancestors(client.get(EMBED)) == ["'none'"]


def test_a_stream_lets_in_its_own_sites_only(client, stream):
    allow(StreamFactory(slug="elsewhere"), "https://blog.example")
    assert ancestors(client.get(EMBED)) == ["'none'"]


def test_a_site_that_is_struck_off_is_out_at_once(client, stream):
    allow(stream, *SITES)
    assert ancestors(client.get(EMBED)) == SITES

    allow(stream, "https://blog.example")

    assert ancestors(client.get(EMBED)) == ["https://blog.example"]


@pytest.mark.parametrize("route", sorted(set(SITE) - {"s/<slug:slug>/embed/"}))
def test_no_other_page_may_be_framed(client, stream, route):
    allow(stream, *SITES)
    client.force_login(UserFactory())

    answer = client.get(path_of(route))

    assert ancestors(answer) == ["'none'"]
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/admin/", "/admin/desk/here/", "/s/nowhere/embed/"])
def test_neither_the_admin_nor_an_error_may_be_framed(client, stream, superuser, path):
    allow(stream, *SITES)
    client.force_login(superuser)

    answer = client.get(path)

    assert ancestors(answer) == ["'none'"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_rest_of_the_policy_stands_in_a_frame_too(client, stream):
    stream.playback_url = "https://cdn.example/x.m3u8"
    allow(stream, *SITES)

    policy = client.get(EMBED).headers["Content-Security-Policy"].split("; ")

    assert {"script-src 'self'", "style-src 'self'", "base-uri 'none'"} <= set(policy)
    assert "connect-src 'self' https:" in policy
    assert "unsafe" not in " ".join(policy)


# --- what stands in the frame -------------------------------------------------------------------


def test_the_frame_knows_nobody_whatever_cookies_come_along(client, stream):
    allow(stream, *SITES)
    stranger = client.get(EMBED)
    client.force_login(stream.broadcaster)

    answer = client.get(EMBED)

    assert answer.content == stranger.content
    boot = boot_of(answer)
    assert (boot["view"], boot["user"], boot["suspension"]) == ("embed", None, None)
    assert boot["csrf_token"] == ""
    assert answer.cookies == {}
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_frame_is_kept_by_no_cache(client, stream):
    """Else a site that is struck off could go on."""
    assert "no-store" in client.get(EMBED).headers["Cache-Control"]


def test_every_way_leads_out_of_the_frame(client, stream):
    answer = client.get(EMBED)
    boot = boot_of(answer)
    assert '<base target="_blank">' in answer.content.decode()
    assert (boot["watch_url"], boot["chat_url"]) == ("/s/here/", "/s/here/chat/")
    assert boot["sign_in_url"] == "/accounts/sign-in/?next=/s/here/"
    assert b"<form" not in answer.content


@pytest.mark.parametrize("rows", [1, 3])
def test_a_frame_costs_one_query_and_then_none(client, rows, django_assert_num_queries):
    row = StreamFactory.create_batch(rows, embed_sites=SITES)[0]
    client.force_login(UserFactory())

    with django_assert_num_queries(1):
        assert client.get(f"/s/{row.slug}/embed/").status_code == 200
    with django_assert_num_queries(0):
        assert client.get(f"/s/{row.slug}/embed/").status_code == 200


# --- who says which sites -----------------------------------------------------------------------


def admin_form(stream, sites):
    none = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
    return {
        "title": stream.title,
        "description": "",
        "broadcaster": stream.broadcaster_id,
        "playback_url": "",
        "embed_sites": sites,
        **{f"moderators-{name}": value for name, value in none.items()},
    }


def save(client, stream, sites):
    url = reverse("admin:streams_stream_change", args=[stream.pk])
    return client.post(url, admin_form(stream, sites))


def test_whoever_rules_the_stream_writes_one_site_a_line(broadcaster_desk, stream):
    url = reverse("admin:streams_stream_change", args=[stream.pk])

    answer = save(broadcaster_desk, stream, "https://Blog.example/\r\n\r\nhttps://*.news.example")

    assert answer.status_code == 302
    assert Stream.objects.get(pk=stream.pk).embed_sites == SITES
    assert "https://blog.example\nhttps://*.news.example</textarea>" in (
        broadcaster_desk.get(url).content.decode()
    )


def test_what_is_no_site_is_told_and_changes_nothing(broadcaster_desk, stream):
    answer = save(broadcaster_desk, stream, "https://blog.example\nhttp://evil.example")

    assert answer.status_code == 200
    [problem] = answer.context["adminform"].form.errors["embed_sites"]
    assert problem == "“http://evil.example” must begin with https://."
    assert Stream.objects.get(pk=stream.pk).embed_sites == []


def test_moderators_and_viewers_do_not_say_which_sites(client, stream):
    for user in (ModeratorFactory(stream=stream).user, UserFactory()):
        client.force_login(user)
        assert save(client, stream, "https://evil.example").status_code in (302, 403)
    assert Stream.objects.get(pk=stream.pk).embed_sites == []


def test_the_audit_says_who_let_which_sites_in(broadcaster_desk, stream):
    save(broadcaster_desk, stream, "\n".join(SITES))
    save(broadcaster_desk, stream, "\n".join(SITES))  # the same again is no change
    save(broadcaster_desk, stream, "")

    rows = list(AuditEntry.objects.order_by("id"))

    assert [(row.action, row.stream, row.actor) for row in rows] == [
        ("embedding.changed", stream, User.objects.get(pk=stream.broadcaster_id))
    ] * 2
    assert [row.event["via"] for row in rows] == ["admin"] * 2
    listed = ", ".join(SITES)
    assert [(done(row), before(row)) for row in rows] == [
        (f"The stream may be embedded by {listed}", "embedded by no other site"),
        ("The stream may be embedded by no other site", f"embedded by {listed}"),
    ]
