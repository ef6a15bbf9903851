"""What crosses a boundary between services, defined once: schemas, events and topics."""
