"""One module per way to sign in, and what they share: the visit, the binding, the landing."""
