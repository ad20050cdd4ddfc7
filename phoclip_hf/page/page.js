// Runs before Gradio's own script (early_script.py): puts the page into its reader's language.
(() => {
  const asked = new URLSearchParams(location.search).get("lang");
  const browser = (navigator.language || "vi").toLowerCase();
  const spoken = ["vi", "en"].includes(asked) ? asked : browser.startsWith("vi") ? "vi" : "en";

  // Gradio knows no Vietnamese and falls back to English: our texts take English's place.
  for (const name of ["language", "languages"]) {
    Object.defineProperty(navigator, name, {
      get: () => (name === "language" ? "en" : ["en"]),
      configurable: true,
    });
  }
  const choose = (config) => {
    const texts = config?.i18n_translations?.[spoken];
    if (texts) config.i18n_translations = { en: texts };
    return config;
  };
  let config = choose(window.gradio_config);
  Object.defineProperty(window, "gradio_config", {
    get: () => config,
    set: (value) => { config = choose(value); },
    configurable: true,
  });

  // Gradio's own words, which it has in no Vietnamese: whole texts only, never parts.
  const builtin = {
    "Error": "Chưa được rồi",
    "Drop Image Here": "Thả ảnh vào đây",
    "Drop File Here": "Thả tệp vào đây",
    "Click to Upload": "Bấm để chọn tệp",
    "- or -": "hoặc",
    "or": "hoặc",
    "Use via API": "Dùng qua API",
    "Built with Gradio": "Dựng bằng Gradio",
    "Paste from Clipboard": "Dán từ bộ nhớ tạm",
    "Upload": "Tải lên",
    "Webcam": "Máy ảnh",
    "Click to Access Webcam": "Bấm để dùng máy ảnh",
    "Please allow access to the webcam for recording.": "Hãy cho phép dùng máy ảnh.",
    "Uploading...": "Đang tải lên…",
    "Remove Image": "Bỏ ảnh",
    "Clear": "Bỏ",
    "Close": "Đóng",
    "Download": "Tải về",
    "Fullscreen": "Toàn màn hình",
    "Full screen": "Toàn màn hình",
    "Copy": "Chép",
    "Empty": "Trống",
    "No options": "Không có lựa chọn",
  };
  const attributes = ["aria-label", "title", "placeholder"];
  const translate = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.trim();
      if (builtin[text] && !node.parentElement?.closest("textarea, .caption-label")) {
        node.data = node.data.replace(text, builtin[text]);
      }
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of attributes) {
      const words = builtin[node.getAttribute(name)];
      if (words) node.setAttribute(name, words);
    }
    node.childNodes.forEach(translate);
  };
  const mark = () => {
    const root = document.documentElement;
    if (root.lang !== spoken) root.lang = spoken;
    document.querySelectorAll(".masthead nav a").forEach((link) => {
      const current = link.hreflang === spoken;
      if (current !== (link.getAttribute("aria-current") === "true")) {
        link.setAttribute("aria-current", String(current));
      }
    });
  };
  new MutationObserver((changes) => {
    mark();
    if (spoken !== "vi") return;
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(translate);
      else translate(change.target);
    }
  }).observe(document, {
    childList: true, subtree: true, characterData: true,
    attributes: true, attributeFilter: ["lang", ...attributes],
  });
})();
