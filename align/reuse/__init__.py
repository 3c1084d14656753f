"""Tracing rewrites: candidates, evidence, one readable score, passages, families and their likely origin."""
