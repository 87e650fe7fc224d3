"""Keys, the keyring and the vault file."""
