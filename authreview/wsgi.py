"""The application as gunicorn serves it. Synchronous workers: letters are drawn outside of threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authreview.settings")
application = get_wsgi_application()
