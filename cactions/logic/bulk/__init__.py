"""What recognises a leak by its symptoms while an action is applied to many people."""
