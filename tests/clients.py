"""A person's browser, without the browser."""

from django.test import Client

from tests.factories import user


def signed_in(role, *more, **named):
    """Somebody with these roles who may open the administration."""
    person = user(role, *more, **named)
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    client = Client()
    client.force_login(person)
    client.get("/policies/")  # the first request writes the session: counts of queries begin after it
    return client
