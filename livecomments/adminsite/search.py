"""Searching by what an index finds: an id, or the whole name of a person. Sync, ORM."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

ID_LENGTH = 19  # no id is longer than a bigint
NAMESAKES = 20  # names are unique but for old ones; more would be no search


def id_in(term: str) -> int | None:
    """The number that a search names."""
    text = term.strip()
    return int(text) if text.isdecimal() and len(text) <= ID_LENGTH else None


def people_called(term: str) -> list[int]:
    """The ids of the people with this name in any capitals."""
    name = term.strip()
    people: QuerySet[Any] = get_user_model()._default_manager.all()
    # Upper, as the index on the display name has it.
    alike = Q(display_name__iexact=name) | Q(username=name.casefold())
    return list(people.filter(alike).order_by().values_list("pk", flat=True)[:NAMESAKES])


def rows_of(rows: QuerySet[Any], term: str, *, people: str, also: str = "pk") -> QuerySet[Any]:
    """The rows with this id in `also`, or of the people of this name in the field `people`."""
    number = id_in(term)
    if number is not None:
        found = rows.filter(**{also: number})
        return found if also != "pk" or found.exists() else rows.filter(**{people: number})
    ids = people_called(term)
    if len(ids) == 1:  # a plain comparison, for which the planner chooses the index of people
        return rows.filter(**{people: ids[0]})
    return rows.filter(**{f"{people}__in": ids})
