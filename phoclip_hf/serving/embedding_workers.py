"""Batches embedded in order, in this process or in several, each with an encoder of its own."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from typing import Protocol

import numpy as np
import torch

from phoclip_hf.serving.bulk_items import Items, printable
from phoclip_hf.serving.embedding_shards import SetAside
from phoclip_hf.serving.errors import ServingError


class Encoder(Protocol):
    """What turns items into vectors: `PhoCLIPEncoder` does."""

    fingerprint: str
    dimension: int

    def encode_images(self, images: list) -> np.ndarray:
        """Unit vectors, (images, dimension)."""

    def encode_texts(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, (texts, dimension)."""


@dataclass
class Embedded:
    """One batch: what was embedded and what was not."""

    ids: list[str]
    texts: list[str] | None
    vectors: np.ndarray  # (items, dimension), float32
    set_aside: list[SetAside]


@dataclass(frozen=True)
class Span:
    """A batch of one shard: items [start, stop)."""

    shard: int
    start: int
    stop: int


class _Embedder:
    """Reads and encodes one span after the other."""

    def __init__(self, load_encoder: Callable[[], Encoder], items: Items):
        self.encoder, self.items = load_encoder(), items

    def __call__(self, span: Span) -> Embedded:
        good, set_aside = [], []
        for id, item in self.items.read(span.start, span.stop):
            if isinstance(item, ServingError):
                set_aside.append({"id": id, "key": item.key, "reason": printable(str(item))})
            else:
                good.append((id, item))
        ids, values = [id for id, _ in good], [value for _, value in good]
        is_text = self.items.kind == "texts"
        encode = self.encoder.encode_texts if is_text else self.encoder.encode_images
        vectors = encode(values) if values else np.empty((0, self.encoder.dimension), np.float32)
        return Embedded(ids, values if is_text else None, vectors, set_aside)


Run = Callable[[list[Span]], Iterator[tuple[Span, Embedded]]]


@contextmanager
def embedders(
    load_encoder: Callable[[], Encoder], items: Items, processes: int
) -> Iterator[tuple[str, Run]]:
    """The encoder's fingerprint, and what embeds spans in order, here or in other processes."""
    if processes == 1:
        embedder = _Embedder(load_encoder, items)
        yield embedder.encoder.fingerprint, lambda spans: ((s, embedder(s)) for s in spans)
        return
    threads = max(1, torch.get_num_threads() // processes)
    pool = ProcessPoolExecutor(
        processes,
        mp_context=get_context("spawn"),  # a forked torch may hang
        initializer=_start,
        initargs=(load_encoder, items, threads),
    )

    def run(spans: list[Span]) -> Iterator[tuple[Span, Embedded]]:
        # A window keeps results of finished batches from piling up before their turn.
        waiting: deque[tuple[Span, Future[Embedded]]] = deque()
        for span in spans:
            waiting.append((span, pool.submit(_embed_here, span)))
            if len(waiting) > 4 * processes:
                span, future = waiting.popleft()
                yield span, future.result()
        for span, future in waiting:
            yield span, future.result()

    try:
        with _interrupts_for_us():
            first = pool.submit(_fingerprint_here)
        yield first.result(), run
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_for_us() -> Iterator[None]:
    """Processes started inside ignore Ctrl-C, which a terminal sends to all: we stop them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# Of a started process: its embedder, or why there is none. An error of ours would not come through
# unharmed, for pickling knows nothing of its key.
_here: _Embedder | None = None
_fault = ""


def _start(load_encoder: Callable[[], Encoder], items: Items, threads: int) -> None:
    global _here, _fault
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    torch.set_num_threads(threads)
    try:
        _here = _Embedder(load_encoder, items)
    except ServingError as error:
        _fault = str(error)


def _leave_with_parent() -> None:
    parent_process().join()
    os._exit(1)


def _fingerprint_here() -> str:
    if _fault:
        raise ValueError(_fault)
    return _here.encoder.fingerprint


def _embed_here(span: Span) -> Embedded:
    return _here(span)
