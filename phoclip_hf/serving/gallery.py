"""Photos that can be searched: LanceDB collections of {id, thumbnail, caption, embedding}."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Protocol

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.expr import col
from lancedb.index import HnswSq
from PIL import Image

from phoclip_hf.serving.collection_names import table_name
from phoclip_hf.serving.errors import GalleryError, PhotoError
from phoclip_hf.serving.photos import PhotoSource, open_photo, thumbnail_bytes

MAX_RESULTS = 25
# Below this many rows an exact scan takes under 0.04 s on two cores and nothing is approximate.
INDEX_ROWS = 20_000
FINGERPRINT = b"phoclip.fingerprint"
TITLE = b"phoclip.title"


class ImageEncoder(Protocol):
    """What a gallery needs of a model: `PhoCLIPEncoder` has it."""

    fingerprint: str
    dimension: int

    def encode_images(self, images: list[Image.Image]) -> np.ndarray:
        """Unit vectors, (images, dimension)."""


@dataclass
class Photo:
    """A photo on its way into a collection; `name` is how an error calls it."""

    source: PhotoSource
    caption: str = ""
    name: str = ""


@dataclass
class AddProgress:
    """How far `Gallery.add` has come; `skipped` holds the name and the fault of each bad photo."""

    seen: int = 0
    added: int = 0
    repeated: int = 0
    skipped: list[tuple[str, PhotoError]] = field(default_factory=list)


@dataclass
class Hit:
    """One result of a search; `score` is the cosine, `thumbnail` a JPEG."""

    id: str
    score: float
    caption: str
    thumbnail: bytes


class Gallery:
    """Collections of photos under one LanceDB address, all encoded by one model.

    Args:
        uri: a local folder, `hf://datasets/…`, object storage (`s3://…`) or a cluster (`db://…`).
        encoder: gives the vectors; its fingerprint is kept with each collection, so that vectors
            of two models are never compared.
        index_rows: number of rows from which a collection gets an HNSW index.
        connect_options: passed to `lancedb.connect`: keys, region, storage options.
    """

    def __init__(
        self,
        uri: str | Path,
        encoder: ImageEncoder,
        index_rows: int = INDEX_ROWS,
        **connect_options: object,
    ):
        self.encoder = encoder
        self.index_rows = index_rows
        self._database = lancedb.connect(uri, **connect_options)

    def collections(self) -> dict[str, str]:
        """Table name to title, of every collection here, whichever model filled it."""
        titles = {}
        for name in self._names():
            metadata = self._database.open_table(name).schema.metadata or {}
            titles[name] = metadata.get(TITLE, name.encode()).decode()
        return titles

    def count(self, title: str) -> int:
        """Number of photos in a collection; 0 where there is none of this name."""
        name = table_name(title)
        return self._database.open_table(name).count_rows() if self._has(name) else 0

    def fits(self, title: str) -> bool:
        """Whether a collection was filled by this very model."""
        metadata = self._database.open_table(table_name(title)).schema.metadata or {}
        return metadata.get(FINGERPRINT) == self.encoder.fingerprint.encode()

    def add(
        self, title: str, photos: Iterable[Photo], batch_size: int = 16
    ) -> Iterator[AddProgress]:
        """Put photos into a collection, which is made if need be; yields after each batch.

        Stop asking and nothing more is added: what was yielded stays. A photo that is there
        already counts as repeated, a bad one is named in `skipped`.
        """
        table = self._open(title, create=True)
        progress = AddProgress()
        photos = iter(photos)
        try:
            while batch := list(islice(photos, batch_size)):
                self._add_batch(table, batch, progress)
                yield progress
        finally:
            if progress.added:
                self._tidy(table)

    def search(self, title: str, vector: np.ndarray, top_k: int = 10) -> list[Hit]:
        """The `top_k` (1 to 25) photos nearest to a unit vector, best first.

        Exact up to `index_rows` rows; beyond, HNSW with its candidates scored again exactly.
        """
        if not 1 <= top_k <= MAX_RESULTS:
            raise GalleryError(
                "top_k", f"Asked for {top_k} results: expected 1 to {MAX_RESULTS}.", limit=25
            )
        table = self._open(title)
        rows = (
            table.search(vector, vector_column_name="embedding", query_type="vector")
            .distance_type("cosine")
            .select(["id", "caption", "thumbnail", "_distance"])
            .limit(top_k)
        )
        if table.list_indices():
            rows = rows.refine_factor(5)
        return [
            Hit(row["id"], 1 - row["_distance"], row["caption"], row["thumbnail"])
            for row in rows.to_list()
        ]

    def delete_photos(self, title: str, ids: list[str]) -> int:
        """Take photos out of a collection by id; the number that were there.

        Their bytes leave the disk when LanceDB next rewrites the file they lie in; `delete`
        removes everything at once.
        """
        if not ids:
            return 0
        table = self._open(title)
        deleted = table.delete(col("id").isin(ids)).num_deleted_rows
        self._tidy(table)
        return deleted

    def delete(self, title: str) -> None:
        """Remove a collection and its files; nothing happens where there is none."""
        name = table_name(title)
        if self._has(name):
            self._database.drop_table(name)

    def _has(self, name: str) -> bool:
        return name in self._names()

    def _names(self) -> list[str]:
        names, page = [], None
        while True:
            response = self._database.list_tables(page_token=page)
            names.extend(response.tables)
            page = response.page_token
            if not page:
                return names

    def _open(self, title: str, create: bool = False) -> lancedb.table.Table:
        name = table_name(title)
        if not self._has(name):
            if not create:
                raise GalleryError(
                    "gallery_missing",
                    f"There is no collection {title!r}: index some photos under this name first.",
                    title=title,
                )
            return self._database.create_table(name, schema=self._schema(title), exist_ok=True)
        if not self.fits(name):
            raise GalleryError(
                "gallery_other_model",
                f"The collection {title!r} was indexed with another checkpoint, whose vectors "
                "cannot be compared with this one's: delete it and index its photos again.",
                title=title,
            )
        return self._database.open_table(name)

    def _schema(self, title: str) -> pa.Schema:
        return pa.schema(
            {
                "id": pa.string(),
                "thumbnail": pa.binary(),
                "caption": pa.string(),
                "embedding": pa.list_(pa.float32(), self.encoder.dimension),
            },
            metadata={
                FINGERPRINT: self.encoder.fingerprint.encode(),
                TITLE: " ".join(title.split())[:60].encode(),
            },
        )

    def _add_batch(
        self, table: lancedb.table.Table, batch: list[Photo], progress: AddProgress
    ) -> None:
        fresh: dict[str, tuple[str, Image.Image]] = {}  # id to caption and picture
        for photo in batch:
            progress.seen += 1
            try:
                image = open_photo(photo.source)
            except PhotoError as error:
                progress.skipped.append((photo.name, error))
                continue
            fresh[photo_id(image)] = (unicodedata.normalize("NFC", photo.caption), image)
        for row in table.search().where(col("id").isin(list(fresh))).select(["id"]).to_list():
            del fresh[row["id"]]
        progress.repeated = progress.seen - progress.added - len(progress.skipped) - len(fresh)
        if not fresh:
            return
        captions, images = zip(*fresh.values(), strict=True)
        embeddings = self.encoder.encode_images(list(images))
        table.add(
            pa.table(
                {
                    "id": list(fresh),
                    "thumbnail": [thumbnail_bytes(image) for image in images],
                    "caption": list(captions),
                    "embedding": pa.FixedSizeListArray.from_arrays(
                        pa.array(embeddings.ravel(), pa.float32()), self.encoder.dimension
                    ),
                },
                schema=table.schema,
            )
        )
        progress.added += len(fresh)

    def _tidy(self, table: lancedb.table.Table) -> None:
        if not table.list_indices() and table.count_rows() >= self.index_rows:
            table.create_index("embedding", config=HnswSq(distance_type="cosine"))
        # Merges the batches and takes new rows into the index; a reader keeps its version so long.
        table.optimize(cleanup_older_than=timedelta(minutes=10))


def photo_id(image: Image.Image) -> str:
    """A name for the pixels of an RGB picture: equal pictures have equal ids, in hexadecimal."""
    size = "x".join(map(str, image.size)).encode()
    return blake2b(size + image.tobytes(), digest_size=16).hexdigest()
