"""What is told of passages that were found: substitutions, facts that one outlet leaves out, claims."""
