"""Use cases. They ask for ports and never see who stands behind them."""
