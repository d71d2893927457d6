"""Small apps behind Scute, to read and to copy; `python -m examples.demo` runs one."""
