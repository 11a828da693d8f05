"""Actions of the admin by those who may only look: nothing is changed, and nothing is logged."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.factories import UserFactory, log_of
from tests.integration.adminrows import row_of
from tests.integration.test_accounts import revoked_users

pytestmark = pytest.mark.django_db


def view_permissions():
    return Permission.objects.filter(codename__startswith="view_")


ACTIONS = [
    (model, action) for model, desk in admin.site._registry.items() for action in desk.actions or ()
]


@pytest.mark.parametrize(
    ("model", "action"), ACTIONS, ids=lambda part: getattr(part, "__name__", part)
)
def test_who_may_only_look_cannot_act(model, action, stream, client):
    existing = row_of(model, stream)
    before = model.objects.filter(pk=existing.pk).values().get()
    looker = UserFactory(is_staff=True)
    looker.user_permissions.set(view_permissions())
    client.force_login(looker)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert client.get(url).status_code == 200

    client.post(url, {"action": action, "_selected_action": [existing.pk]}, follow=True)

    assert log_of(stream) == []
    assert revoked_users() == []
    assert model.objects.filter(pk=existing.pk).values().get() == before
    desk = admin.site._registry[model]
    assert getattr(desk, action).allowed_permissions == ["change"]
