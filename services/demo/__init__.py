"""`careerpulse demo`: the whole path on real parts, as an HR platform, a person and an officer walk it."""
