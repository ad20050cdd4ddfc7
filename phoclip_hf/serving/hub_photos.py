"""Photos of a dataset on the Hub, streamed: only the rows that are asked are downloaded."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from datasets import Image as ImageFeature
from datasets import IterableDataset, load_dataset
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled, RepositoryNotFoundError

from phoclip_hf.serving.errors import SourceError
from phoclip_hf.serving.gallery import Photo

# Columns that hold a caption, the likeliest first; a list of captions gives its first one.
CAPTION_COLUMNS = ("captions", "caption", "text", "sentence", "sentences", "description", "title")
MAX_ROWS = 10_000


def hub_photos(dataset_id: str, limit: int, split: str = "train") -> Iterator[Photo]:
    """The first `limit` photos of a public dataset, with captions where a column holds some.

    Raises SourceError with the keys dataset_name, dataset_missing, dataset_offline,
    dataset_no_image or dataset_broken. No code of the dataset runs.
    """
    dataset_id = dataset_id.strip()
    # A name that is a folder here would be read from the disk, whoever asks.
    if not re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", dataset_id) or Path(dataset_id).exists():
        raise SourceError(
            "dataset_name",
            f"{dataset_id!r} is no dataset id: expected organisation/name.",
            dataset=dataset_id,
        )
    try:
        HfApi().dataset_info(dataset_id, timeout=10)
        dataset = load_dataset(dataset_id, split=split, streaming=True)
    except RepositoryNotFoundError as error:
        raise SourceError(
            "dataset_missing",
            f"The Hub has no public dataset {dataset_id!r}.",
            dataset=dataset_id,
        ) from error
    except HfHubHTTPError as error:
        raise _broken(dataset_id, error) from error
    except (OfflineModeIsEnabled, OSError) as error:  # httpx's and requests' errors are OSErrors
        raise _offline() from error
    except Exception as error:
        raise (_offline() if _is_transport(error) else _broken(dataset_id, error)) from error
    try:
        yield from dataset_photos(dataset, dataset_id, min(limit, MAX_ROWS))
    except (SourceError, GeneratorExit):
        raise
    except Exception as error:
        raise _broken(dataset_id, error) from error


def dataset_photos(dataset: IterableDataset, name: str, limit: int) -> Iterator[Photo]:
    """The first `limit` rows as photos; the column of images is found by its type."""
    features = dataset.features or dataset._resolve_features().features or {}
    image = next((key for key, kind in features.items() if isinstance(kind, ImageFeature)), None)
    if image is None:
        columns = ", ".join(features) or "—"
        raise SourceError(
            "dataset_no_image",
            f"The dataset {name!r} has no column of images; its columns: {columns}.",
            dataset=name,
            columns=columns,
        )
    caption = next((column for column in CAPTION_COLUMNS if column in features), None)
    # Undecoded, so that a bad file is one bad row and not the end.
    rows = dataset.cast_column(image, ImageFeature(decode=False))
    for number, row in enumerate(islice(rows, limit)):
        file = row[image] or {}
        text = row.get(caption) if caption else ""
        if isinstance(text, (list, tuple)):
            text = text[0] if text else ""
        source = file.get("bytes") or file.get("path")
        yield Photo(source, str(text or ""), f"{name}[{number}]")


def _offline() -> SourceError:
    return SourceError("dataset_offline", "The Hub cannot be reached: check the network.")


def _is_transport(error: Exception) -> bool:
    """Whether the Hub's HTTP client failed below HTTP: no route, no name, no answer."""
    return type(error).__module__.partition(".")[0] in ("httpx", "httpcore", "requests")


def _broken(dataset_id: str, error: Exception) -> SourceError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return SourceError(
        "dataset_broken",
        f"The dataset {dataset_id!r} cannot be read: {reason}",
        dataset=dataset_id,
        reason=reason,
    )
