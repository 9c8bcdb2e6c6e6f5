# The dashboard and everything it starts, as a user without rights. docs/remote.md shows how to run it.
#
#   docker build -t mild .                            on a processor
#   docker build -t mild --build-arg VARIANT=cuda .   on an NVIDIA GPU, whose libraries come with PyTorch

FROM python:3.12-slim AS wheel
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.12-slim
ARG VARIANT=cpu
RUN useradd --create-home --uid 1000 mild && mkdir /runs && chown mild:mild /runs
RUN if [ "$VARIANT" = cpu ]; then \
        pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu torch torchvision; \
    fi
COPY --from=wheel /wheel /wheel
RUN pip install --no-cache-dir "$(echo /wheel/*.whl)[all,auth]"

USER mild
WORKDIR /home/mild
# Inside the container every address: which of the machine's it is, says `docker run --publish`. So it
# starts only with a sign-in, or with MILD_UNSAFE_EVERYONE_MAY_TRAIN=1 (docs/remote.md).
ENV MILD_RUNS_DIR=/runs MILD_DATA_ROOTS=/pictures PYTHONUNBUFFERED=1 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 STREAMLIT_BROWSER_SERVER_ADDRESS=localhost
VOLUME /runs
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["mild", "show", "--no-browser", "--port", "8501"]
