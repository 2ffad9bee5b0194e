# ibc-monitor in a container: docker build -t ibc-monitor . ; docs/operating.md has the line that runs it.
FROM node:24-bookworm-slim AS build
WORKDIR /opt/ibc-monitor
COPY package.json package-lock.json .npmrc ./
COPY packages packages
COPY scripts scripts
COPY src src
# better-sqlite3 has its programs for Node 24 with it: nothing is compiled.
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/ibc-monitor
COPY --from=build /opt/ibc-monitor ./
COPY LICENSE README.md CHANGELOG.md ./
RUN install -d -o node -g node -m 700 /data
USER node
VOLUME ["/data"]
# The root may be read-only: all that is written is in /data.
ENTRYPOINT ["node", "/opt/ibc-monitor/src/bin.js"]
CMD ["start", "--config", "/config/config.ts", "--data", "/data"]
