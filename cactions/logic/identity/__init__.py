"""Identity verification of the Messenger: what a site sends, and what its signature proves."""
