"""A release of 100,000 codes: how long reading it takes, and how long saying what it changes."""

from datetime import date
from time import perf_counter

from cases.code_changes import Version, plan
from cases.code_files import Release, read_codes
from cases.enums import CodeSet

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MANY = 100_000


def test_a_whole_release():
    codes = [f"{LETTERS[n // 10_000]}{n // 1000 % 10}{n // 100 % 10}.{n % 100:02}" for n in range(MANY)]
    data = ("code,text\n" + "".join(f'{code},"Some words as a release has them, number {n}"\n' for n, code in enumerate(codes))).encode()
    kept = {code: [Version(n, f"Other words {n % 2}", date(2025, 10, 1), None)] for n, code in enumerate(codes)}
    release = Release(CodeSet.DIAGNOSIS, date(2026, 10, 1))
    began = perf_counter()
    file = read_codes(data, release)
    read = perf_counter()
    found = plan(file, release, kept, date(2026, 3, 10))
    done = perf_counter()
    print(f"\n{MANY:,} codes, {len(data) / 1e6:.1f} MB: read in {read - began:.2f} s, compared in {done - read:.2f} s")
    assert (len(file.rows), len(found.changes), found.error_count) == (MANY, MANY, 0)
