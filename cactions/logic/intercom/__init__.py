"""Intercom's REST API as values: calls, answers, contacts, attributes, connectors. Pure."""
