"""Parts that streamlit does not have, in plain JavaScript; each registered once, on import.

Names of classes and files reach them as data and the page as text, never as HTML.
"""
