"""What tests of views and actions share: a store of their own, founding case A, and the nurse who is signed in."""

import pytest

from tests.factories import founding_case, user


@pytest.fixture
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def case():
    return founding_case("a")


@pytest.fixture
def nurse(client):
    nurse = user("nurse")
    client.force_login(nurse)
    return nurse
