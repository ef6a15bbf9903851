"""Direct Kafka: an organisation's own topics, in which each value is a JWE (RFC 7516) from one end to the other."""
