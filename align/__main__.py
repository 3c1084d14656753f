"""`python -m align` is the command `align`."""

from align.cli.main import entry_point

if __name__ == "__main__":
    entry_point()
