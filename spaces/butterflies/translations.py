"""The sentences of this Space in Vietnamese and in English, beside those that all Spaces share."""

from phoclip_hf.page.translations import Translations

# What stands on the page from the start: key to (Vietnamese, English).
PAGE = {
    "intro": (
        "Đưa một tấm ảnh bướm hoặc ngài: mô hình nêu năm loài giống nhất trong 50 loài nó đã học. "
        "Loài khác thì nó không biết tên.",
        "Give a photo of a butterfly or moth: the model names the five likeliest of the 50 species "
        "that it learned. Of any other it does not know the name.",
    ),
    "classify": ("Gọi tên", "Name it"),
    "data": ("Kết quả cho chương trình", "Result for programs"),
}

# What the server says: errors by their key, and the words of an answer.
MESSAGES = {
    "classifier_missing": (
        "Không dùng được mô hình «{file}»: {reason}. Hãy sửa BUTTERFLIES_MODEL (tệp ONNX do "
        "scripts/export.py tạo, hoặc thư mục chứa nó), hoặc bỏ biến này để dùng mô hình đi kèm.",
        "The model “{file}” cannot be used: {reason}. Correct BUTTERFLIES_MODEL (an ONNX file that "
        "scripts/export.py wrote, or its folder), or unset it to use the model that is shipped.",
    ),
    "not_a_butterfly": ("Có lẽ không phải bướm?", "Not a butterfly?"),
    "only_guesses": (
        "Ảnh này không giống những loài mà mô hình đã học. Các tên dưới đây chỉ là phỏng đoán.",
        "This photo does not look like the species that the model learned. The names below are "
        "mere guesses.",
    ),
    "descriptive": (
        "* Chưa có tên tiếng Việt quen dùng; tên ở đây là tên mô tả hoặc dịch.",
        "* No Vietnamese name is established; this one describes or translates.",
    ),
    "percent": ("{number} %", "{number}%"),
}

texts = Translations(PAGE, MESSAGES)
