"""What pages share. The only package, beside app.py and pages/, that knows streamlit."""
