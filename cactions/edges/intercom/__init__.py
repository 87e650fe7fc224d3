"""The Intercom workspace over its REST interface."""
