"""Text before language: normal forms, sentences, words and shingles."""
