"""The admin's site: who may enter, its sidebar, and pages that belong to no table. Sync, ORM.

`admin.site` is this one, so apps register as in any project.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path

from . import navigation
from .forms import DeskSignInForm
from .rights import may_enter

if TYPE_CHECKING:  # unfold carries no types
    UnfoldAdminSite = AdminSite
else:
    from unfold.sites import UnfoldAdminSite

View = Callable[..., HttpResponseBase]
May = Callable[[HttpRequest], bool]


class DeskSite(UnfoldAdminSite):
    site_title = site_header = "Live comments"
    index_title = "Overview"
    index_template = "adminsite/index.html"
    login_form = DeskSignInForm
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.login_form = DeskSignInForm
        self._pages: list[tuple[str, View, str]] = []

    def has_permission(self, request: HttpRequest) -> bool:
        """True for staff, and for whoever looks after a stream. Each page asks for more."""
        return may_enter(request.user)

    def add_page(self, route: str, view: View, *, name: str, may: May) -> None:
        """Gives the site a page of its own at `admin:<name>`, for those for whom `may` is true."""

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(request):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        self._pages.append((route, guarded, name))

    def search(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Nothing: unfold's search over all tables would look through texts that have no index."""
        raise Http404

    def get_urls(self) -> list[Any]:
        """The pages of tables, and the others before them."""
        own = [path(route, self.admin_view(view), name=name) for route, view, name in self._pages]
        return [*own, *super().get_urls()]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """What this person may open, in groups."""
        return navigation.sidebar(self, request)
