"""Reading segments in English: which model serves which language, the translation itself, and what is doubtful in it."""
