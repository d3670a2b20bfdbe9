import os

from django.core.wsgi import get_wsgi_application

from .query_limit import limit_queries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example.settings")
limit_queries()
application = get_wsgi_application()
