"""Ends with 0 when the app in this container answers."""
import os
import sys
from http.client import HTTPConnection

connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=3)
connection.request("GET", "/health")
sys.exit(connection.getresponse().status != 200)
