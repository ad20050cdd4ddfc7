"""What any Space of this project shares: two languages, errors for people, look and launch.

Needs gradio, and neither torch nor a model. A Space adds its own words, tabs, styles and scripts.
"""
