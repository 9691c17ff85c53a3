/** The first lines that a person sees: where it listens, where edits come from, and what to try. */
export function welcome(url: string, sourceReason: string): string {
  return `
Freshet listens on ${url}
${sourceReason}

See diffs arrive, in another terminal:

  curl -N '${url}/v1/changes?from=earliest&parts=core,patch'

or open ${url} in a browser. Ctrl-C ends it; started again, it goes on where it was.

`
}
