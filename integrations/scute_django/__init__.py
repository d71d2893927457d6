"""scute-auth for Django."""
