"""Who may log in: kept by technical administrators."""
