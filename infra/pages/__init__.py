"""Pages drawn on the server: templates, languages, sessions, forms, static files, security headers."""
