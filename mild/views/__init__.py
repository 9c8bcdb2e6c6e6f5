"""What a run shows, computed from its files: values for figures and tables, without streamlit."""
