"""The rules of a room: who may change them, how they are tried, kept, and compared."""

import json

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from comments.review.models import RuleVersion
from comments.rules.differing import NOT_READ, differences
from comments.rules.forms import GROUPS, RulesForm, initial_of
from comments.spam.rules import DEFAULTS, Pattern, Rules, Word, dump
from tests.factories import (
    CommentFactory,
    ModeratorFactory,
    StreamFactory,
    UserFactory,
    log_of,
    open_room,
)
from tests.reviewing import archived, last, permitted, said
from tests.ruling import RULES, change, form_of, present, url

pytestmark = pytest.mark.django_db


# --- who may -------------------------------------------------------------------------------------


def test_who_may_open_the_pages(client, stream):
    change(stream, RULES)
    archived(stream)
    managing = ModeratorFactory(stream=stream, managing=True).user
    allowed = {
        "broadcaster": stream.broadcaster,
        "managing moderator": managing,
        "permitted": permitted("add_ruleversion"),
        "superuser": UserFactory(is_staff=True, is_superuser=True),
    }
    refused = {
        "viewer": UserFactory(),
        "moderator": ModeratorFactory(stream=stream).user,
        "manager elsewhere": ModeratorFactory(managing=True).user,
        "broadcaster elsewhere": StreamFactory().broadcaster,
        "staff": UserFactory(is_staff=True),
        "looks only": permitted("view_ruleversion", "change_hold"),
    }
    pages = [
        ("get", url("rules_edit", stream)),
        ("post", url("rules_edit", stream)),
        ("post", url("rules_load", stream)),
        ("get", url("rules_export", stream)),
        ("get", url("rules_versions", stream)),
        ("get", url("rules_version", stream, 1)),
        ("post", url("rules_version", stream, 1)),
    ]
    before = len(log_of(stream))

    for name, user in refused.items():
        client.force_login(user)
        for method, page in pages:
            answer = getattr(client, method)(page, form_of(DEFAULTS, 1) | {"save": "1"})
            assert answer.status_code in (302, 403), (name, page)
            assert answer.status_code == 403 or "/login/" in answer.url, (name, page)
    assert len(log_of(stream)) == before
    for name, user in allowed.items():
        client.force_login(user)
        for method, page in pages:
            answer = getattr(client, method)(page)
            assert answer.status_code == (
                302 if page == pages[-1][1] and method == "post" else 200
            ), (
                name,
                page,
            )
    assert len(log_of(stream)) == before + len(allowed)  # each let version 1 hold again


def test_the_list_of_streams_is_ones_own(client, stream):
    other = StreamFactory()
    ModeratorFactory(stream=other, user=stream.broadcaster)

    def listed(user):
        client.force_login(user)
        answer = client.get(reverse("rules"))
        return [row.pk for row in answer.context["streams"]] if answer.status_code == 200 else None

    assert listed(stream.broadcaster) == [stream.pk]
    assert listed(permitted("add_ruleversion")) == [other.pk, stream.pk]
    assert listed(ModeratorFactory(stream=stream).user) is None


def test_a_stream_that_is_not_there(broadcaster_desk):
    assert broadcaster_desk.get("/admin/rules/none/").status_code == 404


# --- the form ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", [DEFAULTS, RULES])
def test_the_form_gives_back_the_rules_it_shows(rules):
    form = RulesForm(form_of(rules, 3))
    assert form.is_valid(), form.errors
    assert form.rules == rules
    assert form.cleaned_data["version"] == 3


def test_every_setting_stands_on_the_page():
    named = [name for _, names in GROUPS for name in names]
    assert sorted([*named, "version"]) == sorted(RulesForm.base_fields)


