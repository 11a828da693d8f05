"""What ends with a role ends again at the commit: until then others still read the old one."""

import pytest
from django.db import transaction

from streams import editing
from streams.models import Moderator
from tests.factories import ModeratorFactory, StreamFactory, UserFactory, open_room
from tests.integration.test_accounts import revoked_users

pytestmark = pytest.mark.django_db


def test_a_removed_moderator_is_revoked_again_at_the_commit(django_capture_on_commit_callbacks):
    moderator = ModeratorFactory()
    open_room(moderator.stream)
    user_id = moderator.user_id

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        editing.remove_moderator(moderator)
        assert list(revoked_users()).count(user_id) == 1

    assert list(revoked_users()).count(user_id) == 2
    assert not Moderator.objects.exists()


def test_a_former_broadcaster_is_revoked_again_at_the_commit(django_capture_on_commit_callbacks):
    stream = StreamFactory()
    open_room(stream)
    former = stream.broadcaster_id
    stream.broadcaster = UserFactory()

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        editing.edit_stream(stream)

    assert list(revoked_users()).count(former) == 2
