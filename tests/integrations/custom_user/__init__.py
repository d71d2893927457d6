"""A project whose users are known by their e-mail: in a process of its own, for Django has one
user model for each."""
