"""API tokens: what is kept, what is found, what is noted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livecomments.accounts.models import ApiToken, Scope, User
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


def test_a_token_is_found_with_all_that_is_kept_of_it_and_its_owner(django_assert_num_queries):
    made, text = create_token(UserFactory(), name="bot", scopes=[Scope.READ, Scope.POST])
    note_use(made)

    with django_assert_num_queries(1):
        token = find_token(text)
        owner = token.user

    assert fields_of(token) == fields_of(ApiToken.objects.get())
    assert fields_of(owner) == fields_of(User.objects.get(pk=made.user_id))
    assert not token._state.adding


def test_a_token_of_somebody_who_may_not_sign_in_is_not_found():
    user = UserFactory()
    _, text = create_token(user, name="bot", scopes=[Scope.READ])
    user.is_active = False
    user.save()
    assert find_token(text) is None


def fields_of(row):
    return {field.name: field.value_from_object(row) for field in row._meta.concrete_fields}
