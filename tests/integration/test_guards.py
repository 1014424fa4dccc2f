"""The guards of the tests guard: each lets the right thing pass and fails on the wrong one."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.template import Context, Origin, Template, engines
from django.utils import timezone

from authreview.models import AccessRecord, User
from tests.guards import reading_does_not_write


def template(text, name):
    return Template(text, origin=Origin(name), engine=engines["django"].engine)


def test_undefined_variable_in_our_own_template():
    ours = template("{{ case.reference }}", str(settings.BASE_DIR / "templates" / "case.html"))
    with pytest.raises(AssertionError, match=r"templates/case.html uses \{\{ case.reference \}\}"):
        ours.render(Context({}))


def test_undefined_variable_in_a_condition_is_allowed():
    ours = template("{% if case %}yes{% else %}no{% endif %}", str(settings.BASE_DIR / "templates" / "case.html"))
    assert ours.render(Context({})) == "no"


def test_undefined_variable_in_the_template_of_a_package_is_as_django_has_it():
    theirs = template("[{{ a }}{{ a|default:'x' }}]", "/lib/site-packages/django/contrib/admin/base.html")
    assert theirs.render(Context({})) == "[x]"


@pytest.mark.django_db
def test_reading_may_not_write(rf):
    person = User.objects.create_user("nurse")

    def rename(request):
        User.objects.filter(pk=person.pk).update(first_name="Ann")
        return HttpResponse()

    reading_does_not_write(rename)(rf.post("/"))
    with pytest.raises(AssertionError, match="a GET wrote"):
        reading_does_not_write(rename)(rf.get("/"))


@pytest.mark.django_db
def test_reading_may_note_who_looked(rf):
    def look(request):
        AccessRecord.objects.create(at=timezone.now(), user_id=1, kind="case", key="AR-1", origin="", outcome="shown")
        return HttpResponse(status=204)

    assert reading_does_not_write(look)(rf.get("/")).status_code == 204


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_flush_empties_what_nothing_else_may():
    record = AccessRecord.objects.create(at=timezone.now(), user_id=1, kind="case", key="AR-1", origin="", outcome="shown")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessRecord.objects.all().delete()
    call_command("flush", interactive=False, verbosity=0)
    assert AccessRecord.objects.count() == 0
    record.pk = None
    record.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessRecord.objects.update(key="AR-2")
