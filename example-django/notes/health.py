from django.conf import settings
from django.db import connection
from django.http import JsonResponse

from example.query_limit import within

# Whoever asks waits for a few seconds at most.
READY_SECONDS = 1
QUESTION = "SELECT 1"


class HealthMiddleware:
    """
    Answers /health (the process lives) and /ready (its database answers as well) before anything
    looks at the request: whoever asks comes by the machine's own address, which is none of
    ALLOWED_HOSTS, and without https.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/health":
            return answer(200, "ok")
        if request.path == "/ready":
            return answer(200, "ok") if database_answers() else answer(503, "the database is down")
        return self.get_response(request)


def answer(status, said):
    response = JsonResponse({"status": said, **settings.RELEASE}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def database_answers():
    try:
        with within(READY_SECONDS), connection.cursor() as cursor:
            cursor.execute(QUESTION)
        return True
    except Exception:
        # A connection that broke would be used again.
        connection.close()
        return False
