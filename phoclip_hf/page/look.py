"""How our pages look: a masthead with the language switch, a calm theme, system fonts."""

from html import escape
from pathlib import Path

import gradio as gr

STYLE = Path(__file__).parent / "style.css"
FONTS = ["system-ui", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "sans-serif"]

MASTHEAD = """
<header class="masthead">
  <div><h1>{title}</h1>
    <p lang="vi">{vietnamese}</p>
    <p lang="en">{english}</p>
  </div>
  <nav aria-label="Ngôn ngữ · Language">
    <a href="?lang=vi" lang="vi" hreflang="vi">Tiếng Việt</a>
    <a href="?lang=en" lang="en" hreflang="en">English</a>
  </nav>
</header>
"""


def masthead(title: str, vietnamese: str, english: str) -> str:
    """The head of a page as HTML: its title, one line in each language, the switch."""
    return MASTHEAD.format(
        title=escape(title), vietnamese=escape(vietnamese), english=escape(english)
    )


def theme() -> gr.themes.Base:
    """Teal on slate, in fonts that every system has: nothing comes from the network."""
    return gr.themes.Soft(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        radius_size="md",
        font=FONTS,
        font_mono=["ui-monospace", "Consolas", "monospace"],
    )
