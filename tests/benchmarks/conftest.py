"""Benchmarks measure the product without the guards of the tests."""

import pytest

from authreview import settings as product


@pytest.fixture(autouse=True)
def without_guards(settings):
    settings.MIDDLEWARE = product.MIDDLEWARE
