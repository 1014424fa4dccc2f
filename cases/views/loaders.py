"""From an address to loaded things, within what this person may see. 404 where there is nothing, 403 with its sentence where there is."""

from django.http import Http404, HttpRequest

from authreview.models import User
from cases import permissions
from cases.models import Case, ServiceLine
from cases.queries.recorded import CaseRecord, case_record, case_with_people


class UserRequest(HttpRequest):
    """A request past LoginRequiredMiddleware: its user is one of ours."""

    user: User


def load_case(request: UserRequest, reference: str) -> Case:
    """The case with the people it names. Raises Denied or Http404."""
    permissions.check_read(request.user)
    case = case_with_people(reference)
    if case is None:
        raise Http404(f"There is no case {reference}.")
    return case


def load_record(request: UserRequest, reference: str) -> CaseRecord:
    """The case with everything it records. Raises Denied or Http404."""
    return case_record(load_case(request, reference))


def load_line(record: CaseRecord, number: int) -> ServiceLine:
    """Raises Http404."""
    for line in record.lines:
        if line.number == number:
            return line
    raise Http404(f"{record.case.reference} has no line {number}.")
