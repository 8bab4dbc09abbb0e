# The packages of the dashboard are not part of the image, only its built files are.
FROM denoland/deno:2.9.6 AS dashboard
WORKDIR /app
COPY dashboard dashboard
RUN deno run -A --no-config dashboard/build/build.ts

# One image for all roles; the command selects one: serve, worker, migrate.
FROM denoland/deno:2.9.6

RUN mkdir /data && chown deno:deno /data
WORKDIR /app
USER deno

# Packages have a layer of their own, because they change less often than the source.
COPY deno.json deno.lock ./
RUN deno ci --prod --skip-types

COPY migrations migrations
COPY schema schema
COPY src src
COPY --from=dashboard --chown=deno:deno /app/dashboard/dist dashboard/dist
RUN deno cache --frozen src/main.ts src/db/embedded_server.ts src/domain/templates/render_worker.ts \
  src/images/image_worker.ts

# WORKER_PROBES, because the health check asks a worker too.
ENV HOST=0.0.0.0 PORT=8000 WORKER_PROBES=true DATA_DIR=/data LOG_FORMAT=json
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD [ \
  "deno", "eval", "const { ok } = await fetch(`http://127.0.0.1:${Deno.env.get('PORT')}/healthz`); Deno.exit(ok ? 0 : 1)" \
]

# tini of the base image forwards SIGTERM, which stops the process gracefully.
ENTRYPOINT ["/tini", "--", "deno", "run", "-NRWES", "--frozen", "--cached-only", "src/main.ts"]
CMD ["serve"]
