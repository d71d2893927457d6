"""What templates of a project's own may load."""
