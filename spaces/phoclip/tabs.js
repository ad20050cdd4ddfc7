// What the tabs do in the browser: results by their captions, pasted lists, reading aloud.
(() => {
  const inVietnamese = () => document.documentElement.lang === "vi"; // set by page.js

  // A result is called by its score and caption, not "Thumbnail 1 of 12".
  const nameResults = () => {
    document.querySelectorAll("#results .thumbnail-item").forEach((item) => {
      const caption = item.querySelector(".caption-label")?.textContent;
      if (caption && item.getAttribute("aria-label") !== caption) {
        item.setAttribute("aria-label", caption);
      }
    });
  };
  new MutationObserver(nameResults).observe(document, {
    childList: true, subtree: true, characterData: true,
    attributes: true, attributeFilter: ["aria-label"],
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
    if (line) line.textContent = inVietnamese() ? vi : en;
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
