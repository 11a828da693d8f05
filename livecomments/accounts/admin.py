"""People and API tokens in the admin. Sync, ORM."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from livecomments.errors import DomainError

from .domain import end_tickets
from .models import ApiToken, Scope, User
from .names import cleaned_name
from .tokens import create_token, revoke_token

if TYPE_CHECKING:  # generic only to the type checker
    TokenModelAdmin = admin.ModelAdmin[ApiToken]
    TokenModelForm = forms.ModelForm[ApiToken]
    UserModelForm = forms.ModelForm[User]
    UserModelAdmin = UserAdmin[User]
else:
    TokenModelAdmin = admin.ModelAdmin
    TokenModelForm = forms.ModelForm
    UserModelForm = forms.ModelForm
    UserModelAdmin = UserAdmin


@admin.register(User)
class PersonAdmin(UserModelAdmin):
    """Standing, names and rights. What somebody did in a room is ended from the room."""

    list_display = ("display_name", "username", "email", "standing", "is_active", "date_joined")
    list_filter = ("standing", "is_active", "is_staff", "is_superuser")
    search_fields = ("display_name", "username", "email")
    ordering = ("-id",)
    show_full_result_count = False
    readonly_fields = ("valid_after", "last_login", "date_joined")
    actions = ("end_tickets", "close_accounts")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("display_name", "email", "standing")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        ("Times", {"fields": ("valid_after", "last_login", "date_joined")}),
    )
    filter_horizontal = ("user_permissions",)

    def save_model(
        self, request: HttpRequest, obj: User, form: UserModelForm, change: bool
    ) -> None:
        """Stores the person; closing an account or taking rights away ends its tickets."""
        if "display_name" in form.changed_data:
            obj.display_name = cleaned_name(obj.display_name)
        super().save_model(request, obj, form, change)
        if change and {"is_active", "is_superuser", "password"} & set(form.changed_data):
            end_tickets_of(request, [obj])

    @admin.action(description="End open tickets (signs the person's sockets out)")
    def end_tickets(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Makes every ticket of these people invalid at once."""
        if end_tickets_of(request, list(queryset)):
            self.message_user(request, "Their tickets are over.", messages.SUCCESS)

    @admin.action(description="Close these accounts")
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Keeps these people from signing in, and ends what they have open."""
        people = [user for user in queryset if user.pk != request.user.pk]
        for user in people:
            user.is_active = False
            user.save(update_fields=["is_active"])
        if end_tickets_of(request, people):
            self.message_user(request, f"Closed {len(people)} accounts.", messages.SUCCESS)


def end_tickets_of(request: HttpRequest, people: list[User]) -> bool:
    """True when the tickets of all these people have ended; else says what stood in the way."""
    try:
        for user in people:
            end_tickets(user.pk)
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
class ApiTokenAdmin(TokenModelAdmin):
    """Makes tokens, which are shown once, and revokes them."""

    list_display = ("name", "prefix", "user", "scopes", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username", "user__display_name")
    raw_id_fields = ("user",)
    show_full_result_count = False
    form = TokenForm
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Lists and actions only: a token that can do something else is another token."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Never: a revoked token stays as the record of what it was."""
        return False

    def save_model(
        self, request: HttpRequest, obj: ApiToken, form: TokenModelForm, change: bool
    ) -> None:
        """Makes the token and shows its text this one time."""
        made, text = create_token(obj.user, name=obj.name, scopes=obj.scopes)
        obj.pk = made.pk
        obj.refresh_from_db()
        self.message_user(
            request, f"The token, shown only now: {text}", messages.WARNING, fail_silently=False
        )

    @admin.action(description="Revoke")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """Ends these tokens."""
        ended = sum(revoke_token(token) for token in queryset)
        self.message_user(request, f"Revoked {ended} tokens.", messages.SUCCESS)
