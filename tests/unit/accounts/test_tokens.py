"""API tokens: what is kept, what is found, what is noted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livecomments.accounts.models import ApiToken, Scope
from livecomments.accounts.tokens import create_token, find_token, note_use, revoke_token
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_created_token_is_not_kept_as_it_is():
    token, text = create_token(UserFactory(), name="bot", scopes=[Scope.READ, "post"])

    assert text.startswith("lc_")
    assert token.prefix == text[:8]
    assert token.scopes == ["read", "post"]
    assert text not in [str(value) for value in ApiToken.objects.values_list().get()]


def test_find_token_knows_only_living_tokens():
    token, text = create_token(UserFactory(), name="bot", scopes=[Scope.READ])
    assert find_token(text) == token
    assert find_token(text + "x") is None

    assert revoke_token(token)
    assert find_token(text) is None


def test_revoke_token_is_true_once():
    token, _ = create_token(UserFactory(), name="bot", scopes=[Scope.READ])
    assert [revoke_token(token), revoke_token(token)] == [True, False]


def test_note_use_writes_at_most_once_a_minute(django_assert_num_queries):
    token, _ = create_token(UserFactory(), name="bot", scopes=[Scope.READ])
    note_use(token)
    token.refresh_from_db()
    first = token.last_used_at

    with django_assert_num_queries(0):
        note_use(token)

    token.last_used_at = timezone.now() - timedelta(minutes=2)
    token.save()
    note_use(token)
    token.refresh_from_db()
    assert token.last_used_at >= first


def test_unknown_scope_is_refused():
    with pytest.raises(ValueError, match="everything"):
        create_token(UserFactory(), name="bot", scopes=["everything"])
