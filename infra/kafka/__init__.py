"""Kafka: the batch loop, the producer and the life cycle inside Faust."""
