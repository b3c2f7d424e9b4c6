# Builds the gateway and packs what it needs to run, nothing else. The first image has a compiler, should a binary not be had ready-made.
ARG NODE=20
FROM node:${NODE}-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
# A package of the tests that the lock file links to.
COPY test/fixtures/openapi-types/package.json ./test/fixtures/openapi-types/
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
COPY migrations ./migrations
RUN npm run build
# Only what runs stays: neither the compiler nor the tests' tools.
RUN npm prune --omit=dev

FROM node:${NODE}-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
RUN mkdir -p /app/projects /app/data && chown node:node /app/projects /app/data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY explorer ./explorer
USER node
EXPOSE 8055
VOLUME ["/app/projects", "/app/data"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8055/server/ping').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node is told of signals itself and closes gracefully; no shell stands between.
ENTRYPOINT ["node", "dist/app/cli/index.js"]
CMD ["start", "--host", "0.0.0.0", "--port", "8055"]
