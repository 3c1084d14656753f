"""Sentence vectors in which translations of each other lie close together."""
