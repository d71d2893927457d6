from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse


def home(request):
    if request.user.is_authenticated:
        return HttpResponse('<a href="/auth/sign-out">Sign out</a>')
    return HttpResponse('<a href="/auth/sign-in">Sign in</a>')


@login_required
def me(request):
    return JsonResponse({"email": request.user.email})
