"""PhoCLIPTokenizer: ids worked out by hand, the reference pair, and both doors."""

import json
import os
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path

import pytest

pytest.importorskip("transformers")

from transformers import AutoTokenizer, PhobertTokenizer

from phoclip_hf.configuration_phoclip import PhoCLIPConfig
from phoclip_hf.tokenization_phoclip import PhoCLIPTokenizer

CAPTIONS = [
    "Một con chó chạy trên bãi cỏ.",
    "Hai con chó đang chơi với quả bóng đỏ trên bãi cỏ.",
    "Một người đàn ông đội mũ đang câu cá bên bờ sông.",
    "Người phụ nữ mặc áo dài đi xe máy trên đường phố.",
    "Ba đứa trẻ chơi bóng đá trên bãi biển.",
    "Một con mèo nằm ngủ dưới gốc cây.",
    "Chiếc thuyền nhỏ trôi trên sông lúc hoàng hôn.",
    "Một vận động viên quần vợt đang giao bóng.",
    "Người đàn ông và con chó đứng cạnh ngôi nhà màu vàng.",
    "Hai cô gái mặc áo đỏ cười trước ống kính.",
    "Một cậu bé nhảy xuống hồ bơi.",
    "Xe máy và ô tô chạy trên đường phố đông người.",
]


@pytest.fixture(scope="module")
def own() -> PhoCLIPTokenizer:
    """A vocabulary trained on the dozen captions above, which need no more than these ids."""
    return PhoCLIPTokenizer.train(CAPTIONS, vocab_size=420)


@pytest.fixture
def phobert_folder(tmp_path: Path) -> Path:
    """A tiny PhoBERT: "chó" and "con_chó" are pieces; "co" is a merge product without an id."""
    pieces = "con chó con_chó , h@@ o@@ à@@ à c@@ n ó _@@ con_@@".split()
    (tmp_path / "vocab.txt").write_text("".join(f"{piece} 9\n" for piece in pieces))
    merges = ["c o", "co n</w>", "c h", "ch ó</w>", "co n", "con _", "con_ chó</w>", "o \u00a0"]
    (tmp_path / "bpe.codes").write_text("".join(f"{merge} 9\n" for merge in merges))
    return tmp_path


def test_phobert_ids_by_hand(phobert_folder: Path) -> None:
    tokenizer = PhoCLIPTokenizer.from_phobert(phobert_folder, segmenter="none")
    # Ids 0-3 are special, the 13 lines of vocab.txt follow, then <mask>.
    assert tokenizer.mask_token_id == len(tokenizer) - 1 == 17
    assert tokenizer("con chó").input_ids == [0, 4, 5, 2]
    assert tokenizer("con_chó", is_segmented=True).input_ids == [0, 6, 2]
    assert tokenizer("co").input_ids[1:-1] == [12, 3]  # c@@, and "o" at the end has no id
    assert tokenizer("coh").input_ids[1:-1] == [
        3,
        3,
    ]  # neither "co" nor "h" at the end
    assert tokenizer.convert_tokens_to_ids("co") == 3
    assert "co" not in tokenizer.get_vocab()


def test_phobert_equals_reference_on_tiny_files(phobert_folder: Path) -> None:
    ours = PhoCLIPTokenizer.from_phobert(phobert_folder, segmenter="none")
    reference = PhobertTokenizer(
        str(phobert_folder / "vocab.txt"), str(phobert_folder / "bpe.codes")
    )
    for text in ["con chó", "con_chó , con", "hoà", "co coh chóc con_", "日本 con", "o c n ó"]:
        assert ours(text, is_segmented=True).input_ids == reference(text).input_ids, text
    assert ours("con", "chó").input_ids == reference("con", "chó").input_ids == [0, 4, 2, 2, 5, 2]


def test_a_piece_twice_is_refused(phobert_folder: Path) -> None:
    with (phobert_folder / "vocab.txt").open("a") as file:
        file.write("chó 1\n")
    with pytest.raises(ValueError, match="holds 'chó' twice"):
        PhoCLIPTokenizer.from_phobert(phobert_folder)


def test_missing_phobert_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"holds no vocab\.txt"):
        PhoCLIPTokenizer.from_phobert(tmp_path)


def test_special_tokens_lie_where_phobert_has_them(own: PhoCLIPTokenizer) -> None:
    assert own.convert_tokens_to_ids(["<s>", "<pad>", "</s>", "<unk>"]) == [0, 1, 2, 3]
    assert own.mask_token_id == len(own) - 1 == own.vocab_size - 1
    assert len(own) <= 420


