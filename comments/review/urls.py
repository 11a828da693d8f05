"""Addresses of the review queue, under `admin/review/`. Sync."""

from django.contrib import admin
from django.urls import path

from . import views

urlpatterns = [
    path("", admin.site.admin_view(views.queue), name="review_queue"),
    path("all/", admin.site.admin_view(views.bulk), name="review_bulk"),
    path("undo/", admin.site.admin_view(views.undo), name="review_undo"),
    path("<str:kind>/<int:number>/", admin.site.admin_view(views.item), name="review_item"),
    path("<str:kind>/<int:number>/claim/", admin.site.admin_view(views.claim), name="review_claim"),
]
