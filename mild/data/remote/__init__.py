"""Images behind an address such as s3://bucket/folder: listed there, and fetched once."""
