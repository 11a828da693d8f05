"""Django's admin with a site of our own: `admin.site` everywhere is it. Sync."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "livecomments.adminsite.site.DeskSite"
