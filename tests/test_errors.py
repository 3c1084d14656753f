import inspect
import re

import pytest

from align import errors

TREE = {
    "ConfigError": ValueError,
    "InputError": ValueError,
    "UnsupportedLanguageError": LookupError,
    "MissingDependencyError": ImportError,
    "ModelUnavailableError": OSError,
    "OutputError": OSError,
}


def test_the_tree_holds_these_errors_and_no_others():
    classes = {name for name, value in vars(errors).items() if inspect.isclass(value)}
    assert classes == set(errors.__all__) == {"AlignError", *TREE}


@pytest.mark.parametrize(("name", "built_in"), TREE.items())
def test_each_error_is_also_the_built_in_one(name, built_in):
    assert getattr(errors, name).__bases__ == (errors.AlignError, built_in)
    with pytest.raises(built_in, match=r"^what was wrong$") as caught:
        raise getattr(errors, name)("what was wrong")
    assert isinstance(caught.value, errors.AlignError)


def test_the_drawing_in_the_docstring_is_the_tree():
    drawn = dict(re.findall(r"^ +(\w+Error)\((\w+)\)", errors.__doc__, re.MULTILINE))
    assert drawn == {name: built_in.__name__ for name, built_in in TREE.items()}
    assert all(getattr(errors, name).__doc__ for name in errors.__all__)
