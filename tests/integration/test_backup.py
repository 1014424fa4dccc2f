"""Backup and restore as docs/operations.md has them: what comes back is whole, and as append-only as it was."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from authreview.models import AccessRecord

OPERATIONS = (settings.BASE_DIR / "authreview/docs/operations.md").read_text()
TABLE = AccessRecord._meta.db_table


@pytest.fixture
def one_record(transactional_db):
    AccessRecord.objects.create(at=timezone.now(), user_id=7, kind="case", key="AR-1", origin="", outcome="shown")


@pytest.mark.only_on("sqlite")
def test_sqlite_copy_taken_while_running(one_record, tmp_path):
    assert "VACUUM INTO" in OPERATIONS
    copy = tmp_path / "backup.sqlite3"
    with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as running:
        running.execute("VACUUM INTO ?", [str(copy)])
    with closing(sqlite3.connect(copy)) as restored:
        assert restored.execute(f"SELECT user_id, key FROM {TABLE}").fetchall() == [(7, "AR-1")]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            restored.execute(f"DELETE FROM {TABLE}")


@pytest.mark.postgres
@pytest.mark.only_on("postgresql")
def test_postgres_dump_and_restore(one_record, tmp_path):
    assert "pg_dump --format=custom" in OPERATIONS
    name, where = connection.settings_dict["NAME"], connection.get_connection_params()
    reach = {key: where[key] for key in ("host", "port", "user", "password") if where.get(key)}
    url = psycopg.conninfo.make_conninfo(dbname=name, **reach)
    elsewhere = psycopg.conninfo.make_conninfo(dbname=f"{name}_restored", **reach)
    dump = Path(tmp_path / "authreview.dump")
    subprocess.run(["pg_dump", "--format=custom", f"--file={dump}", url], check=True)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}_restored"')
        server.execute(f'CREATE DATABASE "{name}_restored"')
        subprocess.run(["pg_restore", "--no-owner", f"--dbname={elsewhere}", dump], check=True)
        with psycopg.connect(elsewhere) as restored:
            assert restored.execute(f"SELECT user_id, key FROM {TABLE}").fetchall() == [(7, "AR-1")]
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
                restored.execute(f"DELETE FROM {TABLE}")
        server.execute(f'DROP DATABASE "{name}_restored"')
