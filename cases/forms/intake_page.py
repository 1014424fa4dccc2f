"""The whole intake form: fields, rows, and what must agree between them. Becomes IntakeData."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.intake_data import DiagnosisData, IntakeData
from cases.intake_problems import DIAGNOSIS_CODE, DIAGNOSIS_TWICE, is_far_off
from cases.queries import intake as queries

from .intake import IntakeForm
from .intake_rows import DiagnosisRows, LineRows, TreatmentRows
from .typed import as_data, rows_of, text_of, texts_of

NOT_IN_ICD = "ICD-10-CM has no such code that can be billed."


class IntakeForms:
    """`typed` as forms/typed.py keeps it. Without `judge` everything is shown as typed and nothing is found wrong."""

    def __init__(self, typed: Mapping[str, Any], *, judge: bool, entered_at: datetime | None = None) -> None:
        data, kwargs = as_data(typed), {"judge": judge}
        self.typed, self.judge = typed, judge
        self.entered_at = entered_at or timezone.now()
        self.main = IntakeForm(data, entered_at=self.entered_at, judge=judge)
        self.diagnoses = DiagnosisRows(data, prefix="diagnoses", form_kwargs=kwargs)
        self.lines = LineRows(data, prefix="lines", form_kwargs=kwargs)
        self.treatments = TreatmentRows(data, prefix="treatments", form_kwargs=kwargs)

    def is_valid(self) -> bool:
        """Judges everything, so that all that is wrong is said at once."""
        parts = [self.main.is_valid(), self.diagnoses.is_valid(), self.lines.is_valid(), self.treatments.is_valid()]
        self._check_member()
        self._check_diagnoses()
        self._check_lines()
        return all(parts) and not any(form.errors for form in [self.main, *self.diagnoses.forms, *self.lines.forms])

    def data(self) -> IntakeData:
        """Of a valid form."""
        value = self.main.cleaned_data
        names = ("review_type", "urgency", "urgency_by_practitioner", "channel", "state", "received_at", "received_reason", "onset")
        return IntakeData(
            **{name: value[name] for name in names},
            plan=value["plan"].code,
            member=self.main.member(),
            requester=self.main.requester(),
            facility=self.main.facility(),
            diagnoses=tuple(self._diagnosis(form.asked()) for form in self._filled(self.diagnoses)),
            lines=tuple(form.asked(self._codes) for form in self._filled(self.lines)),
            treatments=tuple(form.asked() for form in self._filled(self.treatments)),
        )

    def focus(self, name: str) -> None:
        """Where the writing goes on: a field's name as it is sent."""
        for form in [self.main, *self.diagnoses.forms, *self.lines.forms, *self.treatments.forms]:
            for each in form.fields:
                if form.add_prefix(each) == name:
                    form.fields[each].widget.attrs["autofocus"] = True

    def asked(self) -> queries.Asked:
        """What is known so far of who asks for what, for finding a request that this one repeats."""
        lines = tuple(
            (code, _day(self.typed, f"lines-{index}-first_service"), _day(self.typed, f"lines-{index}-last_service"))
            for index in range(rows_of(self.typed, "lines"))
            if (code := text_of(self.typed, f"lines-{index}-code").upper())
        )
        return queries.Asked(text_of(self.typed, "plan"), text_of(self.typed, "member_id"), lines, self.received()[0] or self.entered_at)

    def received(self) -> tuple[datetime | None, str]:
        """The earlier time of receipt with its reason, where both are typed and can be read."""
        try:
            at = self.main.fields["received_at"].clean(text_of(self.typed, "received_at"))
        except ValidationError:
            return None, ""
        reason = text_of(self.typed, "received_reason")[:200]
        return (at, reason) if at and reason and not is_far_off(at.date(), self.entered_at.date()) else (None, "")

    # ---- what must agree ------------------------------------------------------------------------------------------------------
    def _check_member(self) -> None:
        value = self.main.cleaned_data
        if not (value.get("plan") and value.get("member_id") and value.get("birth_date")):
            return
        on_file = queries.member_on_file(value["plan"].code, value["member_id"].strip())
        if on_file is not None and on_file.birth_date != value["birth_date"]:
            self.main.add_error("birth_date", f"{on_file.plan.name} has this member number for somebody born on another day.")

    def _check_diagnoses(self) -> None:
        seen: set[str] = set()
        for form in self._filled(self.diagnoses):
            code = form.cleaned_data.get("code")
            if code in seen:
                form.add_error("code", DIAGNOSIS_TWICE)
            elif code and self._titles is not None and code not in self._titles:
                form.add_error("code", NOT_IN_ICD)
            seen.add(code)

    def _check_lines(self) -> None:
        for form in self._filled(self.lines):
            if "diagnoses" in form.cleaned_data:
                try:
                    form.diagnosis_codes(self._codes)
                except ValidationError as wrong:
                    form.add_error("diagnoses", wrong)

    @property
    def _codes(self) -> list[str]:
        return [form.cleaned_data["code"] for form in self._filled(self.diagnoses) if form.cleaned_data.get("code")]

    @cached_property
    def _titles(self) -> dict[str, str] | None:
        """Titles of the codes typed; None where no code set is loaded."""
        codes = [form.cleaned_data["code"] for form in self._filled(self.diagnoses) if form.cleaned_data.get("code")]
        found = queries.diagnosis_texts(codes)
        return found if found or queries.has_diagnosis_codes() else None

    def _diagnosis(self, row: DiagnosisData) -> DiagnosisData:
        title = row.text or (self._titles or {}).get(row.code, "") or row.code
        return DiagnosisData(code=row.code, text=title[:200], certainty=row.certainty)

    def _filled(self, rows: Any) -> list[Any]:
        return [form for form in rows.forms if form.has_changed() or not form.empty_permitted]


def diagnosis_codes_typed(typed: Mapping[str, Any]) -> list[str]:
    """Codes among what is typed as diagnoses."""
    return [code for code in texts_of(typed, "diagnoses", "code") if DIAGNOSIS_CODE.fullmatch(code)]


def _day(typed: Mapping[str, Any], name: str) -> date | None:
    try:
        return date.fromisoformat(text_of(typed, name))
    except ValueError:
        return None
