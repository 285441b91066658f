"""Measurements that a person runs; each prints its figures."""
