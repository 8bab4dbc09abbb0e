# One image for every role; the command names it: serve, worker, migrate …
FROM denoland/deno:2.9.6

RUN mkdir /data && chown deno:deno /data
WORKDIR /app
USER deno

# Packages change less often than the source: a layer of their own.
COPY deno.json deno.lock ./
RUN deno ci --prod --skip-types

COPY migrations migrations
COPY schema schema
COPY src src
RUN deno cache --frozen src/main.ts src/db/embedded_server.ts

ENV HOST=0.0.0.0 PORT=8000 DATA_DIR=/data LOG_FORMAT=json
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD [ \
  "deno", "eval", "const { ok } = await fetch(`http://127.0.0.1:${Deno.env.get('PORT')}/healthz`); Deno.exit(ok ? 0 : 1)" \
]

# tini comes with the base image; it passes signals on, so that a stop is graceful.
ENTRYPOINT ["/tini", "--", "deno", "run", "-NRWES", "--frozen", "--cached-only", "src/main.ts"]
CMD ["serve"]
