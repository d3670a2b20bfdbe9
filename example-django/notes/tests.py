import os
import re
import socket
import subprocess
import sys
import time
from unittest.mock import patch

from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import SimpleTestCase, TestCase, override_settings
from psycopg2 import extensions

from example import query_limit

from .models import Note


class HealthTest(TestCase):
    def test_health_names_the_release_to_whoever_asks(self):
        response = self.client.get("/health", HTTP_HOST="10.0.0.7:8000")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.json(), {"status": "ok", **settings.RELEASE})
        self.assertEqual(response["Cache-Control"], "no-store")

    def test_only_ready_asks_the_database(self):
        down = patch.object(connection, "cursor", side_effect=OperationalError("no route to db"))
        with down, patch.object(connection, "close"):
            self.assertEqual(self.client.get("/health").status_code, 200)
            response = self.client.get("/ready")
        self.assertEqual(response.status_code, 503)
        self.assertNotContains(response, "no route", status_code=503)
        self.assertEqual(self.client.get("/ready").status_code, 200)


class SilentPostgresTest(TestCase):
    def setUp(self):
        query_limit.limit_queries()
        self.addCleanup(extensions.set_wait_callback, None)
        # Another connection than the one of the test, whose transaction goes on.
        self.other = connection.copy()
        self.addCleanup(self.other.close)

    def ready(self, seconds=10):
        with patch("notes.health.connection", self.other), patch("notes.health.READY_SECONDS", seconds):
            return self.client.get("/ready").status_code

    def test_is_not_ready_by_a_server_that_only_accepts(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            self.other.settings_dict.update(HOST="127.0.0.1", PORT=silent.getsockname()[1])
            begun = time.monotonic()
            self.assertEqual(self.ready(1), 503)
            self.assertLess(time.monotonic() - begun, 3)

    def test_is_not_ready_by_a_connection_that_falls_silent_and_then_opens_another(self):
        self.assertEqual(self.ready(), 200)
        with patch("notes.health.QUESTION", "SELECT pg_sleep(3)"):
            begun = time.monotonic()
            self.assertEqual(self.ready(0.2), 503)
            self.assertLess(time.monotonic() - begun, 3)
        self.assertEqual(self.ready(), 200)

    def test_no_query_waits_for_ever(self):
        with self.other.cursor() as cursor, patch.object(query_limit, "QUERY_SECONDS", 0.2):
            with self.assertRaisesMessage(OperationalError, "does not answer in time"):
                cursor.execute("SELECT pg_sleep(3)")


# Not the cache of the app that may run here.
OWN_CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@override_settings(SECURE_SSL_REDIRECT=False, CACHES=OWN_CACHE)
class PageTest(TestCase):
    def setUp(self):
        cache.clear()

    def test_shows_the_release_and_the_notes(self):
        with patch.dict(settings.RELEASE, version="1.2.3", commit="abc"):
            response = self.client.get("/")
        self.assertContains(response, "1.2.3")
        self.assertContains(response, "abc")
        self.assertContains(response, "No notes yet.")

    def test_adds_a_note_and_shows_it_at_once(self):
        self.client.get("/")
        self.assertRedirects(self.client.post("/", {"text": "a <b>bold</b> note"}), "/")
        self.assertContains(self.client.get("/"), "a &lt;b&gt;bold&lt;/b&gt; note")

    def test_refuses_a_note_that_is_empty_or_too_long(self):
        for text in ["", "x" * 201]:
            self.assertEqual(self.client.post("/", {"text": text}).status_code, 400)
        self.assertFalse(Note.objects.exists())

    def test_static_files_may_be_cached_for_ever(self):
        href = re.search(r'href="(/static/page\.\w+\.css)"', self.client.get("/").content.decode())
        response = self.client.get(href.group(1))
        self.assertEqual(response.status_code, 200)
        self.assertIn("immutable", response["Cache-Control"])

    def test_other_hosts_and_methods_are_refused(self):
        self.assertEqual(self.client.get("/", HTTP_HOST="evil.example").status_code, 400)
        self.assertEqual(self.client.delete("/").status_code, 405)


class HttpsTest(SimpleTestCase):
    @override_settings(SECURE_SSL_REDIRECT=True)
    def test_only_health_is_answered_without_https(self):
        self.assertRedirects(
            self.client.get("/"), "https://testserver/", 301, fetch_redirect_response=False
        )
        self.assertEqual(self.client.get("/health").status_code, 200)


class SettingsTest(SimpleTestCase):
    good = {"SECRET_KEY": "k", "ALLOWED_HOSTS": "a.example", "DATABASE_URL": "postgres://db.example/app"}

    def start(self, **values):
        environment = {"PATH": os.environ["PATH"], **self.good, **values}
        code = (
            "import example.settings as s;"
            "print(s.DEBUG, s.ALLOWED_HOSTS, s.DATABASES['default']['ENGINE'], s.SECURE_SSL_REDIRECT)"
        )
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
        )

    def test_are_those_of_production_unless_told_otherwise(self):
        said = "False ['a.example'] django.db.backends.postgresql True\n"
        self.assertEqual(self.start().stdout, said)

    def test_say_all_that_is_wrong_at_once_and_no_secret(self):
        process = self.start(
            SECRET_KEY="",
            ALLOWED_HOSTS="*",
            DEBUG="True",
            DATABASE_URL="mysql://app:pl4nted@db.example/app",
            REDIS_URL="pl4nted",
        )
        self.assertEqual(process.returncode, 1)
        for name in ["SECRET_KEY is missing", "ALLOWED_HOSTS", "DEBUG", "DATABASE_URL", "REDIS_URL"]:
            self.assertIn(name, process.stderr)
        self.assertNotIn("pl4nted", process.stderr)

    def test_no_database_but_postgres(self):
        for url in ["sqlite:///db.sqlite3", "postgres:///app", "postgres://[db/app", ""]:
            self.assertEqual(self.start(DATABASE_URL=url).returncode, 1, url)
