"""The page in a browser, and the API behind it: one model writes for all visitors.

`scribe.serve` starts it. `app` is HTTP alone; `service` does what it asks for, without
HTTP; `batching` has one thread write the lines of all requests in one batch. Needs
FastAPI and uvicorn; the page itself is in static/.
"""
