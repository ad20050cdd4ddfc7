import random
import unicodedata

from phoclip_hf.data.typed_queries import strip_diacritics, typed_queries

SENTENCE = "Một con chó đen, chạy trên đường ở Đà Nẵng."


def test_diacritics_go_and_letters_stay():
    bare = "Mot con cho den, chay tren duong o Da Nang."
    assert strip_diacritics(SENTENCE) == bare
    assert strip_diacritics(unicodedata.normalize("NFD", SENTENCE)) == bare
    assert strip_diacritics("ăâêôơưđ ĂÂÊÔƠƯĐ") == "aaeooud AAEOOUD"


def test_the_first_query_is_bare_and_the_second_careless():
    drawn = [typed_queries(SENTENCE, random.Random(seed)) for seed in range(300)]
    assert {first for first, _ in drawn} == {strip_diacritics(SENTENCE)}
    careless = {second for _, second in drawn}
    assert len(careless) > 100
    for query in careless:
        words = strip_diacritics(query).lower().replace(",", "").replace(".", "").split()
        assert words == "mot con cho den chay tren duong o da nang".split()
    capitals = sum(query.isupper() for query in careless)
    assert 0.08 < capitals / len(careless) < 0.26
    assert 0.3 < sum("," in query for query in careless) / len(careless) < 0.7


def test_a_text_of_punctuation_alone_is_kept():
    assert all(typed_queries("...", random.Random(seed))[1] for seed in range(20))
