"""Measurements that anyone can run: `python -m bench.webhook`, `bench.promote`, `bench.startup`. Not tests."""
