"""The application as gunicorn serves it. Synchronous workers: letters are drawn outside of threads."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authreview.settings")
if settings.SECRET_KEY:  # reading it without one raises: a server without a key does not start
    application = get_wsgi_application()
