"""The live Intercom workspace: the API client, its pacer, and the people of the workspace."""
