"""Reports and appeals as tables in the admin: records for who may see them, changed by nobody."""

import pytest
from django.urls import reverse

from comments.review import tables
from comments.review.models import Appeal, Report
from tests.factories import ModeratorFactory, StreamFactory, UserFactory, open_room
from tests.reviewing import appealed, permitted, reported

pytestmark = pytest.mark.django_db
TABLES = [Report, Appeal]
assert tables


def table(model):
    return reverse(f"admin:comments_{model._meta.model_name}_changelist")


def made(model, stream):
    return reported(stream) if model is Report else appealed(stream)


def listed(client, user, model, **filters):
    """The rows that somebody is shown; None for somebody who is shown no table."""
    client.force_login(user)
    answer = client.get(table(model), filters, follow=True)
    return list(answer.context["cl"].result_list) if "cl" in (answer.context or {}) else None


@pytest.mark.parametrize("model", TABLES)
def test_who_sees_which_rows(client, stream, model):
    row = made(model, stream)
    other = StreamFactory()
    open_room(other)
    elsewhere = made(model, other)
    name = model._meta.model_name

    assert listed(client, stream.broadcaster, model) == [row]
    manager = ModeratorFactory(stream=stream, managing=True).user
    assert listed(client, manager, model) == [row]
    assert listed(client, permitted(f"view_{name}"), model) == [elsewhere, row]
    for user in (
        UserFactory(),
        UserFactory(is_staff=True),
        ModeratorFactory(stream=stream).user,
        permitted("view_hold"),
    ):
        assert listed(client, user, model) is None


@pytest.mark.parametrize("model", TABLES)
def test_nobody_changes_a_row_here(client, stream, model):
    row = made(model, stream)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    name = f"admin:comments_{model._meta.model_name}"
    for page in ("add", "change", "delete"):
        args = [] if page == "add" else [row.pk]
        assert client.post(reverse(f"{name}_{page}", args=args), {"post": "yes"}).status_code == 403
    assert model.objects.count() == 1


def test_reports_are_found_and_filtered(client, stream):
    admin = UserFactory(is_staff=True, is_superuser=True)
    first, second = reported(stream), reported(stream)
    Report.objects.filter(pk=second.pk).update(outcome="upheld")

    assert listed(client, admin, Report, outcome="upheld") == [second]
    assert listed(client, admin, Report, q=first.reporter.display_name) == [first]
    assert listed(client, admin, Report, q=str(second.pk)) == [second]
    assert listed(client, admin, Report, stream=str(stream.pk)) == [second, first]


@pytest.mark.parametrize("model", TABLES)
def test_tables_count_nothing(client, stream, model, django_assert_max_num_queries):
    made(model, stream)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    client.get(table(model))
    with django_assert_max_num_queries(6) as captured:
        client.get(table(model))
    assert not any("COUNT(" in query["sql"] for query in captured)


def test_the_sidebar_leads_to_the_queue_and_the_rules(client, stream):
    def shown(user):
        client.force_login(user)
        page = client.get("/admin/", follow=True).content.decode()
        return [name for name in ("review_queue", "rules") if f'href="{reverse(name)}"' in page]

    assert shown(stream.broadcaster) == ["review_queue", "rules"]
    assert shown(ModeratorFactory(stream=stream).user) == ["review_queue"]
    assert shown(UserFactory(is_staff=True)) == []
