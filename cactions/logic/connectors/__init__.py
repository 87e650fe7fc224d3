"""Data connectors of Intercom: read, compared with actions, written as action files. Pure."""
