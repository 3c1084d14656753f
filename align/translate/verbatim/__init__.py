"""What a translation must leave as it is: cutting around it, taking it out, putting it back, mending it."""
