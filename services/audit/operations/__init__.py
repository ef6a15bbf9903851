"""What an operator looks after: throughput, lag, who is running, and dead letters."""
