"""A single page that signs in with Scute's own client, before two backends; see README.md."""
