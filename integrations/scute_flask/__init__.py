"""scute-auth for Flask."""
