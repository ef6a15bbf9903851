"""Officers: who they are, how they log in, and what their role lets them do."""
