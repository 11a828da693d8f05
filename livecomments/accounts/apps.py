"""The accounts app. Sync."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "livecomments.accounts"
    label = "accounts"