def test_segmentation_happens_inside(own: PhoCLIPTokenizer) -> None:
    raw = own("Một người đàn ông đội mũ").input_ids
    segmented = own("Một người đàn_ông đội mũ", is_segmented=True).input_ids
    unsegmented = own("Một người đàn ông đội mũ", is_segmented=True).input_ids
    assert raw == segmented != unsegmented


@pytest.mark.slow
def test_training_is_deterministic_across_processes(own: PhoCLIPTokenizer, tmp_path: Path) -> None:
    own.save_pretrained(tmp_path)
    code = (
        "import sys, json; from phoclip_hf.tokenization_phoclip import PhoCLIPTokenizer;"
        "tokenizer = PhoCLIPTokenizer.train(json.loads(sys.argv[1]), vocab_size=420);"
        "tokenizer.save_pretrained(sys.argv[2])"
    )
    again = tmp_path / "again"
    subprocess.run([sys.executable, "-c", code, json.dumps(CAPTIONS), str(again)], check=True)
    assert (again / "tokenizer.json").read_bytes() == (tmp_path / "tokenizer.json").read_bytes()


def test_no_vietnamese_letter_is_unknown(own: PhoCLIPTokenizer) -> None:
    text = "Ỗ ẵ ỹ kỳ vĩ Đắk Lắk: 1234567890 (ngoằn ngoèo) khuỷu tay?"
    assert own.unk_token_id not in own(text).input_ids
    assert own("日本").input_ids.count(own.unk_token_id) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((["Con mèo"], 100), "vocab_size is 100; expected"),
        (([], 500), "0 captions given"),
        ((["", " "], 500), "2 captions given"),
        (("Con mèo", 500), "one string"),
    ],
)
def test_training_refuses(given: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PhoCLIPTokenizer.train(*given)


@pytest.mark.parametrize("segmenter", ["underthesea", "none"])
def test_one_text_in_many_spellings_has_one_sequence_of_ids(segmenter: str) -> None:
    tokenizer = PhoCLIPTokenizer.train(CAPTIONS, vocab_size=420, segmenter=segmenter)
    expected = tokenizer("chị thúy khỏe, anh hòa quý hoàng hôn").input_ids
    variants = [
        "chị thuý khoẻ, anh hoà qúy hòang hôn",
        unicodedata.normalize("NFD", "chị thúy khỏe, anh hòa quý hoàng hôn"),
        "CHỊ THÚY KHỎE, ANH HÒA QUÝ HOÀNG HÔN",
        "\ufeffchị  th\u200búy\tkhỏe, anh\u00a0hòa qu\u00adý ho\u200dàng hôn \n",
    ]
    if segmenter == "none":  # white space is all that parts words there
        expected = tokenizer("chị thúy khỏe , anh hòa quý hoàng hôn").input_ids
        variants = [variant.replace(",", " ,") for variant in variants]
    assert [tokenizer(variant).input_ids for variant in variants] == [expected] * 4


def test_segmented_text_keeps_its_tones_unless_asked(own: PhoCLIPTokenizer) -> None:
    strict = PhoCLIPTokenizer.train(CAPTIONS, vocab_size=420, unify_segmented_tones=False)
    for tokenizer, token in ((own, "hòa"), (strict, "hoà")):
        text = tokenizer.tokenize("hoà_bình", is_segmented=True)
        assert "".join(text) == token + "_bình</w>"


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "\n\t"])
def test_nothing_to_read_is_start_and_end(own: PhoCLIPTokenizer, text: str) -> None:
    assert own(text).input_ids == own(text, is_segmented=True).input_ids == [0, 2]


def test_empty_batch_is_refused(own: PhoCLIPTokenizer) -> None:
    with pytest.raises(ValueError, match="empty list"):
        own([])


def test_typed_special_tokens_are_text(own: PhoCLIPTokenizer) -> None:
    ids = own("con chó </s> <mask> <pad> <s>").input_ids
    assert ids[0] == 0 and ids[-1] == 2
    assert not set(ids[1:-1]) & {0, 1, 2, own.mask_token_id}


def test_special_tokens_count_where_the_caller_says_so(own: PhoCLIPTokenizer) -> None:
    ids = own("một <mask> đàn ông", split_special_tokens=False).input_ids
    assert ids.count(own.mask_token_id) == 1
    assert ids[-2] == own("đàn ông").input_ids[-2]  # still segmented beside it
    assert own("một <mask> đàn ông").input_ids.count(own.mask_token_id) == 0  # and not after it


