"""The stages joined: what one run does, from files to a folder with a report."""
