"""Every page in every state on one sheet: `python -m docs.contact_sheet --out FOLDER`."""
