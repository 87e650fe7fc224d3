"""The review page: one HTML file that stands on its own, for a reviewer who has no terminal."""