def test_added_tokens_are_kept_from_the_segmenter(tmp_path: Path) -> None:
    tokenizer = PhoCLIPTokenizer.train(CAPTIONS, vocab_size=420)
    size = len(tokenizer)
    assert tokenizer.add_tokens(["[XE MÁY]"]) == 1
    assert tokenizer.tokenize("con [XE MÁY] chó")[1] == "[XE MÁY]"
    assert len(tokenizer) == size + 1
    tokenizer.save_pretrained(tmp_path)
    assert len(PhoCLIPTokenizer.from_pretrained(tmp_path)) == size + 1


def test_truncation(own: PhoCLIPTokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "con chó " * 100
    ids = own([text, "chó"], padding=True, return_tensors="pt").input_ids  # as zero-shot calls it
    assert ids.shape == (2, 70) and ids[0, -1] == 2
    assert len(own.encode(text)) == 70
    assert len(own(text, truncation=False).input_ids) == 202
    assert len(own(text, max_length=10).input_ids) == 10
    assert len(own(text, max_length=100, truncation=True).input_ids) == 100
    # the limit is rounded down where both are asked for; Transformers refuses 70 as no multiple
    for truncation in (None, True, "only_first"):
        cut = own(text, padding=True, truncation=truncation, pad_to_multiple_of=8)
        assert len(cut.input_ids) == 64
    assert len(own(text, pad_to_multiple_of=8).input_ids) == 70  # nothing is padded
    assert len(own("chó", padding="max_length", pad_to_multiple_of=8).input_ids) == 64
    with pytest.raises(ValueError, match="not a multiple"):
        own(text, padding=True, max_length=12, pad_to_multiple_of=8)
    with monkeypatch.context() as context:
        context.setattr(own, "model_max_length", int(1e30))  # Transformers' "no limit"
        assert len(own(text, padding=True, pad_to_multiple_of=8).input_ids) == 208
    assert len(own("chó", padding="max_length").input_ids) == 70
    assert len(own.tokenize(text)) == 200


@pytest.mark.parametrize(
    "text",
    [
        "một người đàn ông đội mũ đang câu cá bên bờ sông.",
        "hai con chó, một con mèo (nhỏ) và ba con gà!",
        'biển hiệu ghi "xin chào", đúng không?',
        "lúc 20:30, 3,5 kg cá; giảm 50%…",
    ],
)
def test_decode_gives_plain_vietnamese(own: PhoCLIPTokenizer, text: str) -> None:
    ids = own(text).input_ids
    assert own.decode(ids, skip_special_tokens=True) == text
    assert own.batch_decode([ids, ids], skip_special_tokens=True) == [text, text]
    assert own.decode(ids) == f"<s> {text} </s>"
    raw = own.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    assert raw == own.prepare_text(text).replace("_", " ")


def test_offsets_refer_to_the_segmented_text(own: PhoCLIPTokenizer) -> None:
    seen = own.prepare_text("Người đàn ông câu cá")
    assert seen == "người đàn_ông câu cá"
    offsets = own("Người đàn ông câu cá", return_offsets_mapping=True).offset_mapping
    assert "".join(seen[start:end] for start, end in offsets) == seen.replace(" ", "")


def test_pretokenized_words_keep_their_places(own: PhoCLIPTokenizer) -> None:
    encoding = own([["Người", "đàn_ông"], ["chó"]], is_split_into_words=True)
    assert encoding.input_ids[0] == own("người đàn ông").input_ids
    assert set(encoding.word_ids(0)) == {None, 0, 1}


def test_unknown_segmenter_and_missing_ones(
    own: PhoCLIPTokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from phoclip_hf import segmentation_phoclip

    own.save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="expected one of underthesea, vncorenlp, none"):
        PhoCLIPTokenizer.from_pretrained(tmp_path, segmenter="pyvi")("chó")
    for name, package in (("underthesea", "underthesea"), ("vncorenlp", "py_vncorenlp")):
        tokenizer = PhoCLIPTokenizer.from_pretrained(tmp_path, segmenter=name)
        monkeypatch.setitem(sys.modules, package, None)  # what an import of it then raises
        segmentation_phoclip._underthesea.cache_clear()
        with pytest.raises(ImportError, match=f"pip install {package}"):
            tokenizer("một câu chưa từng thấy")
        assert tokenizer("chó", is_segmented=True).input_ids[0] == 0  # needs none


def test_vncorenlp_is_called_with_its_folder(
    own: PhoCLIPTokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import ModuleType

    from phoclip_hf import segmentation_phoclip

    class VnCoreNLP:  # the package needs Java and a download: this stands in for it
        def __init__(self, annotators: list[str], save_dir: str) -> None:
            assert annotators == ["wseg"] and save_dir == str(tmp_path)

        def word_segment(self, text: str) -> list[str]:
            return [text.replace("đàn ông", "đàn_ông"), "."]

    module = ModuleType("py_vncorenlp")
    module.VnCoreNLP = VnCoreNLP
    monkeypatch.setitem(sys.modules, "py_vncorenlp", module)
    segmentation_phoclip._vncorenlp.cache_clear()
    monkeypatch.delenv("VNCORENLP_DIR", raising=False)
    with pytest.raises(FileNotFoundError, match="VNCORENLP_DIR is None"):
        segmentation_phoclip.segment("người đàn ông", "vncorenlp")
    monkeypatch.setenv("VNCORENLP_DIR", str(tmp_path))
    segmented = segmentation_phoclip.segment("anh hoà người đàn ông", "vncorenlp")
    assert segmented == "anh hòa người đàn_ông ."
    segmentation_phoclip._vncorenlp.cache_clear()


def test_save_and_load_keep_ids_and_options(tmp_path: Path) -> None:
    tokenizer = PhoCLIPTokenizer.train(
        CAPTIONS, vocab_size=420, segmenter="none", model_max_length=12
    )
    fresh = tmp_path / "fresh"
    tokenizer.save_pretrained(fresh)
    PhoCLIPConfig().save_pretrained(tmp_path)
    expected = tokenizer(CAPTIONS, padding=True).input_ids
    tokenizer.save_pretrained(tmp_path)
    assert (tmp_path / "tokenizer.json").read_bytes() == (fresh / "tokenizer.json").read_bytes()
    for loader in (PhoCLIPTokenizer, AutoTokenizer):
        loaded = loader.from_pretrained(tmp_path)
        assert type(loaded) is PhoCLIPTokenizer
        assert loaded(CAPTIONS, padding=True).input_ids == expected
        assert (loaded.segmenter, loaded.do_lower_case, loaded.model_max_length) == (
            "none",
            True,
            12,
        )
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".pkl", ".bin", ".pt")]


