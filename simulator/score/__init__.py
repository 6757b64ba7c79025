"""How well the product answers, measured on a made-up world whose truth is known, through the API alone."""
