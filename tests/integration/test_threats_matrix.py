"""Who may do what: every address of the site, with every method, as every kind of person.

The addresses come from the resolver: one that is new, and not in the table, fails the first test.
"""

import itertools
import json

import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.test import Client
from django.urls import URLResolver, get_resolver

from livecomments import tickets
from livecomments.accounts.models import Scope
from livecomments.accounts.tokens import create_token, revoke_token
from livecomments.protocol import Role, SanctionKind
from streams import domain
from streams.payloads import identity_of, room_of
from tests.factories import (
    CommentFactory,
    ModeratorFactory,
    StreamFactory,
    UserFactory,
)
from tests.integration.adminrows import row_of

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PERSONS = {
    "anonymous",
    "viewer",
    "author",
    "banned",
    "moderator",
    "moderator elsewhere",
    "broadcaster",
    "broadcaster elsewhere",
    "staff",
    "superuser",
}
TOKENS = {
    "token to read": (Scope.READ,),
    "token to post": (Scope.POST,),
    "token to react": (Scope.REACT,),
    "token to moderate": (Scope.MODERATE,),
    "token to post and react": (Scope.POST, Scope.REACT),
    "token for all": tuple(Scope),
}
# A token that speaks for nobody any more is worse than none: not even reading is open to it.
EVERYBODY = PERSONS | TOKENS.keys() | {"revoked token"}
WITH_SESSION = PERSONS - {"anonymous"}
STAFF_HERE = {"moderator", "broadcaster", "superuser", "token to moderate"}
READERS = PERSONS | {"token to read", "token for all"}

# Everything but the admin: address → method → who is answered with 2xx. Nobody is where a method
# is not named.
SITE = {
    "": {"GET": EVERYBODY},
    "streams/live/": {"GET": EVERYBODY},
    "streams/scheduled/": {"GET": EVERYBODY},
    "streams/past/": {"GET": EVERYBODY},
    "s/<slug:slug>/": {"GET": EVERYBODY},
    "s/<slug:slug>/chat/": {"GET": EVERYBODY},
    "s/<slug:slug>/embed/": {"GET": EVERYBODY},
    "accounts/": {"GET": WITH_SESSION},  # a name that was taken leads back to the page
    "accounts/comments/": {"GET": WITH_SESSION},
    "accounts/comments/withdraw/": {},  # leads back to the page
    "accounts/sign-up/": {
        "GET": EVERYBODY - WITH_SESSION,
        "POST": EVERYBODY - WITH_SESSION,
    },
    "accounts/sign-in/": {
        "GET": EVERYBODY - WITH_SESSION,
        "POST": EVERYBODY - WITH_SESSION,
        "PUT": EVERYBODY - WITH_SESSION,
    },
    "accounts/sign-out/": {},  # leads away from itself
    "accounts/password/": {"GET": WITH_SESSION, "POST": WITH_SESSION, "PUT": WITH_SESSION},
    "accounts/password-reset/": {"GET": EVERYBODY, "POST": EVERYBODY, "PUT": EVERYBODY},
    "accounts/password-reset/done/": {"GET": EVERYBODY},
    # Says that the link does not hold.
    "accounts/password-reset/<uidb64>/<token>/": dict.fromkeys(METHODS, EVERYBODY),
    "accounts/password-reset/complete/": {"GET": EVERYBODY},
    "api/v1/streams/": {"GET": READERS},
    "api/v1/streams/<slug:slug>/": {"GET": READERS},
    "api/v1/streams/<slug:slug>/ticket/": {
        "POST": WITH_SESSION | {"token to post and react", "token for all"},
    },
    "api/v1/streams/<slug:slug>/comments/": {
        "GET": READERS,
        "POST": WITH_SESSION - {"banned"}
        | {"token to post", "token to post and react", "token for all"},
    },
    "api/v1/streams/<slug:slug>/reactions/": {
        "GET": READERS,
        "POST": WITH_SESSION - {"banned"}
        | {"token to react", "token to post and react", "token for all"},
    },
    "appeals/": {"GET": WITH_SESSION},
    # To file one: nobody here has anything to appeal against.
    "api/v1/appeals/": {"GET": WITH_SESSION | {"token to read", "token for all"}},
    "api/v1/streams/<slug:slug>/actions/": {"POST": STAFF_HERE},
    "api/v1/streams/<slug:slug>/sanctions/": {"GET": STAFF_HERE},
    "api/v1/streams/<slug:slug>/reports/": {"GET": STAFF_HERE},
    "api/schema/": {"GET": EVERYBODY - {"revoked token"}},
    "language/": {},  # leads away from itself
    "healthz": {"GET": EVERYBODY},
    "readyz": {"GET": EVERYBODY},
}
BODIES = {
    "comments": {"text": "hello"},
    "reactions": {"kind": "like"},
    "actions": {"action": {"type": "set_modes", "closed": False}},
}
WORDS = {
    "<slug:slug>": "here",
    "<uidb64>": "MQ",
    "<token>": "set-password",
    "<path:object_id>": "1",
    "<id>": "1",
    "<int:content_type_id>": "1",
    "<path:object_id_>": "1",
}
# The admin's addresses that do not belong to one model, as Django and `livecomments.urls` have
# them. Those who may see the admin at all may see the first four.
ADMIN_COMMON = {
    "admin/",
    "admin/password_change/",
    "admin/password_change/done/",
    "admin/jsi18n/",
    "admin/login/",
    "admin/logout/",
    "admin/autocomplete/",
    "admin/people/<int:user_id>/",  # who may: tests/integration/test_admin_rights.py
    "admin/search/",  # nobody
    # who may: tests/integration/test_review.py, test_rules_pages.py, test_desk.py
    "admin/desk/<slug:slug>/",
    "admin/review/",
    "admin/review/all/",
    "admin/review/undo/",
    "admin/review/<str:kind>/<int:number>/",
    "admin/review/<str:kind>/<int:number>/claim/",
    "admin/rules/",
    "admin/rules/<slug:slug>/",
    "admin/rules/<slug:slug>/load/",
    "admin/rules/<slug:slug>/export/",
    "admin/rules/<slug:slug>/versions/",
    "admin/rules/<slug:slug>/versions/<int:number>/",
    "admin/r/<path:content_type_id>/<path:object_id>/",
    "admin/(?P<app_label>)",
    "admin/(?P<url>)",
}
ADMIN_PAGES = (
    "",
    "add/",
    "<path:object_id>/history/",
    "<path:object_id>/delete/",
    "<path:object_id>/change/",
    "<path:object_id>/",
)


