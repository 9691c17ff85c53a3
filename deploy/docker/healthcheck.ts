/**
 * Docker's health check: `node healthcheck.ts /readyz` ends with 0 when the service of this container answers the path
 * with success. What it prints is kept by Docker, for `docker inspect`.
 */
const TIMEOUT_MS = 4_000

const path = process.argv[2] ?? '/healthz'
const { FRESHET_PORT = '8080' } = process.env
try {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(`http://127.0.0.1:${FRESHET_PORT}${path}`, { signal })
  process.stdout.write(`${response.status} ${await response.text()}\n`)
  process.exitCode = response.ok ? 0 : 1
} catch (error) {
  process.stdout.write(`${error}\n`)
  process.exitCode = 1
}

export {}
