"""How gunicorn runs the app. Under systemd the socket is systemd's, and `bind` is not used."""
import os

wsgi_app = "example.wsgi"
bind = "{}:{}".format(os.environ.get("HOST", "0.0.0.0"), os.environ.get("PORT", "8000"))
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
# The app is loaded before gunicorn says that it has started: one that cannot be loaded never starts.
preload_app = True
timeout = 30
graceful_timeout = 10
# In memory, as the file system may be read-only, and a slow disk would look like a dead worker.
worker_tmp_dir = "/dev/shm"
accesslog = "-"
# Without the query, which may hold what no log should.
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s bytes %(D)s us'
