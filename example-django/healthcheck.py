"""Ends with 0 when the app in this container answers."""
import os
from urllib.request import urlopen

urlopen("http://127.0.0.1:{}/health".format(os.environ.get("PORT", "8000")), timeout=2)
