"""The sentences of this Space in Vietnamese and in English, beside those that all Spaces share."""

from theory import THEORY

from phoclip_hf.page.translations import Translations

# What stands on the page from the start: key to (Vietnamese, English).
PAGE = {
    **THEORY,
    "examples": ("Ảnh mẫu", "Sample photos"),
    "report": ("Số đo", "Figures"),
    "tab_edges": ("Biên", "Edges"),
    "smoothing": ("Làm mờ trước (σ, điểm ảnh)", "Blur first (σ, pixels)"),
    "low": ("Canny: ngưỡng thấp", "Canny: low threshold"),
    "high": ("Canny: ngưỡng cao", "Canny: high threshold"),
    "sobel_x": ("Sobel theo x", "Sobel in x"),
    "sobel_y": ("Sobel theo y", "Sobel in y"),
    "sobel_size": ("Độ dốc", "Magnitude"),
    "sobel_direction": ("Hướng dốc", "Direction"),
    "laplacian": ("Laplace", "Laplacian"),
    "canny": ("Canny", "Canny"),
    "tab_fourier": ("Fourier", "Fourier"),
    "pass": ("Giữ lại", "Keep"),
    "pass_low": ("Tần số thấp", "Low frequencies"),
    "pass_high": ("Tần số cao", "High frequencies"),
    "kind": ("Bộ lọc", "Filter"),
    "kind_ideal": ("Lý tưởng", "Ideal"),
    "kind_gaussian": ("Gauss", "Gaussian"),
    "kind_butterworth": ("Butterworth", "Butterworth"),
    "cutoff": ("Tần số cắt (chu kỳ/điểm ảnh)", "Cut-off (cycles per pixel)"),
    "order": ("Bậc n (chỉ Butterworth)", "Order n (Butterworth only)"),
    "grey": ("Ảnh xám", "Grey photo"),
    "mask": ("Mặt nạ H", "Mask H"),
    "filtered": ("Sau khi lọc", "Filtered"),
    "spectrum": ("Biên độ (log)", "Magnitude (log)"),
    "phase": ("Pha", "Phase"),
    "phase_only": ("Chỉ giữ pha", "Phase only"),
    "tab_denoise": ("Lọc nhiễu", "Denoising"),
    "noise": ("Loại nhiễu", "Noise"),
    "noise_gaussian": ("Gauss", "Gaussian"),
    "noise_impulse": ("Muối tiêu", "Salt and pepper"),
    "noise_speckle": ("Đốm (nhân)", "Speckle"),
    "amount": ("Lượng nhiễu", "Amount of noise"),
    "seed": ("Hạt giống ngẫu nhiên", "Random seed"),
    "sigma": ("Gauss: σ (điểm ảnh)", "Gaussian: σ (pixels)"),
    "size": ("Trung vị: cạnh cửa sổ", "Median: window side"),
    "sigma_space": ("Song phương: σ không gian", "Bilateral: σ in space"),
    "sigma_colour": ("Song phương: σ màu", "Bilateral: σ in colour"),
    "noisy": ("Ảnh có nhiễu", "Noisy"),
    "gaussian": ("Lọc Gauss", "Gaussian"),
    "median": ("Lọc trung vị", "Median"),
    "bilateral": ("Lọc song phương", "Bilateral"),
    "tab_histograms": ("Histogram", "Histograms"),
    "contrast": ("Tương phản của ảnh đưa vào", "Contrast of the input"),
    "clip": ("CLAHE: giới hạn", "CLAHE: clip limit"),
    "tiles": ("CLAHE: số ô mỗi chiều", "CLAHE: tiles each way"),
    "input": ("Ảnh đưa vào", "Input"),
    "equalised": ("Cân bằng", "Equalised"),
    "clahe": ("CLAHE", "CLAHE"),
    "histogram_input": ("Histogram: đưa vào", "Histogram: input"),
    "histogram_equalised": ("Histogram: cân bằng", "Histogram: equalised"),
    "histogram_clahe": ("Histogram: CLAHE", "Histogram: CLAHE"),
    "tab_keypoints": ("Điểm đặc trưng", "Keypoints"),
    "window": ("Harris: cạnh cửa sổ", "Harris: window side"),
    "k": ("Harris: k", "Harris: k"),
    "share": ("Harris: ngưỡng (tỉ lệ của đỉnh)", "Harris: threshold (share of peak)"),
    "count": ("ORB: nhiều nhất", "ORB: at most"),
    "response": ("Đáp ứng Harris R", "Harris response R"),
    "harris": ("Góc Harris", "Harris corners"),
    "orb": ("Điểm ORB", "ORB keypoints"),
}

# What the server says: errors by their key, figures.
MESSAGES = {
    "photo_tiny": (
        "Ảnh quá nhỏ: {width} × {height} điểm ảnh. Mỗi chiều cần ít nhất {least}.",
        "The photo is too small: {width} × {height} pixels. Each way needs at least {least}.",
    ),
    "denoised": (
        "PSNR so với ảnh gốc, càng cao càng giống: có nhiễu **{noisy}** dB · Gauss **{gaussian}** "
        "dB · trung vị **{median}** dB · song phương **{bilateral}** dB",
        "PSNR against the original, higher is closer: noisy **{noisy}** dB · Gaussian "
        "**{gaussian}** dB · median **{median}** dB · bilateral **{bilateral}** dB",
    ),
    "found": (
        "**{corners}** góc Harris · **{keypoints}** điểm ORB",
        "**{corners}** Harris corners · **{keypoints}** ORB keypoints",
    ),
}

texts = Translations(PAGE, MESSAGES)
