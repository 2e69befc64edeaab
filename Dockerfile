# The web page and its API (docs/use/WEB.md), without TensorFlow and without a shell for pip:
#
#   docker build --tag=scribe .
#   docker run --rm --publish=127.0.0.1:8000:8000 scribe
#
# What comes after the name of the image are options of `scribe serve`.
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml setup.cfg README.md LICENSE ./
COPY scribe scribe
COPY scrabblegan scrabblegan
COPY gin gin
COPY data/pretrained data/pretrained
RUN python -m venv /opt/scribe && \
    /opt/scribe/bin/pip install --no-cache-dir ".[web]" && \
    /opt/scribe/bin/pip uninstall --yes pip

FROM python:3.12-slim
COPY --from=build /opt/scribe /opt/scribe
# Nobody of the machine's: what is written here is not the visitors' to change.
RUN useradd --system --uid=10001 --no-create-home scribe
USER 10001
ENV OPENBLAS_NUM_THREADS=1
EXPOSE 8000
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/opt/scribe/bin/python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["/opt/scribe/bin/scribe", "serve", "--host=0.0.0.0", "--port=8000"]
