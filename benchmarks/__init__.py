"""Figures beside their targets: `python -m benchmarks`. Only ratios within one run count."""
