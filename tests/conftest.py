"""What every test may lean on: a frozen clock, a database that can be emptied, one browser. Cases come from factories.py."""

import os
import shutil
from datetime import datetime
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from django.conf import settings
from django.db.backends.base.operations import BaseDatabaseOperations
from django.template import engines

from tests.guards import UndefinedVariable

NEW_YORK = ZoneInfo("America/New_York")
# a landing tries the same examples every time, anybody's own run looks further; neither fails because the machine was busy
busy = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("own", busy)
hypothesis.settings.register_profile("ci", busy, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "own")

TODAY = datetime(2026, 3, 10, 10, 0, tzinfo=NEW_YORK)  # a Tuesday with no holiday near


@pytest.fixture
def frozen(time_machine):
    """The clock stands at TODAY; `frozen.move_to(...)` and `frozen.shift(seconds or timedelta)` move it."""
    time_machine.move_to(TODAY, tick=False)
    return time_machine


@pytest.fixture(autouse=True)
def undefined_variables_are_errors():
    """For each test anew: a test that changes DEBUG makes Django build its template engines again."""
    engines["django"].engine.string_if_invalid = UndefinedVariable("undefined")


@pytest.fixture(scope="session", autouse=True)
def flush_past_append_only():
    """The flush that ends a transactional test may pass the triggers; nothing else may."""
    original = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self, sql_list):
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "sqlite":
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                triggers = cursor.fetchall()
                for name, _ in triggers:
                    cursor.execute(f'DROP TRIGGER "{name}"')
                cursor.execute("PRAGMA foreign_keys = OFF")  # every table is emptied; looking for what refers to each row takes long
                try:
                    original(self, sql_list)
                finally:
                    cursor.execute("PRAGMA foreign_keys = ON")
                for _, sql in triggers:
                    cursor.execute(sql)
            else:  # the tests alone are superuser
                cursor.execute("SET session_replication_role = replica")
                try:
                    original(self, sql_list)
                finally:
                    cursor.execute("SET session_replication_role = DEFAULT")

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush
    yield
    BaseDatabaseOperations.execute_sql_flush = original


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium. Without its sandbox, which containers and root do not have: it opens no page but ours."""
    found = (shutil.which(name) for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))
    chromium = next(filter(None, found), None)
    assert chromium, "Chromium is missing: run script/setup dev"
    return {**browser_type_launch_args, "executable_path": chromium, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, "locale": "en-US", "timezone_id": "America/New_York"}


@pytest.fixture(scope="session")
def base_url(live_server):
    """A test that asks for `page` gets the server with it, and a database that is emptied afterwards: page.goto("/sign-in/")."""
    return live_server.url


def pytest_collection_modifyitems(config, items):
    """Tests in browser/ and benchmarks/ carry their mark by where they stand; those of the other database are left out.

    On several cores what takes longest comes first, so that no core waits at the end for the last journey.
    """
    vendor = "sqlite" if "sqlite" in settings.DATABASES["default"]["ENGINE"] else "postgresql"
    for item in items:
        for folder, mark in (("browser", pytest.mark.browser), ("benchmarks", pytest.mark.benchmark)):
            if folder in item.path.parts[:-1]:
                item.add_marker(mark)
    elsewhere = [item for item in items if any(vendor not in mark.args for mark in item.iter_markers("only_on"))]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (item.path.name != "test_demo.py", "browser" not in item.path.parts))
