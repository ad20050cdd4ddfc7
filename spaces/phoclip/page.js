// Runs before Gradio's own script (early_script.py): the language of the page, pasted lists, reading aloud.
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
  // A result is called by its score and caption, not "Thumbnail 1 of 12".
  const nameResults = () => {
    document.querySelectorAll("#results .thumbnail-item").forEach((item) => {
      const caption = item.querySelector(".caption-label")?.textContent;
      if (caption && item.getAttribute("aria-label") !== caption) {
        item.setAttribute("aria-label", caption);
      }
    });
  };
  new MutationObserver((changes) => {
    mark();
    nameResults();
    if (spoken !== "vi") return;
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(translate);
      else translate(change.target);
    }
  }).observe(document, {
    childList: true, subtree: true, characterData: true,
    attributes: true, attributeFilter: ["lang", ...attributes],
  });

  // A browser drops line breaks that are pasted into a one-line field: they separate labels.
  document.addEventListener("paste", (event) => {
    if (!event.target.closest?.("#labels")) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\n;,]/.test(text)) return;
    event.preventDefault();
    const list = text.split(/[\n;,]+/).map((label) => label.trim()).filter(Boolean).join(", ");
    document.execCommand("insertText", false, list);
    event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  }, true);

  const say = (vi, en) => {
    const line = document.getElementById("speech-status");
    if (line) line.textContent = spoken === "vi" ? vi : en;
  };
  // Voices arrive late in some browsers: wait for them, a second at most.
  const voices = () => new Promise((resolve) => {
    const now = speechSynthesis.getVoices();
    if (now.length) return resolve(now);
    const timer = setTimeout(() => resolve(speechSynthesis.getVoices()), 1000);
    speechSynthesis.addEventListener("voiceschanged", () => {
      clearTimeout(timer);
      resolve(speechSynthesis.getVoices());
    }, { once: true });
  });
  window.phoclip = {
    // For screen readers: new captions are heard without looking for them.
    announce: (text) => {
      say("", "");
      const line = document.getElementById("spoken-captions");
      if (line) line.textContent = text || "";
    },
    stopSpeaking: () => { window.speechSynthesis?.cancel(); say("", ""); },
    speak: async (text) => {
      if (!text) return say("Chưa có mô tả để đọc.", "There is no caption to read yet.");
      if (!window.speechSynthesis) {
        return say("Trình duyệt này không biết đọc.", "This browser cannot speak.");
      }
      const voice = (await voices()).find((v) => /^vi\b/i.test(v.lang.replace("_", "-")));
      if (!voice) {
        say("Máy này chưa có giọng đọc tiếng Việt: hãy cài thêm trong phần ngôn ngữ của hệ điều hành.",
            "This device has no Vietnamese voice: add one in the system's language settings.");
        return;
      }
      speechSynthesis.cancel();
      for (const line of text.split("\n")) {
        const speech = new SpeechSynthesisUtterance(line);
        speech.lang = "vi-VN";
        speech.voice = voice;
        speechSynthesis.speak(speech);
      }
      say("Đang đọc…", "Reading…");
    },
  };
})();
