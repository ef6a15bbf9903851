"""The deployment in containers: image, database set-up, secrets."""
