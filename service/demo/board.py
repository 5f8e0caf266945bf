"""Progress bars, and the small thread pool that the stages of the day run on."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from service.core.texts import Language, Text

T = TypeVar("T")
R = TypeVar("R")

THREADS = 8
"""As many as gunicorn has by default: two processes of four threads."""


class Board:
    """Shows how far each stage is; used as a context."""

    def __init__(self, console: Console, language: Language) -> None:
        self.console = console
        self.language = language
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._pool = ThreadPoolExecutor(THREADS)

    def __enter__(self) -> Self:
        """Show the bars."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bars as they are; work that has not begun is dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._progress.stop()

    def in_order(self, title: Text, items: Iterable[T], work: Callable[[T], None]) -> None:
        """Do ``work`` for one item after the other, where the order decides what the service calls them."""
        todo: Sequence[T] = list(items)
        task = self._progress.add_task(title.say(self.language), total=len(todo))
        for item in todo:
            work(item)
            self._progress.advance(task)

    def each(self, title: Text, items: Iterable[T], work: Callable[[T], R]) -> list[R]:
        """Do ``work`` for every item on the pool; the answers stand in the order of the items."""
        todo: Sequence[T] = list(items)
        task = self._progress.add_task(title.say(self.language), total=len(todo))

        def one(item: T) -> R:
            done = work(item)
            self._progress.advance(task)
            return done

        return list(self._pool.map(one, todo))

    def step(self, title: Text, work: Callable[[], R]) -> R:
        """Do one thing and show that it is done."""
        task = self._progress.add_task(title.say(self.language), total=1)
        done = work()
        self._progress.advance(task)
        return done
