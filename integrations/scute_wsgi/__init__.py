"""ScuteAuth for any WSGI app: needs the standard library only."""