def test_lines_without_an_action_are_held():
    form = RulesForm(form_of(DEFAULTS, words="\r\n casino \r\nbad|block", patterns="a|b\nx | flag"))
    assert form.is_valid(), form.errors
    assert form.rules.words == (Word("casino", "hold"), Word("bad", "block"))
    assert form.rules.patterns == (Pattern("a|b", "hold"), Pattern("x", "flag"))


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("words", "ok\ncasino | explode", "Words, line 2: 'explode' is none of mask, hold, block."),
        ("words", "casino | flag", "Words, line 1: 'flag' is none of mask, hold, block."),
        ("words", "x", "x"),
        ("patterns", "( | hold", "("),
        ("hosts", "no host", "A host looks like example.org; 'no host' does not."),
        ("report_threshold", "1001", "The report threshold is from 0 to 1000."),
    ],
)
def test_what_is_wrong_is_said(broadcaster_desk, stream, field, text, told):
    answer = broadcaster_desk.post(
        url("rules_edit", stream), form_of(DEFAULTS, **{field: text}, save="1")
    )

    assert answer.status_code == 200
    form = answer.context["form"]
    shown = form.non_field_errors() or form.errors[field]
    assert told in shown[0]
    assert ("Words, line" in told) == (not form.non_field_errors())  # beside its list
    assert "Nothing is saved yet" in answer.content.decode()
    assert answer.context["form"][field].value() == text  # nothing that was typed is lost
    assert log_of(stream) == []


def test_saving_makes_a_version(broadcaster_desk, stream):
    answer = broadcaster_desk.post(
        url("rules_edit", stream), form_of(RULES, note="spammers", save="1"), follow=True
    )

    assert said(answer) == ["Saved as version 1. These are the rules from now on."]
    assert last(stream)[1].by == stream.broadcaster_id
    assert present(stream) == (1, RULES)


def test_a_form_that_is_too_old_is_not_saved_and_not_lost(broadcaster_desk, stream):
    change(stream, RULES)

    answer = broadcaster_desk.post(
        url("rules_edit", stream), form_of(DEFAULTS, 0, words="mine", save="1")
    )

    assert "Somebody else has changed the rules" in answer.content.decode()
    assert answer.context["form"]["words"].value() == "mine"
    assert present(stream) == (1, RULES)


def test_the_page_says_nothing_of_other_peoples_html(broadcaster_desk, stream):
    change(stream, Rules(words=(Word("<script>alert(1)</script>", "hold"),)))
    archived(stream)
    for page in (url("rules_edit", stream), url("rules_version", stream, 1)):
        assert b"<script>alert" not in broadcaster_desk.get(page).content


# --- trying --------------------------------------------------------------------------------------


def test_trying_shows_what_would_have_been_found_and_saves_nothing(broadcaster_desk, stream):
    CommentFactory(stream=stream, text="come to the casino")
    CommentFactory(stream=stream, text="hello there")
    CommentFactory(text="casino elsewhere")

    answer = broadcaster_desk.post(
        url("rules_edit", stream), form_of(DEFAULTS, **{"words": "casino | block", "try": "1"})
    )

    tried = answer.context["tried"]
    assert (tried.comments, tried.found) == (2, 1)
    assert [example.text for example in tried.outcomes[0].examples] == ["come to the casino"]
    page = answer.content.decode()
    assert "come to the casino" in page
    assert "<strong>Refuse: word list</strong> – 1 comment<" in page
    assert answer.context["form"]["words"].value() == "casino | block"
    assert log_of(stream) == []


def test_trying_is_limited(broadcaster_desk, stream):
    answers = [
        broadcaster_desk.post(
            url("rules_edit", stream), form_of(DEFAULTS, **{"try": "1"})
        ).status_code
        for _ in range(11)
    ]
    assert answers == [200] * 10 + [429]


# --- versions ------------------------------------------------------------------------------------


def test_versions_are_listed_and_compared(broadcaster_desk, stream):
    change(stream, RULES, note="first")
    change(stream, msgspec.structs.replace(RULES, copies="block"), note="second")
    archived(stream)

    listed = broadcaster_desk.get(url("rules_versions", stream))
    second = broadcaster_desk.get(url("rules_version", stream, 2))

    rows = [(row.version, row.note) for row in listed.context["versions"]]
    assert rows == [(2, "second"), (1, "first")]
    assert listed.context["present"] == 2
    told = [("One text by many people", ["Wait for a moderator"], ["Refuse"])]
    assert second.context["changes"] == told
    assert (second.context["is_present"], second.context["now"]) == (True, [])
    first = broadcaster_desk.get(url("rules_version", stream, 1))
    assert first.context["now"] == [("One text by many people", ["Refuse"], told[0][1])]
    assert broadcaster_desk.get(url("rules_version", stream, 3)).status_code == 404


