"""The history of our one table."""
