"""What a person is told beyond the score, computed when it is asked for and kept nowhere."""
