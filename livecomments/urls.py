"""Every address of the site. Sync. The WebSocket's is in `livecomments.asgi`."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView

from comments import urls as comments_urls
from comments.review import api_urls as review_api
from livecomments import health
from livecomments.accounts.throttle import by_address, by_name, limited
from livecomments.accounts.views import ending_tickets, sign_out
from reactions import urls as reactions_urls
from streams import desk
from streams import urls as streams_urls

admin_login = limited("sign_in", (by_address, "30/m"), (by_name, "10/5m"))(admin.site.login)
admin_password_change = ending_tickets(admin.site.admin_view(admin.site.password_change))

urlpatterns = [
    path("", include(streams_urls.pages)),
    path("accounts/", include("livecomments.accounts.urls")),
    path("accounts/", include("comments.account.urls")),
    path("admin/login/", admin_login),
    # The admin's own would leave the person's sockets open.
    path("admin/logout/", sign_out),
    path("admin/password_change/", admin_password_change),
    path("appeals/", include("comments.review.appeal_urls")),
    path("admin/desk/<slug:slug>/", desk.desk, name="desk"),
    path("admin/review/", include("comments.review.urls")),
    path("admin/rules/", include("comments.rules.urls")),
    path("admin/", admin.site.urls),
    path(
        "api/v1/",
        include([*streams_urls.api, *comments_urls.api, *reactions_urls.api, *review_api.api]),
    ),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("language/", set_language, name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "livecomments.pages.bad_request"
handler403 = "livecomments.pages.forbidden"
handler404 = "livecomments.pages.not_found"
handler500 = "livecomments.pages.server_error"
