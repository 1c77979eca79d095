# One image for every app; the command says which, such as `node apps/relay/dist/main.js`.
FROM node:20-bookworm-slim AS base
WORKDIR /payonce

# The manifests alone, so that packages are fetched anew only when one of these changes, and nobody has to list them here.
FROM base AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json -delete && find . -type d -empty -delete

# No install scripts, here and below: all they do is fetch or check binaries that come as packages of their own.
FROM base AS build
COPY --from=manifests /payonce ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY . .
ENV TURBO_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1
RUN npx turbo run build --filter="./apps/*" \
  && find apps packages -mindepth 2 -maxdepth 2 ! -name dist ! -name package.json -exec rm -rf {} +

# What the apps need when they run. Without --omit=optional Prisma's command line, an optional peer of its client, would
# come along with all that it brings, 230 MB.
FROM base AS dependencies
COPY --from=manifests /payonce ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund \
  --omit=dev --omit=optional --workspace=apps

FROM base
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOST=0.0.0.0 METRICS_PORT=9464
COPY --from=dependencies /payonce ./
COPY --from=build /payonce/apps apps
COPY --from=build /payonce/packages packages
COPY prisma prisma
# The code belongs to root, so that no app can change it; the simulator keeps its ledger in /data.
RUN install -d -o node -g node /data
USER node
STOPSIGNAL SIGTERM
CMD ["node", "apps/api/dist/main.js"]
