"""A broker, a database and a supervisor for one machine."""
