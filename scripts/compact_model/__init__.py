"""How the bundled compact translation model is made: corpus, vocabulary, training, export."""
