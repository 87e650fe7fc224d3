"""Words and pictures of the nouns; nothing else prints."""
