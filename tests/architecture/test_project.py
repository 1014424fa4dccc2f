"""The project as a whole: migrations are written, production is clean, dependencies have reasons, generated files are fresh."""

import os
import re
import subprocess
import sys
import tomllib

import pytest
from django.core.management import call_command

from tests.architecture.sources import ROOT


def python(*arguments, **environment):
    """Exit status and output of a process that knows nothing of the tests' settings."""
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-W", "error::UserWarning", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.django_db
def test_migrations_are_written():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_production_is_clean(tmp_path):
    settings = {
        "SECRET_KEY": "k" * 30 + "0123456789abcdefghijklmnop",
        "ALLOWED_HOSTS": "review.example",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db",
    }
    code, said = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **settings)
    assert (code, said) == (0, "System check identified no issues (0 silenced).\n")


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_a_server_without_a_key_does_not_start(server, tmp_path):
    code, said = python("-c", f"import authreview.{server}", SECRET_KEY="", DATABASE_URL=f"sqlite:///{tmp_path}/db")
    assert code == 1
    assert "The SECRET_KEY setting must not be empty." in said


def test_static_files_name_only_files_that_are_there(settings, tmp_path):
    """Production's storage without its compression, which takes 20 s and finds nothing."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage", "OPTIONS": {"location": tmp_path / "static"}}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "static/staticfiles.json").exists()


def test_states_diagram_is_fresh():
    call_command("states_diagram", check=True)


def test_each_dependency_has_its_reason():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start, end = lines.index("dependencies = ["), lines.index("[tool.ruff]")
    named = [line for line in lines[start:end] if re.search(r'"[a-z][\w.\[\]-]*([<>=!~].*)?"', line)]
    assert [line for line in named if "#" not in line] == []


@pytest.mark.parametrize("lock", [path.name for path in sorted(ROOT.glob("requirements*.lock"))])
def test_locks_name_no_host(lock):
    assert re.findall(r"https?://\S+|^--.*", (ROOT / lock).read_text(), re.MULTILINE) == []


def test_locks_agree_and_hold_every_dependency():
    def pins(name):
        return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    base = pins("requirements.lock")
    assert base.items() <= pins("requirements-dev.lock").items()
    assert base.items() <= pins("requirements-production.lock").items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {re.split(r"[\[<>=!~ ]", each)[0].lower().replace(".", "-") for each in project["project"]["dependencies"]}
    assert wanted - {name.replace(".", "-") for name in base} == set()


def test_operations_page_names_each_setting():
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "authreview/settings.py").read_text()))
    table = [line for line in (ROOT / "authreview/docs/operations.md").read_text().splitlines() if line.startswith("| `")]
    told = {name for line in table for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert read == told
