"""A user model with an e-mail and nothing else."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

__all__ = ["Person"]


class Person(AbstractBaseUser):
    email: "models.EmailField[str, str]" = models.EmailField(unique=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
