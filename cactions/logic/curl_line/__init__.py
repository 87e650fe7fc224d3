"""A pasted request, as curl or PowerShell, read strictly: it is understood whole, or refused."""
