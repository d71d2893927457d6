"""The app under test as each framework's users write it: the same three pages in each."""
