"""A Spark session for a run, opened when everything that it needs was found."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import regex

from align import errors
from align.errors import AlignError, InputError, MissingDependencyError

__all__ = ["check_java", "open_session", "pyspark_version", "told_by_workers"]

REQUIREMENT = "wire-align[spark]"
_JAVA = 17  # what Spark 4 needs
_VERSION = regex.compile(r'version "(?:1\.)?(\d+)')
_LOCAL = regex.compile(r"local(?:\[(?:\d+|\*)(?:,\d+)?\])?")
_PANDAS = "PySpark does not yet fully support pandas"  # of which nothing is used here
_SETTINGS = {
    "spark.app.name": "align",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "2048",
    "spark.sql.execution.pyspark.udf.faulthandler.enabled": "true",
    "spark.executorEnv.OMP_NUM_THREADS": "1",  # a task is a core
    "spark.executorEnv.HF_HUB_OFFLINE": "1",
}
_TOLD = regex.compile(r"^align\.errors\.(\w+): (.*)$", regex.MULTILINE)  # as a traceback ends
_ON_ONE_MACHINE = {"spark.driver.memory": "3g", "spark.sql.shuffle.partitions": "8"}


def pyspark_version() -> str:
    """The version of pyspark. Raises MissingDependencyError when it is not installed."""
    try:
        import pyspark
    except ImportError as error:
        raise MissingDependencyError(
            f"--engine spark needs pyspark, which is not installed; remedy: pip install '{REQUIREMENT}'"
        ) from error
    return str(pyspark.__version__)


def check_java() -> None:
    """Raise MissingDependencyError unless Java 17 or later is where Spark will look for it."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    remedy = f"remedy: install Java {_JAVA} (a package like openjdk-{_JAVA}-jre-headless), or let JAVA_HOME name it"
    if java is None:
        raise MissingDependencyError(f"--engine spark needs Java {_JAVA} or later, and no java was found; {remedy}")
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=60).stderr  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise MissingDependencyError(
            f"--engine spark needs Java {_JAVA} or later, and {java!r} cannot be started; {remedy}"
        ) from error
    found = _VERSION.search(told)
    if found is None or int(found[1]) < _JAVA:
        version = found[1] if found else told.strip()[:40]
        raise MissingDependencyError(
            f"--engine spark needs Java {_JAVA} or later, and {java!r} is {version!r}; {remedy}"
        )


@contextlib.contextmanager
def open_session(master: str) -> Iterator[Any]:
    """A Spark session on `master` (`local[2]`, `spark://host:7077`, `yarn`), stopped at the end.

    What `spark-defaults.conf` and `PYSPARK_SUBMIT_ARGS` set is kept. Workers run this process's own interpreter.

    Raises MissingDependencyError without pyspark or Java 17, InputError for a master that cannot be reached.
    """
    pyspark_version()
    check_java()
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    settings = dict(_SETTINGS)
    if _LOCAL.fullmatch(master):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        settings |= _ON_ONE_MACHINE
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=_PANDAS, category=FutureWarning)
        builder = SparkSession.builder.master(master)
        for name, value in settings.items():
            builder = builder.config(name, value)
        try:
            session = builder.getOrCreate()
            session.range(1).count()
        except Exception as error:
            told = str(error).strip().splitlines()
            raise InputError(f"--master: {master!r} cannot be used: {told[0] if told else type(error)}") from error
        try:
            yield session
        finally:
            session.stop()


@contextlib.contextmanager
def told_by_workers() -> Iterator[None]:
    """A block that has Spark work; what a worker raised on purpose is raised here as the same error."""
    try:
        yield
    except Exception as error:
        found = _TOLD.search(str(error))
        kind = getattr(errors, found[1], None) if found else None
        if found and isinstance(kind, type) and issubclass(kind, AlignError):
            raise kind(f"in a Spark worker: {found[2]}") from error
        raise
