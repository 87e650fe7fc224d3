"""Values of an answer in the forms that services write: dates, decimals, long texts."""
