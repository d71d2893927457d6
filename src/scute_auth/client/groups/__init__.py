"""The client's methods, once: each makes a `Request`, and sends nothing.

One module per group of Scute's reference. `tools/make_clients.py` makes both clients of them.
"""
