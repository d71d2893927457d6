"""No URLs: each test brings its own (`override_settings(ROOT_URLCONF=...)`)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
