"""What holds for every test."""

from hypothesis import settings

# a loaded machine is no failure: the first call of many a function reads its tables
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
