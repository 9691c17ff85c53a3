# The services in one image; the command says which one runs. The default is both, over a log in the data directory.
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
# Only a change of the lockfile fetches anew.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npx --yes pnpm@12 fetch --prod --reporter=append-only
COPY package.json ./
COPY packages packages
COPY services services
# The store has it all now; node_modules also holds what the tests need.
RUN rm -rf node_modules && npx --yes pnpm@12 install --prod --offline --frozen-lockfile --reporter=append-only
RUN mkdir -p /data

FROM ${NODE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production \
    FRESHET_HOST=0.0.0.0 \
    FRESHET_DATA_DIR=/var/lib/freshet
# The large and seldom changed goes first. All of it belongs to root, so that the services cannot change themselves.
COPY --from=dependencies /app/node_modules node_modules
COPY --from=dependencies /app/packages packages
COPY --from=dependencies /app/services services
COPY package.json LICENSE ./
COPY deploy/docker/healthcheck.ts deploy/docker/
# A volume that is new takes its owner from here.
COPY --from=dependencies --chown=1000:1000 /data /var/lib/freshet
VOLUME /var/lib/freshet
# As a number, so that whoever runs it can tell that it is not root.
USER 1000:1000
EXPOSE 8080
# That the process answers, not that all is well: a service that waits for Kafka is not to be killed for it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "deploy/docker/healthcheck.ts", "/healthz"]
CMD ["node", "services/standalone/src/main.ts"]
