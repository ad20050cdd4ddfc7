"""A sentence or two of theory and the formula of each lesson, as Markdown with LaTeX."""

# Key to (Vietnamese, English); the formula that follows both is the same.
WORDS = {
    "theory_edges": (
        "**Biên** là nơi độ sáng đổi đột ngột. Sobel đo độ dốc theo hai trục, Laplace đo độ cong. "
        "Canny giữ lại đường mảnh: bắt đầu ở nơi độ dốc vượt ngưỡng cao, đi tiếp chừng nào còn "
        "trên ngưỡng thấp.",
        "An **edge** is where brightness changes suddenly. Sobel measures the slope along both "
        "axes, the Laplacian the curvature. Canny keeps thin lines: they begin where the slope "
        "exceeds the high threshold and go on while it exceeds the low one.",
    ),
    "theory_fourier": (
        "Mọi ảnh là **tổng của các sóng**. Biên độ nói mỗi sóng mạnh bao nhiêu, pha nói nó nằm ở "
        "đâu: chỉ giữ pha, ta vẫn nhận ra ảnh. Lọc là nhân phổ với mặt nạ $H$; $D$ là tần số, "
        "$D_0$ là tần số cắt, và thông cao là $1$ trừ thông thấp.",
        "Every picture is a **sum of waves**. Magnitude says how strong each wave is, phase where "
        "it lies: with the phase alone the picture is still recognised. A filter multiplies the "
        "spectrum by a mask $H$; $D$ is the frequency, $D_0$ the cut-off, and high-pass is $1$ "
        "minus low-pass.",
    ),
    "theory_denoise": (
        "**Lọc nhiễu** là tin láng giềng. Gauss lấy trung bình có trọng số và làm nhoè cả biên; "
        "trung vị bỏ qua điểm lạc loài nên hợp với nhiễu muối tiêu; bộ lọc song phương chỉ lấy "
        "trung bình những màu gần nhau nên giữ được biên.",
        "**Denoising** trusts the neighbours. A Gaussian takes their weighted mean and blurs edges "
        "too; the median ignores outliers, and so suits salt and pepper; the bilateral filter "
        "averages only colours that are alike, and so keeps edges.",
    ),
    "theory_histograms": (
        "**Cân bằng histogram** trải đều các mức sáng: mức mới là tỉ lệ điểm ảnh không sáng hơn "
        "mức cũ (đường đỏ). CLAHE làm việc đó trong từng ô và giới hạn độ tương phản, để vùng "
        "phẳng không nổi hạt.",
        "**Equalisation** spreads the levels evenly: a level becomes the share of pixels that are "
        "no brighter (red line). CLAHE does so within tiles and limits the contrast, so that flat "
        "regions do not turn grainy.",
    ),
    "theory_keypoints": (
        "**Điểm đặc trưng** là nơi tìm lại được trong ảnh khác. Harris: ở góc, dịch cửa sổ về "
        "hướng nào cũng thấy khác, nên $R$ lớn; trên biên $R$ âm. ORB thêm cỡ, hướng $\\theta$ "
        "(nét đỏ) và một mô tả 256 bit để so khớp.",
        "A **keypoint** can be found again in another picture. Harris: at a corner a window looks "
        "different wherever it moves, so $R$ is large; on an edge $R$ is negative. ORB adds size, "
        "direction $\\theta$ (red line) and a description of 256 bits to match.",
    ),
}

FORMULAS = {
    "theory_edges": r"""
$$
G_x = \begin{bmatrix} -1 & 0 & 1 \\ -2 & 0 & 2 \\ -1 & 0 & 1 \end{bmatrix} * f, \quad
G_y = \begin{bmatrix} -1 & -2 & -1 \\ 0 & 0 & 0 \\ 1 & 2 & 1 \end{bmatrix} * f
$$

$$
|\nabla f| = \sqrt{G_x^2 + G_y^2}, \quad
\nabla^2 f = \frac{\partial^2 f}{\partial x^2} + \frac{\partial^2 f}{\partial y^2}
$$""",
    "theory_fourier": r"""
$$
F(u,v) = \sum_{x,y} f(x,y)\, e^{-2\pi i (ux/M + vy/N)}, \quad g = \mathcal{F}^{-1}\{H F\}
$$

$$
H_{\text{Gauss}} = e^{-D^2 / 2D_0^2}, \quad
H_{\text{Butterworth}} = \frac{1}{1 + (D/D_0)^{2n}}
$$""",
    "theory_denoise": r"""
$$
g(p) = \frac{\sum_q G_{\sigma_s}(\|p-q\|)\, G_{\sigma_c}(\|f(p)-f(q)\|)\, f(q)}
{\sum_q G_{\sigma_s}(\|p-q\|)\, G_{\sigma_c}(\|f(p)-f(q)\|)}
$$

$$
\text{PSNR} = 10 \log_{10} \frac{255^2}{\text{MSE}}
$$""",
    "theory_histograms": r"""
$$
s_k = 255 \, \frac{C(k) - C_{\min}}{N - C_{\min}}, \quad C(k) = \sum_{j \le k} h(j)
$$""",
    "theory_keypoints": r"""
$$
M = \sum_{W} \begin{bmatrix} I_x^2 & I_x I_y \\ I_x I_y & I_y^2 \end{bmatrix}, \quad
R = \det M - k\, (\operatorname{tr} M)^2
$$

$$
\theta = \operatorname{atan2}(m_{01}, m_{10}), \quad m_{pq} = \sum_{x,y} x^p y^q I(x,y)
$$""",
}

THEORY = {
    key: (f"{vietnamese}\n{FORMULAS[key]}", f"{english}\n{FORMULAS[key]}")
    for key, (vietnamese, english) in WORDS.items()
}
