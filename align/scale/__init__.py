"""A run's stages over Spark, for inputs that one machine is too small for."""
