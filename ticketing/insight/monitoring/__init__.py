"""What the Kazakh monitoring system (ЕАИС) is told of sales, seat by seat and hour by hour."""
