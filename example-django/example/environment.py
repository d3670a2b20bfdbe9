"""Reads settings from the environment and says all that is wrong with them at once."""
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


class Environment:
    def __init__(self, values):
        self._values = values
        self._problems = []

    def text(self, name, default):
        return self._values.get(name) or default

    def required(self, name, example):
        value = self._values.get(name, "")
        if not value:
            self._problems.append(f"{name} is missing. Example: {example}")
        return value

    def names(self, name, example):
        names = [one.strip() for one in self.required(name, example).split(",") if one.strip()]
        if "*" in names:
            self._problems.append(f"{name} must name hosts, and * is none. Example: {example}")
        return names

    def flag(self, name, default):
        value = self.text(name, default)
        if value not in ("on", "off"):
            self._problems.append(f"{name} must be on or off")
        return value == "on"

    def url(self, name, example):
        """An address with the scheme and the parts of the example. No message shows it: it may hold a password."""
        return self._checked(name, self.required(name, example), example)

    def optional_url(self, name, example):
        return self._checked(name, self._values.get(name, ""), example)

    def check(self):
        """Raises ImproperlyConfigured with everything that was wrong."""
        if self._problems:
            raise ImproperlyConfigured("; ".join(self._problems))

    def _checked(self, name, value, example):
        if not value:
            return ""
        try:
            url = urlsplit(value)
            right = url.scheme == urlsplit(example).scheme and url.hostname and url.port != 0
        except ValueError:
            right = False
        if not right:
            self._problems.append(f"{name} must be an address like {example}")
            return ""
        return value
