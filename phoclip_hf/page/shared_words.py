"""What every Space says, key to (Vietnamese, English): a Space adds its own, or words it anew."""

# What stands on the page from the start.
PAGE = {
    "photo": ("Ảnh", "Photo"),
    "photo_hint": (
        "Thả ảnh vào đây\n\nhoặc bấm để chọn tệp",
        "Drop a photo here\n\nor click to choose a file",
    ),
    "examples": ("Ví dụ: bấm là chạy", "Examples: click to run"),
    "more": ("Tuỳ chọn khác", "More options"),
}

# What the server says: errors by their key.
MESSAGES = {
    "title_error": ("Chưa được rồi", "That did not work"),
    "title_note": ("Lưu ý", "Note"),
    "unexpected": (
        "Có lỗi ngoài dự kiến ({kind}). Chi tiết nằm trong nhật ký của máy chủ.",
        "Something unexpected went wrong ({kind}). The server's log has the details.",
    ),
    "photo_missing": (
        "Chưa có ảnh. Hãy tải lên, dán hoặc chụp một tấm.",
        "There is no photo yet. Upload, paste or take one.",
    ),
    "photo_unknown": (
        "Tệp này không phải ảnh đọc được, dù tên nó kết thúc bằng gì. "
        "Hãy dùng JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF hoặc HEIC.",
        "This file is not a photo that can be read, whatever its name ends with. "
        "Use JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC.",
    ),
    "photo_damaged": (
        "Ảnh bị hỏng hoặc bị cắt cụt. Hãy lưu, tải hoặc gửi lại ảnh.",
        "The photo is damaged or cut short. Save, download or send it again.",
    ),
    "photo_too_large": (
        "Ảnh quá lớn: {width} × {height} điểm ảnh. Tối đa {megapixels} triệu điểm ảnh; "
        "hãy thu nhỏ ảnh rồi thử lại.",
        "The photo is too large: {width} × {height} pixels. At most {megapixels} million pixels; "
        "make it smaller and try again.",
    ),
    "photo_heic": (
        "Ảnh HEIC cần gói pillow-heif, máy chủ này chưa có. Hãy lưu ảnh thành JPEG.",
        "HEIC needs the pillow-heif package, which this server lacks. Save the photo as JPEG.",
    ),
}
