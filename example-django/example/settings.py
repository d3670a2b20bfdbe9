"""Settings of Django, all from the environment: see the table in README.md."""
import os
from pathlib import Path

import dj_database_url

from .environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent

environment = Environment(os.environ)
SECRET_KEY = environment.required("SECRET_KEY", "the output of `openssl rand -hex 32`")
DEBUG = environment.flag("DEBUG", "off")
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", "www.example.com,example.com")
HTTPS = environment.flag("HTTPS", "on")
RELEASE = {
    "version": environment.text("APP_VERSION", "0.0.0"),
    "commit": environment.text("APP_COMMIT", "unknown"),
}
database = environment.url("DATABASE_URL", "postgres://user:password@db.example.com/name")
cache = environment.optional_url("REDIS_URL", "redis://cache.example.com/0")
environment.check()

INSTALLED_APPS = ["django.contrib.staticfiles", "notes"]
MIDDLEWARE = [
    "notes.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "example.urls"
WSGI_APPLICATION = "example.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

postgres = dj_database_url.parse(database, "django.db.backends.postgresql", conn_max_age=60)
postgres["OPTIONS"] = {"connect_timeout": 2, **postgres.get("OPTIONS", {})}
DATABASES = {"default": postgres}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
if cache:
    # A cache that is gone makes the page slower, not wrong.
    limits = {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1}
    CACHES["default"] = {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": cache,
        "OPTIONS": limits,
    }
    DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

# collectstatic gives each file a name with its hash, so it may be cached for ever.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
if not DEBUG:
    STATICFILES_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"

# nginx says whether its client came by https; the app is reached by nothing else.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

USE_TZ = True
TIME_ZONE = "UTC"
# To the console, which Docker and the journal keep. Django by itself logs nothing without DEBUG.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
