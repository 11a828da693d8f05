"""People and API tokens in the admin. Sync, ORM.

Whoever may change people here must not become more than they are by it: rights, superusers and
other people's tokens are for superusers alone.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from livecomments.adminsite.lists import AppendOnly, DeskModelAdmin, KeysetModelAdmin
from livecomments.adminsite.search import id_in, people_called
from livecomments.adminsite.widgets import styled
from livecomments.errors import DomainError

from .domain import end_tickets_of
from .forms import GivenPasswordForm, PersonForm, SignUpForm
from .models import ApiToken, Scope, Suspension, User, UserNote
from .tokens import create_token, revoke_token

if TYPE_CHECKING:  # generic only to the type checker
    TokenModelForm = forms.ModelForm[ApiToken]
    UserModelForm = forms.ModelForm[User]
    UserModelAdmin = UserAdmin[User]
else:
    TokenModelForm = UserModelForm = forms.ModelForm

    class UserModelAdmin(KeysetModelAdmin, UserAdmin):
        """Django's pages of people in a list that never counts."""


RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
# What a ticket says of a person, and what it rests on: where it changes, the ticket is over.
IN_TICKETS = frozenset({"display_name", "standing", "is_active", "is_superuser"})


# What groups may do is decided by a release (accounts/migrations); whoever could change a group
# they are in could give themselves any right.
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(UserModelAdmin):
    """Standing, names and rights. What somebody did in a room is ended from the room."""

    list_display = ("display_name", "username", "email", "standing", "is_active", "date_joined")
    list_filter = ("standing", "is_active", "is_staff", "is_superuser")
    search_fields = ("display_name",)
    search_help_text = "The whole name, in any capitals, or the number."
    ordering = ("-pk",)
    readonly_fields = ("valid_after", "last_login", "date_joined")
    actions = ("end_tickets", "close_accounts")
    form = styled(PersonForm)
    add_form = styled(SignUpForm)
    change_password_form = styled(GivenPasswordForm)
    change_form_outer_before_template = "adminsite/person_link.html"
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("display_name", "email", "standing", "standing_by_hand")}),
        ("Rights", {"fields": ("is_active", *RIGHTS)}),
        ("Times", {"fields": ("valid_after", "last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("display_name", "email", "password1", "password2")}),)
    filter_horizontal = ("groups", "user_permissions")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """The person with this number, or this name."""
        if not search_term.strip():
            return queryset, False
        number = id_in(search_term)
        found = [number] if number is not None else people_called(search_term)
        return queryset.filter(pk__in=found), False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Also the rights, for whoever could give themselves more of them."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if _is_superuser(request) else (*fields, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Superusers are changed by superusers alone, their passwords included."""
        if obj is not None and obj.is_superuser and not _is_superuser(request):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Never: what they said and did points at them. Accounts are closed."""
        return False

    def save_model(
        self, request: HttpRequest, obj: User, form: UserModelForm, change: bool
    ) -> None:
        """Stores the person; what their tickets say and is no longer so ends them. Raises `busy`
        and changes nothing."""
        super().save_model(request, obj, form, change)
        if change and IN_TICKETS & set(form.changed_data):
            end_tickets_of([obj.pk])

    @admin.action(
        description="End open tickets (signs the person's sockets out)", permissions=["change"]
    )
    def end_tickets(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Makes every ticket of these people invalid at once."""
        if _ended(request, list(queryset)):
            self.message_user(request, "Their tickets are over.", messages.SUCCESS)

    @admin.action(description="Close these accounts", permissions=["change"])
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Keeps these people from signing in, and ends what they have open."""
        people = [
            user
            for user in queryset
            if user.pk != request.user.pk and self.has_change_permission(request, user)
        ]
        for user in people:
            user.is_active = False
            user.save(update_fields=["is_active"])
        if _ended(request, people):
            self.message_user(request, f"Closed {len(people)} accounts.", messages.SUCCESS)


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _ended(request: HttpRequest, people: list[User]) -> bool:
    """True when the tickets of all these people have ended; else says what stood in the way."""
    try:
        end_tickets_of([user.pk for user in people])
    except DomainError as error:
        messages.error(request, f"Tickets were not ended: {error.message}")
        return False
    return True


class TokenForm(TokenModelForm):
    """What a new token is for and may do."""

    scopes = forms.MultipleChoiceField(choices=Scope.choices, initial=[Scope.READ])

    class Meta:
        model = ApiToken
        fields = ("user", "name", "scopes")


@admin.register(ApiToken)
class ApiTokenAdmin(DeskModelAdmin):
    """Makes tokens, which are shown once, and revokes them."""

    list_display = ("name", "prefix", "user", "scopes", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username", "user__display_name")
    raw_id_fields = ("user",)
    show_full_result_count = False
    form = styled(TokenForm)
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Lists and actions only: a token that can do something else is another token."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Never: a revoked token stays as the record of what it was."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """Also the owner, where it can only be oneself: a token speaks for its owner."""
        return () if _is_superuser(request) or obj is not None else ("user",)

    def save_model(
        self, request: HttpRequest, obj: ApiToken, form: TokenModelForm, change: bool
    ) -> None:
        """Makes the token and shows its text this one time."""
        assert isinstance(request.user, User)
        owner = obj.user if _is_superuser(request) else request.user
        made, text = create_token(owner, name=obj.name, scopes=obj.scopes)
        obj.pk = made.pk
        obj.refresh_from_db()
        self.message_user(
            request, f"The token, shown only now: {text}", messages.WARNING, fail_silently=False
        )

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """Ends these tokens, and the sockets that they opened."""
        try:
            ended = sum(revoke_token(token) for token in queryset)
        except DomainError as error:
            messages.error(request, f"Not every token was revoked: {error.message}")
        else:
            self.message_user(request, f"Revoked {ended} tokens.", messages.SUCCESS)


@admin.register(Suspension)
class SuspensionAdmin(AppendOnly):
    """Whom the house keeps out. They are placed and lifted on a person's page."""

    list_display = ("user", "until", "reason", "placed_by", "placed_at", "lifted_by", "lifted_at")
    list_display_links = None
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "placed_by", "lifted_by")


@admin.register(UserNote)
class UserNoteAdmin(AppendOnly):
    """What moderators noted about people. They are written on a person's page."""

    list_display = ("user", "text", "written_by", "written_at")
    list_display_links = None
    list_select_related = ("user", "written_by")
