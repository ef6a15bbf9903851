"""A platform's command line: hand in files, follow results. It knows of the services what any client knows."""
