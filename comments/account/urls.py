"""Addresses of the pages of one's own account, under `accounts/`. Sync."""

from django.urls import path

from . import said, views

urlpatterns = [
    path("", views.account, name="account"),
    path("comments/", said.own_comments, name="own_comments"),
    path("comments/withdraw/", said.withdraw, name="withdraw_comment"),
]
