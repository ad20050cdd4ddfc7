"""The sentences of this Space in Vietnamese and in English, beside those that all Spaces share."""

from phoclip_hf.page.translations import Translations

# What stands on the page from the start: key to (Vietnamese, English).
PAGE = {
    "tab_classify": ("Phân loại", "Classify"),
    "tab_search": ("Tìm ảnh", "Search"),
    "tab_describe": ("Mô tả ảnh", "Describe"),
    "classify_intro": (
        "Đưa một tấm ảnh và vài nhãn tiếng Việt bất kỳ: mô hình cho biết nhãn nào hợp nhất. "
        "Nó chưa từng được dạy riêng những nhãn này (zero-shot).",
        "Give a photo and any Vietnamese labels: the model says which of them fits best. "
        "It was never taught these labels (zero-shot).",
    ),
    "labels": ("Nhãn", "Labels"),
    "labels_hint": (
        "Gõ nhãn rồi nhấn Enter; bấm × để bỏ; dán được cả danh sách (dấu phẩy hoặc xuống dòng).",
        "Type a label, press Enter; × removes it; a pasted list works too (commas or new lines).",
    ),
    "templates": ("Mẫu câu", "Sentence templates"),
    "templates_hint": (
        "Mỗi dòng một mẫu, {} là chỗ của nhãn. Kết quả là trung bình của các mẫu.",
        "One a line; {} is where the label goes. The result is their average.",
    ),
    "classify": ("Phân loại", "Classify"),
    "probabilities": ("Xác suất", "Probabilities"),
    "search_intro": (
        "Tìm trong một bộ sưu tập ảnh bằng câu tiếng Việt, bằng một tấm ảnh, hoặc cả hai cùng lúc.",
        "Search a collection of photos with a Vietnamese sentence, with a photo, or with both.",
    ),
    "collection": ("Bộ sưu tập", "Collection"),
    "words": ("Tìm gì?", "What are you looking for?"),
    "words_hint": (
        "con mèo nằm dưới gốc cây",
        "in Vietnamese: con mèo nằm dưới gốc cây",
    ),
    "photo_query": ("Tìm bằng ảnh", "Search with a photo"),
    "text_weight": ("Cân giữa ảnh và chữ", "Photo against words"),
    "text_weight_hint": (
        "0: chỉ theo ảnh · 1: chỉ theo chữ. Chỉ có tác dụng khi có cả hai.",
        "0: the photo only · 1: the words only. Counts only when both are given.",
    ),
    "top_k": ("Số kết quả", "Results"),
    "rerank": ("Xếp lại kỹ hơn", "Look closer"),
    "rerank_hint": (
        "Một mô hình thứ hai đọc câu cùng với từng ảnh trong 16 ảnh đầu rồi xếp lại; lâu hơn.",
        "A second model reads the words beside each of the first 16 photos and sorts them anew; "
        "it takes longer.",
    ),
    "search": ("Tìm", "Search"),
    "results": ("Kết quả", "Results"),
    "scores": ("Điểm số", "Scores"),
    "index_own": ("Thêm ảnh của bạn", "Add your own photos"),
    "index_local": (
        "Ảnh ở lại trên máy này. Bộ sưu tập giữ ảnh thu nhỏ (đã xoá EXIF), chú thích và vectơ, "
        "và còn đó sau khi khởi động lại.",
        "Photos stay on this machine. A collection keeps thumbnails (without EXIF), captions and "
        "vectors, and is still there after a restart.",
    ),
    "index_public": (
        "Ảnh chỉ thuộc về phiên làm việc của bạn: không ai khác tìm thấy, và bị xoá khi bạn rời đi "
        "hoặc sau một giờ.",
        "Photos belong to your session only: nobody else can find them, and they are deleted when "
        "you leave or after one hour.",
    ),
    "collection_name": ("Tên bộ sưu tập", "Name of the collection"),
    "collection_name_hint": ("Ảnh gia đình", "Family photos"),
    "files": ("Chọn ảnh", "Choose photos"),
    "index": ("Thêm ảnh đã chọn", "Add the chosen photos"),
    "dataset": ("Bộ dữ liệu trên Hub", "Dataset on the Hub"),
    "dataset_hint": ("tên-tổ-chức/tên-bộ-dữ-liệu", "organisation/dataset"),
    "rows": ("Số ảnh tối đa", "At most this many photos"),
    "index_dataset": ("Thêm từ Hub", "Add from the Hub"),
    "cancel": ("Dừng", "Stop"),
    "delete": ("Xoá bộ sưu tập đang chọn", "Delete the chosen collection"),
    "delete_really": ("Xoá hẳn", "Delete for good"),
    "delete_not": ("Giữ lại", "Keep it"),
    "status": ("Tiến độ", "Progress"),
    "counts": ("Số lượng", "Counts"),
    "describe_intro": (
        "Mô hình viết chú thích tiếng Việt cho ảnh và gợi ý hashtag; bấm «Đọc to» để nghe.",
        "The model writes Vietnamese captions of a photo and suggests hashtags; press “Read aloud” "
        "to hear the captions.",
    ),
    "count": ("Số câu mô tả", "Captions"),
    "method": ("Cách viết", "Way of writing"),
    "method_beam": ("Chắc chắn nhất (beam search)", "Likeliest (beam search)"),
    "method_greedy": ("Nhanh nhất, một câu (greedy)", "Fastest, one caption (greedy)"),
    "method_sample": ("Đa dạng (lấy mẫu)", "Varied (sampling)"),
    "captioner": ("Mô hình viết mô tả", "Captioner"),
    "temperature": ("Độ phóng khoáng khi lấy mẫu", "Temperature when sampling"),
    "describe": ("Mô tả", "Describe"),
    "captions": ("Mô tả, kèm độ chắc chắn của mô hình", "Captions, and how sure the model is"),
    "hashtags": ("Hashtag gợi ý", "Suggested hashtags"),
    "hashtags_hint": (
        "Chọn theo ảnh và theo các câu mô tả, từ một danh sách thẻ tiếng Việt.",
        "Chosen by the photo and its captions, from a list of Vietnamese tags.",
    ),
    "tags": ("Thẻ gợi ý", "Suggested tags"),
    "speak": ("🔊 Đọc to", "🔊 Read aloud"),
    "stop_speaking": ("⏹ Ngừng đọc", "⏹ Stop reading"),
}

