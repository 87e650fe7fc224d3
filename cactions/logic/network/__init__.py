"""Hosts, origins and addresses: which may be called."""
