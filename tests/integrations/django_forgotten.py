"""The URLs of a project that forgot something: only its own process can import them."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("auth/", include("scute_django.urls"))]
