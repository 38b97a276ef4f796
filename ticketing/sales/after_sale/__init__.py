"""What the counter does after a sale: find an order by whatever is shown, give tickets back, print them anew."""
