/** The address of what Freshet has at a path such as `/v1/changes`; a path in front of it stays there. */
export function endpointUrl(base: string | URL, path: string): URL {
  const url = new URL(base)
  return new URL(`${url.pathname.replace(/\/+$/, '')}${path}`, url)
}
