"""What watches a crawl and tells people about it."""
