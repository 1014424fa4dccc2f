"""Decisions that were signed before replays had columns of their own get theirs from the text that was signed."""

from zoneinfo import ZoneInfo

from django.db import migrations

from cases.signed_facts import decided_columns


def keep(apps, schema_editor):
    decided_line, determination = apps.get_model("cases", "DecidedLine"), apps.get_model("cases", "Determination")
    of_old = determination.objects.filter(decided__isnull=True).select_related("line__case__plan").order_by("id")
    piece = []
    for signed in of_old.iterator(chunk_size=500):
        case = signed.line.case
        received = case.received_at.astimezone(ZoneInfo(case.plan.time_zone if case.plan else "America/New_York")).date()
        piece.append(
            decided_line(
                determination=signed,
                line=signed.line,
                code=signed.line.code,
                signed_at=signed.signed_at,
                signed_as=signed.signed_as,
                value=signed.value,
                **decided_columns(signed.snapshot, received),
            )
        )
        if len(piece) == 500:
            decided_line.objects.bulk_create(piece)
            piece = []
    decided_line.objects.bulk_create(piece)


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_decided_line")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
