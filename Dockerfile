# Server and web app in one image without a shell: the program, the libraries it names, nothing else. Build with BuildKit from the root of the repository.
FROM rust:1.95-bookworm AS build
WORKDIR /source
RUN rustup target add wasm32-unknown-unknown
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --package cms-server \
    && cargo run --release --locked --package xtask -- web \
    && mkdir -p /image/var/lib/cms /image/usr/local/bin /image/usr/share/cms /image/etc/ssl/certs /image/tmp \
    && cp target/release/cms /image/usr/local/bin/ \
    && cp -r target/web/dist /image/usr/share/cms/web \
    && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ \
    && ldd target/release/cms | grep -o '/[^ ]*' | xargs -I{} cp --parents --dereference {} /image \
    && chown -R 65532:65532 /image/var/lib/cms /image/tmp

FROM scratch
COPY --from=build /image /
USER 65532:65532
ENV CMS_DATA_DIR=/var/lib/cms CMS_WEB_DIR=/usr/share/cms/web CMS_LISTEN=0.0.0.0:8080
VOLUME /var/lib/cms
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/cms"]
CMD ["serve"]
