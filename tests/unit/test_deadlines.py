"""The clock: every vector of the timing table, time zones, and what no log can do to a deadline."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.deadlines import (
    SEED_RULES,
    AppealRight,
    DueWords,
    Entry,
    Rule,
    appeal_until,
    choose_rule,
    deadline,
    due_words,
    extension_refused,
)
from cases.enums import ReviewKind, Urgency
from criteria.enums import LineOfBusiness

NEW_YORK = ZoneInfo("America/New_York")
INDIANA = ZoneInfo("America/Indiana/Indianapolis")
SOMETIME = datetime(2026, 3, 3, 9, tzinfo=UTC)


def at(text, zone=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def seed(line_of_business, on, review="preservice", urgency="standard", state=""):
    rule = choose_rule(SEED_RULES, line_of_business, state, review, urgency, date.fromisoformat(on))
    assert rule is not None
    return rule


def row(amount, unit, *, state="", urgency="standard", since="2020-01-01", until=None, **more):
    until = date.fromisoformat(until) if until else None
    return Rule("medicaid", state, "preservice", urgency, date.fromisoformat(since), until, amount, unit, **more)


def due(rule, *entries, zone=UTC, now=SOMETIME):
    return deadline(rule, entries, zone, now).decide_by


def received(text, zone=UTC):
    return Entry("received", at(text, zone))


# ---- the vectors ----------------------------------------------------------------------------------------------------------------
def test_medicare_advantage_standard_says_its_arithmetic():
    found = deadline(seed("medicare_advantage", "2026-03-02"), [received("2026-03-02 16:30")], UTC, SOMETIME)
    assert found.decide_by == found.notify_by == at("2026-03-09 16:30")
    assert (found.stopped, found.ended_at) == (False, None)
    assert found.words == (
        "received Mon 2 Mar 2026 16:30; 7 calendar days, counted as 168 hours, the earlier reading; "
        "due Mon 9 Mar 2026 16:30 (42 CFR 422.568(b)(1))"
    )


@pytest.mark.parametrize(
    ("line_of_business", "review", "urgency", "receipt", "expected"),
    [
        ("medicare_advantage", "preservice", "standard", "2025-12-30 10:00", "2026-01-13 10:00"),
        ("medicare_advantage", "preservice", "standard", "2026-01-01 00:00", "2026-01-08 00:00"),
        ("medicare_advantage", "preservice", "expedited", "2026-03-02 16:30", "2026-03-05 16:30"),
        ("medicaid", "preservice", "standard", "2026-03-02 16:30", "2026-03-09 16:30"),
        ("medicaid", "preservice", "expedited", "2026-03-02 16:30", "2026-03-05 16:30"),
        ("erisa_self_funded", "preservice", "standard", "2026-03-02 08:00", "2026-03-17 08:00"),
        ("commercial", "preservice", "standard", "2026-03-02 16:30", "2026-03-17 16:30"),
        ("marketplace", "preservice", "expedited", "2026-03-02 16:30", "2026-03-05 16:30"),
        ("commercial", "concurrent", "expedited", "2026-03-02 16:30", "2026-03-03 16:30"),
        ("commercial", "postservice", "standard", "2026-03-02 09:05", "2026-04-01 09:05"),
        ("erisa_self_funded", "postservice", "expedited", "2026-03-02 09:05", "2026-04-01 09:05"),
    ],
)
def test_seeded_rules(line_of_business, review, urgency, receipt, expected):
    assert due(seed(line_of_business, receipt[:10], review, urgency), received(receipt)) == at(expected)


def test_medicare_advantage_extension_adds_14_days_to_the_7():
    rule = seed("medicare_advantage", "2026-03-02")
    found = deadline(rule, [received("2026-03-02 16:30"), Entry("extended", at("2026-03-06 12:00"), None, "member_asked")], UTC, SOMETIME)
    assert found.decide_by == at("2026-03-23 16:30")
    assert "extended on Fri 6 Mar 2026 by up to 14 days, the member asked" in found.words


def test_an_extension_to_a_named_date_holds_that_date_and_never_more():
    rule = seed("medicare_advantage", "2026-03-02")
    for named, expected in (("2026-03-16 12:00", "2026-03-16 12:00"), ("2026-05-01 12:00", "2026-03-23 16:30")):
        entry = Entry("extended", at("2026-03-06 12:00"), at(named), "member_asked")
        assert due(rule, received("2026-03-02 16:30"), entry) == at(expected)


def test_records_of_a_contracted_provider_are_no_reason_under_medicare_advantage():
    rule = seed("medicare_advantage", "2026-03-02")
    assert extension_refused(rule, "contracted_provider_records") == (
        "Not a reason that allows more time here. Allowed: the member asked; records of a provider without a contract; "
        "exceptional circumstances, in the member's interest (42 CFR 422.568(b)(1))."
    )
    assert extension_refused(rule, "outside_records") == ""
    found = deadline(
        rule, [received("2026-03-02 16:30"), Entry("extended", at("2026-03-06 12:00"), None, "contracted_provider_records")], UTC, SOMETIME
    )
    assert found.decide_by == at("2026-03-09 16:30")
    assert "an extension was recorded that this rule does not allow: not counted" in found.words


def test_an_extension_told_after_the_clock_ran_out_is_not_counted():
    rule = seed("medicare_advantage", "2026-03-02")
    assert due(rule, received("2026-03-02 16:30"), Entry("extended", at("2026-03-09 16:31"), None, "member_asked")) == at(
        "2026-03-09 16:30"
    )


def test_only_one_extension():
    rule = seed("medicare_advantage", "2026-03-02")
    again = Entry("extended", at("2026-03-06 12:00"), None, "member_asked")
    assert due(rule, received("2026-03-02 16:30"), again, replace(again, at=at("2026-03-20 12:00"))) == at("2026-03-23 16:30")


def test_medicaid_by_rating_period_and_a_stricter_state():
    old = row(14, "calendar_days", until="2026-06-30")
    new = row(7, "calendar_days", since="2026-07-01")
    state = row(5, "calendar_days", state="OH")
    lax = row(21, "calendar_days", state="KY")
    same = row(14, "calendar_days", state="WV")

    def chosen(state_code, on):
        return choose_rule([old, new, state, lax, same], "medicaid", state_code, "preservice", "standard", date.fromisoformat(on))

    assert chosen("", "2026-06-30") is old
    assert due(old, received("2026-06-30 10:00")) == at("2026-07-14 10:00")
    assert chosen("", "2026-07-01") is new
    assert chosen("OH", "2026-06-30") is state
    assert chosen("KY", "2026-06-30") is old
    assert chosen("WV", "2026-06-30") is old
    assert chosen("", "2019-12-31") is None


def test_of_two_rows_in_force_the_later_holds_even_if_it_gives_more_time():
    first, later = row(7, "calendar_days"), row(9, "calendar_days", since="2026-02-01")
    assert choose_rule([later, first], "medicaid", "", "preservice", "standard", date(2026, 3, 2)) is later
    assert choose_rule([later, first], "medicaid", "", "preservice", "standard", date(2026, 1, 31)) is first


def test_ncqa_seven_days():
    rule = row(7, "calendar_days", since="2026-07-01")
    assert due(rule, received("2026-08-03 10:00")) == at("2026-08-10 10:00")


def test_indiana_does_not_count_weekends_and_holidays():
    standard, urgent = row(48, "business_hours", state="IN"), row(24, "business_hours", state="IN")
    friday = received("2026-03-06 09:00", INDIANA)  # the clocks change on the Sunday between
    assert due(standard, friday, zone=INDIANA) == at("2026-03-10 09:00", INDIANA)
    assert due(urgent, friday, zone=INDIANA) == at("2026-03-09 09:00", INDIANA)
    assert due(urgent, received("2026-03-07 15:00", INDIANA), zone=INDIANA) == at("2026-03-10 00:00", INDIANA)
    # Memorial Day
    assert due(urgent, received("2026-05-22 09:00", INDIANA), zone=INDIANA) == at("2026-05-26 09:00", INDIANA)


def test_business_days():
    rule = row(5, "business_days")
    found = deadline(rule, [received("2026-06-30 16:00")], UTC, SOMETIME)  # 3 July: Independence Day, kept on the Friday
    assert found.decide_by == at("2026-07-08 16:00")
    assert "5 business days, counted as 120 hours, the earlier reading" in found.words
    # from a Sunday the end of the first business day comes before 24 business hours are over
    found = deadline(row(1, "business_days"), [received("2026-03-01 12:00")], UTC, SOMETIME)
    assert found.decide_by == at("2026-03-02 23:59")
    assert "1 business day, to the end of the day, the earlier reading" in found.words


def test_a_holiday_kept_in_the_year_before():
    assert due(row(1, "business_days"), received("2021-12-30 10:00")) == at("2022-01-03 10:00")


# ---- ERISA: the clock stops for information --------------------------------------------------------------------------------------
ERISA = seed("erisa_self_funded", "2026-03-02")
ERISA_URGENT = seed("erisa_self_funded", "2026-03-02", urgency="expedited")


def test_erisa_extension_beyond_the_plans_control():
    asked = Entry("extended", at("2026-03-17 08:00"), None, "beyond_control")
    assert due(ERISA, received("2026-03-02 08:00"), asked) == at("2026-04-01 08:00")
    assert due(ERISA, received("2026-03-02 08:00"), replace(asked, at=at("2026-03-17 08:01"))) == at("2026-03-17 08:00")


def test_erisa_answer_gives_15_days():
    log = [
        received("2026-03-02 08:00"),
        Entry("tolled", at("2026-03-10 09:00"), at("2026-04-27 23:59")),
        Entry("resumed", at("2026-04-05 11:00")),
    ]
    waiting = deadline(ERISA, log[:2], UTC, at("2026-04-01 09:00"))
    assert waiting.stopped
    assert waiting.decide_by == at("2026-05-12 23:59")
    assert waiting.words == (
        "received Mon 2 Mar 2026 08:00; 15 calendar days, counted as 360 hours, the earlier reading; "
        "stopped Tue 10 Mar 2026 09:00 for information, answer due Mon 27 Apr 2026 23:59; "
        "15 calendar days, counted as 360 hours, the earlier reading; "
        "due if no answer comes Tue 12 May 2026 23:59 (29 CFR 2560.503-1(f)(2)(iii)(A))"
    )
    answered = deadline(ERISA, log, UTC, at("2026-04-06 09:00"))
    assert (answered.stopped, answered.decide_by) == (False, at("2026-04-20 11:00"))
    assert "running again Sun 5 Apr 2026 11:00, answer received" in answered.words


def test_erisa_no_answer_runs_again_on_the_day_it_was_due():
    notice = Entry("tolled", at("2026-03-13 10:00"))  # 45 days to answer, where the notice names no day
    found = deadline(ERISA, [received("2026-03-02 08:00"), notice], UTC, at("2026-04-28 09:00"))
    assert (found.stopped, found.decide_by) == (False, at("2026-05-12 10:00"))
    assert "running again Mon 27 Apr 2026 10:00, no answer in time" in found.words
    # what comes later than that moves nothing
    assert due(ERISA, received("2026-03-02 08:00"), notice, Entry("resumed", at("2026-05-01 10:00"))) == at("2026-05-12 10:00")


def test_erisa_asked_too_late_does_not_stop_the_clock():
    found = deadline(ERISA, [received("2026-03-02 08:00"), Entry("tolled", at("2026-03-17 08:01"))], UTC, at("2026-03-18 08:00"))
    assert (found.stopped, found.decide_by) == (False, at("2026-03-17 08:00"))
    assert "information was asked for too late to stop this clock" in found.words


def test_erisa_urgent_incomplete():
    asked, reply = Entry("tolled", at("2026-03-03 10:00"), at("2026-03-05 10:00")), Entry("resumed", at("2026-03-04 10:00"))
    assert due(ERISA_URGENT, received("2026-03-02 10:00"), asked, reply) == at("2026-03-06 10:00")
    assert due(ERISA_URGENT, received("2026-03-02 10:00"), asked) == at("2026-03-07 10:00")
    late = replace(asked, at=at("2026-03-03 10:01"))
    assert due(ERISA_URGENT, received("2026-03-02 10:00"), late, reply) == at("2026-03-05 10:00")


def test_an_early_answer_never_shortens_the_first_period_unless_urgent():
    after_the_service = seed("erisa_self_funded", "2026-03-02", "postservice")
    asked, reply = Entry("tolled", at("2026-03-03 10:00")), Entry("resumed", at("2026-03-04 10:00"))
    found = deadline(after_the_service, [received("2026-03-02 10:00"), asked, reply], UTC, SOMETIME)
    assert found.decide_by == at("2026-04-01 10:00")
    assert "the first period ends later than the time after the answer, and holds" in found.words
    quick = [replace(asked, at=at("2026-03-02 11:00")), replace(reply, at=at("2026-03-02 12:00"))]
    assert due(ERISA_URGENT, received("2026-03-02 10:00"), *quick) == at("2026-03-04 12:00")


def test_a_notice_recorded_before_receipt_is_not_counted():
    found = deadline(ERISA, [received("2026-03-02 08:00"), Entry("tolled", at("2026-03-01 08:00"))], UTC, SOMETIME)
    assert (found.stopped, found.decide_by) == (False, at("2026-03-17 08:00"))


@pytest.mark.parametrize("line_of_business", ["medicare_advantage", "medicaid"])
def test_asking_stops_no_clock_of_medicare_or_medicaid(line_of_business):
    rule = seed(line_of_business, "2026-03-02")
    log = [
        received("2026-03-02 16:30"),
        Entry("tolled", at("2026-03-03 09:00"), at("2026-04-20 09:00")),
        Entry("resumed", at("2026-03-08 09:00")),
    ]
    found = deadline(rule, log, UTC, SOMETIME)
    assert (found.stopped, found.decide_by) == (False, at("2026-03-09 16:30"))
    assert "asking for information does not stop this clock" in found.words


# ---- receipt, completeness, notice ----------------------------------------------------------------------------------------------
def test_a_resubmission_starts_nothing_anew_and_a_correction_says_why():
    rule = seed("medicare_advantage", "2026-03-02")
    assert due(rule, received("2026-03-02 16:30"), received("2026-03-05 10:00")) == at("2026-03-09 16:30")
    found = deadline(rule, [received("2026-03-02 16:30"), Entry("received", at("2026-03-01 09:00"), None, "fax stamp")], UTC, SOMETIME)
    assert found.decide_by == at("2026-03-08 09:00")
    assert found.words.startswith("received Sun 1 Mar 2026 09:00, corrected; ")


def test_a_log_without_a_receipt_is_an_error():
    with pytest.raises(ValueError, match="A clock starts with a receipt"):
        due(ERISA, Entry("notified", SOMETIME))


def test_a_clock_that_starts_when_the_information_is_complete():
    rule = row(5, "business_days", state="CA", start="complete", notify_amount=2, notify_unit="business_days")
    waiting = deadline(rule, [received("2026-03-02 10:00")], UTC, SOMETIME)
    assert waiting.decide_by == at("2026-03-09 10:00")
    assert "counted from receipt until the information is complete" in waiting.words
    found = deadline(rule, [received("2026-03-02 10:00"), Entry("complete", at("2026-03-04 10:00"))], UTC, SOMETIME)
    assert (found.decide_by, found.notify_by) == (at("2026-03-11 10:00"), at("2026-03-13 10:00"))
    assert found.words.endswith("notice due Fri 13 Mar 2026 10:00")


@pytest.mark.parametrize(("told", "word"), [("2026-03-09 16:30", "in time"), ("2026-03-09 16:31", "late")])
def test_notice_ends_the_clock(told, word):
    rule = seed("medicare_advantage", "2026-03-02")
    found = deadline(rule, [received("2026-03-02 16:30"), Entry("notified", at(told))], UTC, SOMETIME)
    assert found.ended_at == at(told)
    assert found.words.endswith(f", {word}")


def test_told_while_waiting_the_clock_is_no_longer_stopped():
    log = [received("2026-03-02 08:00"), Entry("tolled", at("2026-03-10 09:00")), Entry("notified", at("2026-03-12 09:00"))]
    found = deadline(ERISA, log, UTC, at("2026-03-13 09:00"))
    assert (found.stopped, found.ended_at) == (False, at("2026-03-12 09:00"))


# ---- zones ----------------------------------------------------------------------------------------------------------------------
def test_hours_stay_hours_when_the_clocks_change():
    urgent = seed("medicare_advantage", "2026-03-07", urgency="expedited")
    assert due(urgent, received("2026-03-06 16:30", NEW_YORK), zone=NEW_YORK) == at("2026-03-09 17:30", NEW_YORK)
    assert due(urgent, received("2026-10-30 16:30", NEW_YORK), zone=NEW_YORK) == at("2026-11-02 15:30", NEW_YORK)


def test_late_on_the_eve_of_summer_time_the_end_of_the_day_is_earlier():
    one = row(1, "calendar_days")
    found = deadline(one, [received("2026-03-07 23:30", NEW_YORK)], NEW_YORK, SOMETIME)
    assert found.decide_by == at("2026-03-08 23:59", NEW_YORK)
    assert "1 calendar day, to the end of the day, the earlier reading" in found.words


def test_the_same_moment_has_one_deadline_and_the_plans_zone_words_it():
    rule = seed("medicare_advantage", "2026-03-02")
    utc = deadline(rule, [received("2026-04-20 03:30")], UTC, SOMETIME)
    local = deadline(rule, [received("2026-04-20 03:30")], NEW_YORK, SOMETIME)
    assert utc.decide_by == local.decide_by == at("2026-04-27 03:30")
    assert local.words.startswith("received Sun 19 Apr 2026 23:30; ")


# ---- for every log --------------------------------------------------------------------------------------------------------------
moments = st.datetimes(datetime(2021, 1, 1), datetime(2035, 1, 1), timezones=st.sampled_from([UTC, NEW_YORK, ZoneInfo("Pacific/Honolulu")]))
zones = st.sampled_from([UTC, NEW_YORK, ZoneInfo("Pacific/Honolulu"), ZoneInfo("Pacific/Guam")])
units = st.sampled_from(["hours", "calendar_days", "business_days", "business_hours"])
noise = st.lists(st.builds(Entry, st.sampled_from(["received", "tolled", "resumed", "complete"]), moments, st.none() | moments), max_size=4)


@given(moments, zones, units, st.integers(1, 60), st.integers(0, 10_000))
def test_later_received_is_never_due_earlier(receipt, zone, unit, amount, minutes):
    rule = row(amount, unit)
    later = receipt.astimezone(UTC) + timedelta(minutes=minutes)
    first = due(rule, Entry("received", receipt), zone=zone).astimezone(UTC)  # in one zone Python compares wall clocks, fold or not
    assert receipt.astimezone(UTC) < first
    assert first <= due(rule, Entry("received", later), zone=zone).astimezone(UTC)


@given(moments, zones, noise, moments)
def test_no_pend_and_no_resubmission_moves_a_clock_that_does_not_stop(receipt, zone, entries, now):
    rule = seed("medicare_advantage", "2026-03-02")
    start = Entry("received", receipt)
    assert due(rule, start, *entries, zone=zone, now=now) == due(rule, start, zone=zone)


@given(st.sampled_from(SEED_RULES), moments, zones, noise, moments)
def test_any_log_has_a_deadline_with_words(rule, receipt, zone, entries, now):
    found = deadline(rule, [Entry("received", receipt), *entries], zone, now)
    assert found.decide_by > receipt
    assert found.notify_by >= found.decide_by
    assert rule.citation in found.words
    assert rule.tolls or not found.stopped


# ---- the seeds ------------------------------------------------------------------------------------------------------------------
def test_the_seeds_cover_every_request_exactly_once():
    for line_of_business in LineOfBusiness:
        for review in ReviewKind:
            for urgency in Urgency:
                for on in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 11, 1)):
                    rows = [
                        rule
                        for rule in SEED_RULES
                        if (rule.line_of_business, rule.review_type, rule.urgency) == (line_of_business, review, urgency)
                        and rule.effective_from <= on
                        and (rule.effective_until is None or on <= rule.effective_until)
                    ]
                    assert len(rows) == 1, (line_of_business, review, urgency, on)


def test_the_seeds_fit_their_columns():
    for rule in SEED_RULES:
        assert rule.citation
        assert max(len(rule.citation), len(rule.verify)) <= 200
        assert len(rule.unit) <= 14
        assert len(rule.on_miss) <= 20


# ---- how a deadline reads -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-01 12:00", DueWords("8 days", "ok")),
        ("2026-03-07 23:00", DueWords("2 days", "ok")),
        ("2026-03-08 16:00", DueWords("1 day", "ok")),
        ("2026-03-08 23:00", DueWords("1 day", "due")),
        ("2026-03-09 00:10", DueWords("due today", "due")),
        ("2026-03-09 04:31", DueWords("11 h 59 min", "due")),
        ("2026-03-09 14:20", DueWords("2 h 10 min", "due")),
        ("2026-03-09 14:30", DueWords("2 h", "due")),
        ("2026-03-09 15:45", DueWords("45 min", "due")),
        ("2026-03-09 16:30", DueWords("due now", "due")),
        ("2026-03-09 16:30:30", DueWords("1 min overdue", "late")),
        ("2026-03-09 17:15", DueWords("45 min overdue", "late")),
        ("2026-03-09 19:50", DueWords("3 h overdue", "late")),
        ("2026-03-12 16:30", DueWords("3 days overdue", "late")),
    ],
)
def test_due_words(now, expected):
    assert due_words(at("2026-03-09 16:30"), at(now), stopped=False) == expected


def test_due_words_of_a_stopped_clock_and_in_the_plans_zone():
    assert due_words(at("2026-03-09 16:30"), at("2026-04-09 16:30"), stopped=True) == DueWords("clock stopped", "calm")
    # 02:00 in UTC on the tenth is still the ninth in New York
    late_evening, morning = at("2026-03-10 02:00"), at("2026-03-09 13:00")
    assert due_words(late_evening, morning, stopped=False) == DueWords("1 day", "due")
    assert due_words(late_evening, morning, stopped=False, time_zone=NEW_YORK) == DueWords("due today", "due")


# ---- appeals --------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("line_of_business", ["commercial", "erisa_self_funded", "marketplace"])
def test_appeal_days_that_count_from_receipt_allow_for_the_mail(line_of_business):
    assert appeal_until(line_of_business, date(2026, 3, 9)) == AppealRight(
        date(2026, 9, 10),
        180,
        "receipt",
        "180 days from the day you get this letter, with 5 days for the mail",
        "180 días desde el día en que recibe esta carta, con 5 días para el correo",
    )


def test_appeal_days_that_count_from_the_notice():
    assert appeal_until("medicare_advantage", date(2026, 3, 9)) == AppealRight(
        date(2026, 5, 13), 65, "notice", "65 days from the date of this letter", "65 días desde la fecha de esta carta"
    )
    assert appeal_until("medicaid", date(2026, 3, 9)) == AppealRight(
        date(2026, 5, 8), 60, "notice", "60 days from the date of this letter", "60 días desde la fecha de esta carta"
    )
