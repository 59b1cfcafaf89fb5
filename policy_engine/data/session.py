"""One embedded engine for one scan: in memory, in UTC, allowed to touch the named files and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import gettempdir
from threading import Timer
from typing import Any, Final

from policy_engine.data.model import UNREADABLE
from policy_engine.data.quoting import literal
from policy_engine.data.unanswerable import UnanswerableError

#: INVARIANT: NaN is absent from the statistics that writers store, and both of these optimizers trust statistics.
UNSOUND_OPTIMIZERS: Final = "statistics_propagation,filter_pushdown"

_BOUNDED: Final = (
    "memory_limit = '1GB'",
    "max_temp_directory_size = '1GB'",
    "python_enable_replacements = false",
    "max_expression_depth = 200",
    "threads = 1",  # sums of floats, and what comes first, are the same every time
)
_CSV_LINE: Final = re.compile(r"CSV Error on Line: (\d+)")
_CSV_COLUMNS: Final = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
_JSON_LINE: Final = re.compile(r'Malformed JSON in file "([^"]*)", at byte \d+ in line (\d+)')


class Session:
    """A connection to the engine. Foreign errors become UnanswerableError, without any value out of the data."""

    def __init__(self, files: Iterable[Path], *, seconds: float | None = None) -> None:
        """`seconds`: how long a query of foreign origin may take; its memory and disk are bounded, too."""
        import duckdb

        self._error = duckdb.Error
        self._interrupted = duckdb.InterruptException
        self._seconds = seconds
        self._connection = duckdb.connect(
            ":memory:",
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
        )
        self._files = {str(file.absolute()) for file in files}
        allowed = ", ".join(literal(file) for file in sorted(self._files))
        for setting in (
            "TimeZone = 'UTC'",
            f"disabled_optimizers = '{UNSOUND_OPTIMIZERS}'",
            "enable_progress_bar = false",
            f"temp_directory = {literal(str(Path(gettempdir()) / 'policy-engine-spill'))}",
            f"allowed_paths = [{allowed}]",
            *(() if seconds is None else _BOUNDED),
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            self._connection.execute(f"SET {setting}")

    def close(self) -> None:
        """Give everything back."""
        self._connection.close()

    def rows(
        self, query: str, values: list[Any] | None = None, *, is_foreign: bool = False, seconds: float | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows of a query. What the engine says of a foreign one may be the query's own words, or a value."""
        limit = self._seconds if seconds is None else seconds
        timer = None if limit is None else Timer(limit, self._connection.interrupt)
        try:
            if timer is not None:
                timer.start()
            return list(self._connection.execute(query, values).fetchall())
        except self._interrupted as error:
            raise UnanswerableError(f"its query takes longer than {limit:.3g} seconds") from error
        except RuntimeError as error:
            raise self._stopped(error) from error
        except self._error as error:
            raise (_refused(error) if is_foreign else self._unanswerable(error)) from None
        except (OverflowError, ValueError) as error:
            raise UnanswerableError("the data holds a date that the calendar from year 1 to 9999 does not") from error
        finally:
            if timer is not None:
                timer.cancel()

    def row(self, query: str) -> tuple[Any, ...]:
        """The only row of a query."""
        (only,) = self.rows(query)
        return only

    def describe(self, query: str) -> list[tuple[str, Any]]:
        """Names and types of the columns of a query."""
        try:
            relation = self._connection.sql(query)
            return list(zip(relation.columns, relation.types, strict=True))
        except self._error as error:
            raise self._unanswerable(error) from None

    def register(self, name: str, table: Any) -> None:
        """Make a table in memory known under `name`."""
        self._connection.register(name, table)

    def _stopped(self, error: RuntimeError) -> BaseException:
        """The engine takes the signal of Ctrl-C for itself, and says so in an error that is none of its own."""
        return KeyboardInterrupt() if "interrupted" in str(error).lower() else error

    def _unanswerable(self, error: Exception) -> UnanswerableError:
        """What went wrong, in words of ours: the engine's own quote the data."""
        if damage := self._damage(error):
            return UnanswerableError(damage, UNREADABLE)
        if _is_too_large(error):
            return UnanswerableError("a number became too large to compute with exactly (38 digits)")
        return _refused(error)

    def _damage(self, error: Exception) -> str | None:
        """What is wrong with a file, if that is what the engine complains of."""
        text = str(error)
        where = next((f" in `{Path(file).name}`" for file in sorted(self._files) if file in text), "")
        if line := _CSV_LINE.search(text):
            return f"line {line[1]}{where} is not well-formed CSV: {_csv_fault(text)}"
        if (line := _JSON_LINE.search(text)) and line[1] in self._files:
            return f"line {_physical(Path(line[1]), int(line[2]) - 1)}{where} is not well-formed JSON"
        if _is_too_large(error):
            return None
        if "GZIP" in text:
            return f"the compressed file ends too early or is damaged{where}"
        if "CSV Parser state machine" in text or "Parallel CSV Reader" in text:
            return f"the CSV{where} mixes kinds of line breaks, or has quotes that cannot be told apart"
        if where or type(error).__name__ == "IOException":
            return f"the file cannot be read{where}: it is damaged, cut off or of another format"
        return None


def _refused(error: Exception) -> UnanswerableError:
    return UnanswerableError(f"the data engine refused the question ({type(error).__name__})")


def _is_too_large(error: Exception) -> bool:
    return type(error).__name__ == "OutOfRangeException" or "Could not cast value" in str(error)


def _physical(file: Path, wanted: int) -> int:
    """The line of a file on which its object number `wanted` stands: the engine counts one more, and no blank lines."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            wanted -= bool(line.strip())
            if not wanted:
                return number
    return number


def _csv_fault(text: str) -> str:
    if columns := _CSV_COLUMNS.search(text):
        return f"{columns[2]} fields where the header has {columns[1]}"
    if "unterminated quote" in text:
        return "a quote is not closed"
    if "utf-8" in text:
        return "it is not UTF-8"
    return "it cannot be split into fields"
