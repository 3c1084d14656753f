"""What is read off a sentence, and off a passage of several, before anything is held against it."""
