"""Put a Python web application behind Scute (scute.io)."""

__version__ = "0.1.0"
