"""All settings, from the environment and typed; docs/operations.md has the table. Unset, they are those of production, on SQLite."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

from authreview.logs import configure_structlog, logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY", default="for development alone, never in production" if DEBUG else "")
# Without a key Django signs nothing and wsgi.py does not start; commands that sign nothing, such as `policy check`, run.
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "authreview",
    "criteria",
    "cases",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "localflavor",
    "simple_history",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "authreview.logs.RequestLog",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "authreview.middleware.ReadableAddress",
    "authreview.middleware.IdleTimeout",
    "authreview.middleware.NotKept",
    "authreview.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "authreview.middleware.DomainErrors",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it answers what signing in raised
]

ROOT_URLCONF = "authreview.urls"
WSGI_APPLICATION = "authreview.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,  # template_partials puts its loader around these
        "OPTIONS": {
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"


# --- data


def _database() -> dict[str, Any]:
    config: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/db.sqlite3")
    if config["ENGINE"] != "django.db.backends.sqlite3":
        return config | {"CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60), "CONN_HEALTH_CHECKS": True}
    file = BASE_DIR / config["NAME"]  # an absolute name stays as it is
    file.parent.mkdir(parents=True, exist_ok=True)
    return config | {
        "NAME": file,
        "CONN_MAX_AGE": None,  # closing the last connection checkpoints the log: twice the time of every save
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",  # wait for the write lock at the start, not fail in the middle
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def _document_store() -> dict[str, Any]:
    """Where the bytes of documents and letters live: a folder, or a bucket whose credentials boto3 finds by itself."""
    bucket = env.str("S3_BUCKET", default="")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    options = {
        "bucket_name": bucket,
        "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
        "default_acl": None,
        "file_overwrite": False,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT: Path = BASE_DIR / env.str("MEDIA_ROOT", default="var/media")  # never served by its address: a view asks who is looking
STATIC_URL = "/static/"
STATIC_ROOT: Path = BASE_DIR / env.str("STATIC_ROOT", default="staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": _document_store(),
    "staticfiles": {
        "BACKEND": f"whitenoise.storage.{'CompressedStaticFilesStorage' if DEBUG else 'CompressedManifestStaticFilesStorage'}",
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DOCUMENT_MAX_BYTES: int = env.int("DOCUMENT_MAX_MB", default=25) * 1024 * 1024
DOCUMENT_MAX_PAGES: int = env.int("DOCUMENT_MAX_PAGES", default=1000)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # an intake with many lines, diagnoses and treatments

# "database" needs `manage.py db_worker`; "immediate" does the work within the request
TASKS_BACKEND: str = env.str("TASKS_BACKEND", default="immediate" if DEBUG else "database")
TASKS = {
    "default": {
        "BACKEND": {
            "database": "django_tasks_db.DatabaseBackend",
            "immediate": "django_tasks.backends.immediate.ImmediateBackend",
        }[TASKS_BACKEND]
    }
}


# --- people

AUTH_USER_MODEL = "authreview.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "authreview.backends.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"

SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
IDLE_TIMEOUT = timedelta(minutes=env.int("IDLE_TIMEOUT_MINUTES", default=30))  # then the session ends; what is on the screen stays
FRESH_SESSION = timedelta(minutes=env.int("FRESH_SESSION_MINUTES", default=240))  # a signature asks for the password if it is older
CSRF_FAILURE_VIEW = "authreview.views.csrf_failure"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "authreview.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "authreview.origin.client_address"


# --- what the browser may do, and over what

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's CSS holds its arrows and ticks as data
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT: bool = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside, over plain HTTP
SECURE_HSTS_SECONDS: int = env.int("SECURE_HSTS_SECONDS", default=0 if DEBUG else int(timedelta(days=365).total_seconds()))
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("COOKIES_SECURE", default=not DEBUG)
PROXY_COUNT: int = env.int("PROXY_COUNT", default=0)  # how many of ours stand before the server and add to X-Forwarded-For
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


# --- language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "authreview.formats"
TIME_ZONE: str = env.str("TIME_ZONE", default="America/New_York")
USE_TZ = True


# --- logs

LOGGING = logging_config(level=env.str("LOG_LEVEL", default="INFO"), readable=DEBUG)
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10  # the line at the end of a request says it all
configure_structlog(readable=DEBUG)
