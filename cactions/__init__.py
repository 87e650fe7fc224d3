"""cactions: plan-and-apply for Intercom custom actions."""

__version__ = "0.1.0"  # baked in: asking the installed metadata costs four bare start-ups
