"""What a meeting asks those who register, in versions: an answer keeps the wording it was given to."""