# --- the table ----------------------------------------------------------------------------------


def addresses(resolver=None, prefix=""):
    """Every address that the resolver knows, as it is written in the files of addresses."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        else:
            yield route


def admin_models():
    """The addresses that each model registered in the admin has."""
    for model in admin.site._registry:
        for page in ADMIN_PAGES:
            yield f"admin/{model._meta.app_label}/{model._meta.model_name}/{page}"


def is_common(route):
    return route in ADMIN_COMMON or route.startswith(("admin/^(?P<app_label>", "admin/(?P<url>"))


def test_every_address_is_in_the_table():
    routes = set(addresses())
    mine = {route for route in routes if not route.startswith("admin/")}
    desk = {route for route in routes - mine if not is_common(route)}
    assert mine == set(SITE)
    assert desk - set(admin_models()) == {"admin/accounts/user/<id>/password/"}
    assert set(admin_models()) <= desk


# --- the people ---------------------------------------------------------------------------------


@pytest.fixture
def people(stream):
    """Everybody of the table but the tokens; None for nobody."""
    banned = UserFactory()
    async_to_sync(domain.sanction_user)(
        room_of(stream),
        actor=identity_of(stream.broadcaster, stream, role=Role.BROADCASTER),
        user_id=banned.pk,
        kind=SanctionKind.BAN,
        seconds=None,
    )
    return {
        "anonymous": None,
        "viewer": UserFactory(),
        "author": CommentFactory(stream=stream).author,
        "banned": banned,
        "moderator": ModeratorFactory(stream=stream).user,
        "moderator elsewhere": ModeratorFactory().user,
        "broadcaster": stream.broadcaster,
        "broadcaster elsewhere": StreamFactory().broadcaster,
        "staff": UserFactory(is_staff=True),
        "superuser": UserFactory(is_staff=True, is_superuser=True),
    }


def visitors(people):
    """Each kind of visitor with what they send along: name, client, headers."""
    for name, user in people.items():
        client = Client()
        if user is not None:
            client.force_login(user)
        yield name, client, {}
    for name, scopes in TOKENS.items():
        # Of moderators: what a token may not do is not for want of rights.
        owner = people["moderator"] if name == "token to moderate" else UserFactory()
        _, text = create_token(owner, name=name, scopes=scopes)
        yield name, Client(), {"Authorization": f"Bearer {text}"}
    token, text = create_token(UserFactory(), name="revoked", scopes=list(Scope))
    revoke_token(token)
    yield "revoked token", Client(), {"Authorization": f"Bearer {text}"}


def path_of(route):
    for word, value in WORDS.items():
        route = route.replace(word, value)
    return f"/{route}"


# --- the site -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", SITE)
def test_nobody_gets_more_than_the_table_says(route, stream, people, settings):
    settings.RATELIMIT_ENABLE = False  # all of them come from one address
    body = next((body for part, body in BODIES.items() if part in route), {})
    # Pages know no tokens, so they answer a revoked one like any stranger.
    answered = {method: set() for method in METHODS}
    asked = list(visitors(people))
    for method, (name, client, headers) in itertools.product(METHODS, asked):
        answer = client.generic(
            method, path_of(route), json.dumps(body), "application/json", headers=headers
        )
        assert answer.status_code < 500, (name, method, answer.content)
        if answer.status_code < 300:
            answered[method].add(name)
    assert answered == {method: set(SITE[route].get(method, ())) for method in METHODS}


TICKET_ROLES = {
    "viewer": Role.VIEWER,
    "author": Role.VIEWER,
    "banned": Role.VIEWER,
    "moderator": Role.MODERATOR,
    "moderator elsewhere": Role.VIEWER,
    "broadcaster": Role.BROADCASTER,
    "broadcaster elsewhere": Role.VIEWER,
    "staff": Role.VIEWER,
    "superuser": Role.ADMIN,
    "token to post and react": Role.VIEWER,
    "token for all": Role.VIEWER,
}


def test_ticket_gives_everybody_their_role_here_and_no_other(stream, people):
    roles = {}
    for name, client, headers in visitors(people):
        answer = client.post("/api/v1/streams/here/ticket/", headers=headers)
        if answer.status_code == 200:
            roles[name] = tickets.read(answer.json()["ticket"]).identity.role
    assert roles == TICKET_ROLES


@pytest.mark.parametrize("role", ["moderator", "broadcaster", "superuser"])
def test_token_has_its_owners_role_only_with_the_scope(stream, people, role):
    def role_of(*scopes):
        _, text = create_token(people[role], name="bot", scopes=scopes)
        answer = Client().post(
            "/api/v1/streams/here/ticket/", headers={"Authorization": f"Bearer {text}"}
        )
        return tickets.read(answer.json()["ticket"]).identity.role

    assert role_of(Scope.POST, Scope.REACT) is Role.VIEWER
    assert role_of(*Scope) is TICKET_ROLES[role]


# --- the admin ----------------------------------------------------------------------------------


# They come in, for their desk and queue, and find none of these pages. What those who rule a stream
# may see of it: tests/integration/test_admin_rights.py.
COMES_IN = {"staff", "moderator", "moderator elsewhere"}
RULES_A_STREAM = {"broadcaster", "broadcaster elsewhere"}


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)
def test_admin_shows_and_takes_nothing_without_permission(model, stream, people):
    prefix = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    key = str(row_of(model, stream).pk)
    without = {"superuser"} | RULES_A_STREAM
    asked = [visitor for visitor in visitors(people) if visitor[0] not in without]
    for page, (name, client, headers), method in itertools.product(
        ADMIN_PAGES, asked, ("GET", "POST")
    ):
        path = prefix + page.replace("<path:object_id>", key)
        answer = client.generic(method, path, headers=headers)
        outcome = (answer.status_code, answer.headers.get("Location", "").partition("?")[0])
        if name not in COMES_IN:
            assert outcome == (302, "/admin/login/"), (name, method, page)
        elif page == "<path:object_id>/":
            assert outcome == (302, f"{path}change/"), method  # where it has moved
        else:
            assert outcome == (403, ""), (method, page)
    superuser = Client()
    superuser.force_login(people["superuser"])
    assert superuser.get(prefix).status_code == 200  # there is something to be kept from
