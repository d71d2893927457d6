"""Sets Django up, once for the process: `import tests.django_setup` before anything with models."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.django_settings"
django.setup()
