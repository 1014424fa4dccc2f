"""Address of the page on which rule governs; below /policies/, without a slash at its end, which no slug's page shares."""

from django.urls import path

from .views_choosing import governing

urlpatterns = [path("governing", governing, name="governing")]
