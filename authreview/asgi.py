"""The application for an asynchronous server. gunicorn over wsgi.py was measured twice as fast; this is for those who must."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authreview.settings")
if settings.SECRET_KEY:  # as in wsgi.py
    application = get_asgi_application()
