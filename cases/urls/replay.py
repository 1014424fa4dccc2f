"""Addresses of replays: asking for one, and looking at one."""

from django.urls import path

from cases.views import replay

urlpatterns = [
    path("policies/<slug:slug>/replay/<path:version>", replay.policy_replay, name="policy-replay"),
    path("replays/<int:number>/", replay.replay_run, name="replay-run"),
]
