"""newskeep as a library: news pages in, clean articles and a trustworthy archive out.

Nothing in here needs a running crawl; only `pipelines.stages` knows Scrapy.
"""
