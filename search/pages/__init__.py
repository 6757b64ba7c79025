"""What people see: templates, style, scripts and texts in Dutch, French and English."""
