"""Parts that streamlit does not have, in plain JavaScript: a folder each, registered on import.

Names of classes and files reach them as data and the page as text, never as HTML.
"""
