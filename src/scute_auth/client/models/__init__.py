"""What the API answers, as values: frozen, and each with all that Scute sent in its `raw`.

Times are seconds since the epoch, as everywhere in this package.
"""
