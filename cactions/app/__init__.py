"""Use cases. They use ports and never import what implements them."""
