"""The app of people and their access."""

from django.apps import AppConfig


class AuthReviewConfig(AppConfig):
    name = "authreview"
    verbose_name = "People"
