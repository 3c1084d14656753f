"""How two passages speak for one source or against it: evidence, the score, and what cannot score enough."""
