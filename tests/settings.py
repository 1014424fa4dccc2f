"""The product's settings as the tests see them: a file as SQLite's test database, work done at once, what is forbidden refused."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["DEBUG"] = "off"  # whatever the shell or an .env file says
os.environ.setdefault("SECRET_KEY", "for the tests alone, and long enough to satisfy the check of deployments")
os.environ.setdefault("LOG_LEVEL", "CRITICAL")
os.environ.setdefault("TASKS_BACKEND", "immediate")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the thread of the test

from authreview.settings import *
from authreview.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE, STORAGES

_scratch = Path(tempfile.mkdtemp(prefix="authreview-tests-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # a file: the threads of a live server would share the one connection of a database in memory, and lock each other out
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
MEDIA_ROOT = _scratch / "media"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # signing in is tested, not the price of a hash
AXES_ENABLED = False

INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
# the lock: each action of a request takes it for itself, and letters that go out together are issued one by one
ZEAL_ALLOWLIST = [{"model": "cases.Case", "field": "get()"}, {"model": "cases.Letter", "field": "get()"}]
MIDDLEWARE = ["tests.guards.reading_does_not_write", "zeal.middleware.zeal_middleware", *MIDDLEWARE]