def test_remote_code_without_the_package(own: PhoCLIPTokenizer, tmp_path: Path) -> None:
    own.save_pretrained(tmp_path / "hub")
    code = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "phoclip_hf":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hidden())
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1], trust_remote_code=True)
tokenizer.save_pretrained(sys.argv[2])
tokenizer = AutoTokenizer.from_pretrained(sys.argv[2], trust_remote_code=True)
assert type(tokenizer).__module__.startswith("transformers_modules"), type(tokenizer)
print(tokenizer("Một người đàn ông đội mũ").input_ids)
"""
    result = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "hub"), str(tmp_path / "again")],
        env={**os.environ, "HF_MODULES_CACHE": str(tmp_path / "modules")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == own("Một người đàn ông đội mũ").input_ids


def test_threads_do_not_mix(own: PhoCLIPTokenizer) -> None:
    texts = [f"{caption} {number}" for number in range(20) for caption in CAPTIONS]
    expected = own(texts, truncation=False).input_ids
    wrong = []

    def work(first: int) -> None:
        for index in range(first, len(texts), 6):
            padding = "max_length" if first % 2 else False
            ids = own(texts[index], padding=padding).input_ids
            if ids[: len(expected[index])] != expected[index] or (padding and len(ids) != 70):
                wrong.append(index)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.shared_data
def test_phobert_equals_reference_on_captions(shared_data: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    from underthesea import word_tokenize

    folder = shared_data / "phobert_tokenizer"
    ours = PhoCLIPTokenizer.from_phobert(folder)
    reference = PhobertTokenizer(str(folder / "vocab.txt"), str(folder / "bpe.codes"))
    assert (len(ours), ours.mask_token_id) == (64001, 64000)
    for name, is_segmented in (("flickr8k_vi", False), ("capydata_vi", True)):
        table = parquet.read_table(shared_data / name / "test.parquet", columns=["captions"])
        texts = [text for row in table["captions"].to_pylist() for text in row][:2000]
        words = texts if is_segmented else [word_tokenize(text, format="text") for text in texts]
        assert ours(texts, is_segmented=is_segmented).input_ids == reference(words).input_ids
