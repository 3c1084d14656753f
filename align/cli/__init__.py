"""The command `align`: arguments in, exit codes out. Data goes to stdout, everything else to stderr."""
