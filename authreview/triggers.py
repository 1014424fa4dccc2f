"""What the database itself refuses: rows that are append-only, and rows that are frozen once a condition holds. SQLite and PostgreSQL.

Installed after every migrate and idempotent, because SQLite drops a table's triggers when a migration rebuilds it.
"""

# ruff: noqa: SLF001, S608 - _meta is public; table and column names come from models, never from input

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Frozen:
    """Rows of `model` that may no longer change while `when` holds (SQL over OLD); `but` names the columns that still may.

    Those too stay as they are unless `but_only` holds (SQL over OLD and NEW).
    """

    model: type[models.Model]
    sentence: str
    when: str = "1 = 1"
    but: tuple[str, ...] = ()
    but_only: str = ""
    on_insert: str = ""  # SQL over NEW that refuses a new row


def append_only(model: type[models.Model]) -> Frozen:
    """Rows are written once: no update, no delete, no replace, no truncate."""
    return Frozen(model, f"{model._meta.db_table} is append-only")


def install(connection: BaseDatabaseWrapper, frozen: Iterable[Frozen]) -> None:
    """Create or renew the triggers of these tables; a table that is not there yet is passed over."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for rows in frozen:
            if rows.model._meta.db_table not in tables:
                continue
            for statement in _sqlite(rows) if connection.vendor == "sqlite" else _postgres(rows):
                cursor.execute(statement)


def _columns(rows: Frozen) -> tuple[list[str], list[str]]:
    """Columns that never change, and those that may."""
    fields = [field for field in rows.model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]
    never = [str(field.column) for field in fields if field.name not in rows.but]
    return never, [str(field.column) for field in fields if field.name in rows.but]


def _changed(rows: Frozen, differs: str) -> str:
    if not rows.but:
        return "1 = 1"
    never, sometimes = (" OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in columns) for columns in _columns(rows))
    return f"({never} OR (({sometimes}) AND NOT ({rows.but_only})))" if rows.but_only else f"({never})"


def _same_row(model: type[models.Model]) -> str:
    """SQL: a stored row (alias existing) that an INSERT OR REPLACE of NEW would overwrite."""
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    keys: list[Sequence[str]] = [[columns[field.name]] for field in model._meta.concrete_fields if field.unique]
    keys += [[columns[name] for name in constraint.fields] for constraint in model._meta.total_unique_constraints]
    return " OR ".join("(" + " AND ".join(f'existing."{c}" = NEW."{c}"' for c in key) + ")" for key in keys)


def _sqlite(rows: Frozen) -> list[str]:
    table = rows.model._meta.db_table
    refuse = f"BEGIN SELECT RAISE(ABORT, '{rows.sentence}'); END"
    when_existing = rows.when.replace("OLD.", "existing.")
    triggers = {
        "no_update": f"BEFORE UPDATE ON {table} WHEN ({rows.when}) AND {_changed(rows, 'IS NOT')}",
        "no_delete": f"BEFORE DELETE ON {table} WHEN {rows.when}",
        "no_replace": f"BEFORE INSERT ON {table} WHEN EXISTS "
        f"(SELECT 1 FROM {table} existing WHERE ({_same_row(rows.model)}) AND ({when_existing}))",
    }
    if rows.on_insert:
        triggers["no_insert"] = f"BEFORE INSERT ON {table} WHEN {rows.on_insert}"
    statements = []
    for name, body in triggers.items():
        statements.append(f"DROP TRIGGER IF EXISTS {table}_{name}")
        statements.append(f"CREATE TRIGGER {table}_{name} {body} {refuse}")
    return statements


def _postgres(rows: Frozen) -> list[str]:
    table = rows.model._meta.db_table
    raise_it = f"RAISE EXCEPTION '{rows.sentence}' USING ERRCODE = 'integrity_constraint_violation';"
    insert = f"IF TG_OP = 'INSERT' THEN IF {rows.on_insert} THEN {raise_it} END IF; RETURN NEW; END IF;" if rows.on_insert else ""
    function = f"""CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'TRUNCATE' THEN {raise_it} END IF;
        {insert}
        IF TG_OP = 'DELETE' THEN IF {rows.when} THEN {raise_it} END IF; RETURN OLD; END IF;
        IF ({rows.when}) AND {_changed(rows, "IS DISTINCT FROM")} THEN {raise_it} END IF;
        RETURN NEW; END $$"""
    events = "INSERT OR UPDATE OR DELETE" if rows.on_insert else "UPDATE OR DELETE"
    return [
        function,
        f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]
