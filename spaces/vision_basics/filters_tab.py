"""The lesson on noise: three filters against three kinds of it."""

import filters
import gradio as gr
import numpy as np
from lesson import Lesson, choice, live, pictures, report, slider, theory
from pictures import uploaded
from translations import texts

from phoclip_hf.page.events import for_people
from phoclip_hf.page.numbers import decimal
from phoclip_hf.page.translations import language


@for_people(texts)
def denoise_event(
    photo: str | None,
    noise: str,
    amount: float,
    seed: float,
    sigma: float,
    size: float,
    sigma_space: float,
    sigma_colour: float,
    request: gr.Request,
) -> tuple[np.ndarray | str, ...]:
    """A photo with noise, then filtered: Gaussian, median, bilateral; and each one's PSNR."""
    clean = uploaded(photo)
    noisy = filters.add_noise(clean, noise, amount, int(seed))
    shown = {
        "noisy": noisy,
        "gaussian": filters.gaussian(noisy, sigma),
        "median": filters.median(noisy, int(size) // 2 * 2 + 1),
        "bilateral": filters.bilateral(noisy, sigma_space, sigma_colour),
    }
    spoken = language(request)
    figures = {
        key: decibels(filters.psnr(clean, picture), spoken) for key, picture in shown.items()
    }
    return *shown.values(), texts.say("denoised", spoken, **figures)


def decibels(value: float, spoken: str) -> str:
    """A number with one decimal, as the language writes it."""
    if np.isinf(value):
        return "∞"
    return decimal(value, spoken)


def build(photo: gr.Image) -> Lesson:
    """Lay out the tab."""
    with gr.Row():
        noise = choice("noise", filters.NOISES)
        amount = slider("amount", 0, 0.5, 0.1, 0.01)
        seed = slider("seed", 0, 100, 0, 1)
    with gr.Row():
        sigma = slider("sigma", 0.5, 8, 1.5, 0.1)
        size = slider("size", 3, 15, 5, 2)
    with gr.Row():
        sigma_space = slider("sigma_space", 1, 6, 3, 0.5)
        sigma_colour = slider("sigma_colour", 5, 200, 60, 5)
    outputs = [*pictures("noisy", "gaussian"), *pictures("median", "bilateral"), report()]
    theory("theory_denoise")
    controls = [noise, amount, seed, sigma, size, sigma_space, sigma_colour]
    return live("denoise", denoise_event, photo, controls, outputs)