def test_the_first_version_is_compared_with_the_defaults():
    changed = {name: (gone, come) for name, gone, come in differences(None, dump(RULES))}
    assert changed["Words"] == ([], ["casino* | block", "a | b | mask"])
    assert changed["Allowed hosts"] == ([], ["example.org"])
    assert changed["Links from people who are new"] == (["Wait for a moderator"], ["Refuse"])
    assert changed["Reports that hide a comment"] == (["5"], ["9"])
    assert differences(None, dump(DEFAULTS)) == []
    assert differences('{"old": 1}', '{"old": 1}') == []  # of a release that had other rules
    assert differences('{"old": 1}', dump(DEFAULTS)) == [(NOT_READ, [], [])]


def test_an_old_version_holds_again_as_a_new_one(broadcaster_desk, stream):
    change(stream, RULES)
    change(stream, DEFAULTS)
    archived(stream)

    answer = broadcaster_desk.post(url("rules_version", stream, 1), follow=True)

    assert said(answer) == ["The rules are those of version 1 again, saved as version 3."]
    assert present(stream) == (3, RULES)
    assert last(stream)[1].note == "Version 1 again."


def test_versions_of_another_stream_are_not_shown(broadcaster_desk, stream):
    other = StreamFactory(partition=stream.partition)
    open_room(other)
    change(other, RULES)
    archived(other)
    assert RuleVersion.objects.count() == 1
    assert broadcaster_desk.get(url("rules_version", stream, 1)).status_code == 404


# --- files ---------------------------------------------------------------------------------------


def test_an_export_can_be_loaded_elsewhere(broadcaster_desk, stream):
    change(stream, RULES)
    exported = broadcaster_desk.get(url("rules_export", stream))
    assert exported.headers["Content-Disposition"].endswith(f'"rules-{stream.slug}-1.json"')
    change(stream, DEFAULTS)

    file = SimpleUploadedFile("rules.json", exported.content)
    answer = broadcaster_desk.post(url("rules_load", stream), {"file": file})

    shown = answer.context["form"].initial
    assert shown == initial_of(RULES, version=2)
    assert present(stream) == (2, DEFAULTS)  # until it is saved


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"copies": "explode"}', b'{"what": 1}', b"\xff", b"{" * 2**20]
)
def test_a_file_that_is_none_is_told(broadcaster_desk, stream, content):
    file = SimpleUploadedFile("rules.json", content)
    answer = broadcaster_desk.post(url("rules_load", stream), {"file": file})
    assert answer.status_code == 200
    assert answer.context["importing"].errors["file"]
    assert answer.context["form"].initial["copies"] == DEFAULTS.copies


def test_a_file_that_was_not_loaded_is_told_at_the_top(broadcaster_desk, stream):
    file = SimpleUploadedFile("rules.json", b"[]")
    page = broadcaster_desk.post(url("rules_load", stream), {"file": file}).content.decode()
    assert 0 < page.index("The file was not loaded.") < page.index("<fieldset")


def test_a_file_with_a_byte_order_mark_is_read(broadcaster_desk, stream):
    file = SimpleUploadedFile("rules.json", b"\xef\xbb\xbf" + dump(RULES).encode())
    answer = broadcaster_desk.post(url("rules_load", stream), {"file": file})
    assert answer.context["form"].initial == initial_of(RULES, version=0)


@pytest.mark.parametrize("term", ["two\nlines", "two\u2028lines", "end\r"])
@pytest.mark.parametrize("kind", ["words", "patterns"])
def test_an_entry_of_two_lines_would_become_two_and_is_refused(
    broadcaster_desk, stream, kind, term
):
    line = Word(term, "block") if kind == "words" else Pattern(term, "block")
    rules = msgspec.json.encode(msgspec.structs.replace(DEFAULTS, **{kind: (line,)}))
    file = SimpleUploadedFile("rules.json", rules)
    answer = broadcaster_desk.post(url("rules_load", stream), {"file": file})
    assert "each entry is one line" in str(answer.context["importing"].errors["file"])


def test_the_defaults_can_be_loaded(broadcaster_desk, stream):
    change(stream, RULES)
    answer = broadcaster_desk.post(url("rules_load", stream), {"defaults": "1"})
    assert answer.context["form"].initial == initial_of(DEFAULTS, version=1)


def test_an_export_is_plain_json(broadcaster_desk, stream):
    exported = json.loads(broadcaster_desk.get(url("rules_export", stream)).content)
    assert exported == json.loads(msgspec.json.encode(DEFAULTS))
