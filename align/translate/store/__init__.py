"""The models on this machine: what is installed, how it gets here, and which serves which language."""
