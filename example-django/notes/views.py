from django import forms
from django.conf import settings
from django.core.cache import cache
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from .models import Note

LATEST = "latest notes"


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["text"]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """The release that runs, the latest notes, and a form for one more."""
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        cache.delete(LATEST)
        return redirect("/")
    # Plain values: the release before and the next one read them as well.
    latest = cache.get_or_set(
        LATEST, lambda: list(Note.objects.values_list("text", flat=True)[:10]), timeout=60
    )
    status = 400 if form.errors else 200
    context = {"form": form, "notes": latest, **settings.RELEASE}
    return render(request, "page.html", context, status=status)
