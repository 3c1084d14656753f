"""Reading segments in English: which model serves which language, the translation, and what is doubtful in it."""
