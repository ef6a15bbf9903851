"""The revisions of the consent service's tables."""
