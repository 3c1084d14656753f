"""Language tags, and which language a segment is in."""