# What the server says: errors by their key, notes, progress.
MESSAGES = {
    "model_missing": (
        "Không mở được mô hình «{model}»: {reason}. Hãy sửa {variable} (thư mục hoặc tên trên "
        "Hub), hoặc bỏ biến này để dùng mô hình đi kèm.",
        "The model “{model}” cannot be opened: {reason}. Correct {variable} (a folder or a Hub "
        "id), or unset it to use the model that is shipped.",
    ),
    "labels_none": (
        "Chưa có nhãn nào. Gõ ít nhất hai nhãn, ví dụ: chơi bóng chày, chơi tennis.",
        "There are no labels yet. Type at least two, for instance: chơi bóng chày, chơi tennis.",
    ),
    "labels_one": (
        "Chỉ có một nhãn («{label}») thì nó luôn được 100 %. Hãy thêm ít nhất một nhãn khác "
        "để so sánh.",
        "With one label (“{label}”) it always gets 100 %. Add at least one other to compare with.",
    ),
    "labels_many": (
        "Có {count} nhãn; mỗi lần tối đa {limit} nhãn. Hãy bớt nhãn đi.",
        "There are {count} labels; at most {limit} at once. Remove some.",
    ),
    "labels_repeated": (
        "Đã gộp {count} nhãn trùng nhau.",
        "{count} repeated labels were merged.",
    ),
    "labels_hidden": (
        "Đã so {count} nhãn; chỉ hiện {shown} nhãn đứng đầu.",
        "{count} labels were compared; the first {shown} are shown.",
    ),
    "label_cut": (
        "{count} nhãn dài quá {limit} đơn vị từ: phần sau bị bỏ qua.",
        "{count} labels are longer than {limit} tokens: their ends were left out.",
    ),
    "template_without_place": (
        "Mẫu câu «{template}» thiếu {{}}, chỗ của nhãn.",
        "The template “{template}” lacks {{}}, the place of the label.",
    ),
    "text_cut": (
        "Câu dài quá {limit} đơn vị từ: mô hình chỉ đọc phần đầu.",
        "The sentence is longer than {limit} tokens: the model read its beginning only.",
    ),
    "rerank_needs_words": (
        "Muốn xếp lại thì cần có chữ: lần này chỉ tìm theo ảnh.",
        "Looking closer needs words: this time the photo alone was searched for.",
    ),
    "match": ("khớp {percent} %", "match {percent} %"),
    "reranker_missing": (
        "Không mở được mô hình xếp lại «{model}»: {reason}. Hãy sửa {variable} (thư mục hoặc tên "
        "trên Hub của một PhoBLIP), hoặc bỏ biến này để tìm mà không xếp lại.",
        "The model that looks closer, “{model}”, cannot be opened: {reason}. Correct {variable} "
        "(a folder or a Hub id of a PhoBLIP), or unset it to search without.",
    ),
    "captioner_unknown": (
        "Không có mô hình viết mô tả nào tên «{name}». Hiện có: {known}.",
        "There is no captioner called “{name}”. There are: {known}.",
    ),
    "query_empty": (
        "Chưa biết tìm gì. Gõ vài từ, chọn một tấm ảnh, hoặc cả hai.",
        "Nothing to look for yet. Type some words, choose a photo, or both.",
    ),
    "top_k": ("Số kết quả phải từ 1 đến {limit}.", "Results must be between 1 and {limit}."),
    "gallery_missing": (
        "Không có bộ sưu tập «{title}». Hãy thêm ảnh vào đó trước.",
        "There is no collection “{title}”. Add photos to it first.",
    ),
    "gallery_empty": (
        "Bộ sưu tập «{title}» chưa có ảnh nào.",
        "The collection “{title}” holds no photos yet.",
    ),
    "gallery_name": (
        "«{title}» không dùng làm tên được: cần ít nhất một chữ cái hoặc chữ số.",
        "“{title}” cannot be a name: it needs at least one letter or digit.",
    ),
    "gallery_other_model": (
        "Bộ sưu tập «{title}» được tạo bằng một mô hình khác, không so sánh được. "
        "Hãy xoá nó rồi thêm ảnh lại.",
        "The collection “{title}” was made with another model and cannot be compared. "
        "Delete it and add its photos again.",
    ),
    "gallery_kept": (
        "Bộ sưu tập «{title}» là của chung, không xoá ở đây được.",
        "The collection “{title}” belongs to everyone and cannot be deleted here.",
    ),
    "files_none": ("Chưa chọn ảnh nào.", "No photos were chosen."),
    "files_many": (
        "Có {count} ảnh; mỗi lần tối đa {limit} ảnh.",
        "There are {count} photos; at most {limit} at once.",
    ),
    "dataset_name": (
        "«{dataset}» không phải tên bộ dữ liệu: cần dạng tổ-chức/tên.",
        "“{dataset}” is no name of a dataset: expected organisation/name.",
    ),
    "dataset_missing": (
        "Trên Hub không có bộ dữ liệu «{dataset}», hoặc nó không công khai.",
        "The Hub has no dataset “{dataset}”, or it is not public.",
    ),
    "dataset_offline": (
        "Không kết nối được với Hub. Hãy kiểm tra mạng, hoặc tải ảnh lên trực tiếp.",
        "The Hub cannot be reached. Check the network, or upload photos instead.",
    ),
    "dataset_no_image": (
        "Bộ dữ liệu «{dataset}» không có cột ảnh. Các cột: {columns}.",
        "The dataset “{dataset}” has no column of images. Its columns: {columns}.",
    ),
    "dataset_broken": (
        "Không đọc được bộ dữ liệu «{dataset}»: {reason}",
        "The dataset “{dataset}” cannot be read: {reason}",
    ),
    "collection_demo": ("Tranh vẽ mẫu", "Drawn scenes"),
    "collection_own": ("Ảnh của bạn", "Your photos"),
    "preparing": (
        "Bộ sưu tập mẫu đang được vẽ và lập chỉ mục, xin đợi vài giây rồi tìm lại.",
        "The sample collection is being drawn and indexed; wait a few seconds and search again.",
    ),
    "indexing": ("Đang thêm ảnh… {seen}", "Adding photos… {seen}"),
    "indexed": (
        "Xong: thêm {added} ảnh vào «{title}»; {repeated} ảnh đã có sẵn; {skipped} tệp bị bỏ qua.",
        "Done: {added} photos added to “{title}”; {repeated} were there already; "
        "{skipped} files left aside.",
    ),
    "stopped": (
        "Đã dừng. «{title}» hiện có {count} ảnh.",
        "Stopped. “{title}” now holds {count} photos.",
    ),
    "skipped": ("Bị bỏ qua: {name}. {reason}", "Left aside: {name}. {reason}"),
    "delete_sure": (
        "Xoá «{title}» và {count} ảnh trong đó? Không lấy lại được.",
        "Delete “{title}” and its {count} photos? This cannot be undone.",
    ),
    "deleted": ("Đã xoá «{title}».", "“{title}” was deleted."),
    "nothing_chosen": ("Chưa chọn bộ sưu tập nào.", "No collection is chosen."),
}

texts = Translations(PAGE, MESSAGES)
