# What cargo built stays in a cache, so that a change of ours does not build the dependencies again.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked -p bellwether -p worker \
    && cp target/release/bellwether target/release/bellwether-worker /usr/local/bin/

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/bellwether bellwether \
    # A new volume takes its owner from here.
    && install -d -o bellwether -m 700 /var/lib/bellwether/data
COPY --from=build /usr/local/bin/bellwether /usr/local/bin/bellwether-worker /usr/local/bin/
USER bellwether
WORKDIR /var/lib/bellwether
EXPOSE 8000
CMD ["bellwether", "serve"]
