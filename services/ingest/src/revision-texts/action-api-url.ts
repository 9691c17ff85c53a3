/** Finds the Action API of a wiki: the URL of its `api.php`, or undefined when none is known. */
export type ActionApiUrl = (domain: string | undefined) => string | undefined

const PLACEHOLDER = '{domain}'

/**
 * From a template such as `https://{domain}/w/api.php`, which needs to know the domain, or from the fixed URL of one
 * wiki, which does not. Throws a TypeError for what is neither.
 */
export function actionApiUrl(template: string): ActionApiUrl {
  const sample = template.replaceAll(PLACEHOLDER, 'en.wikipedia.org')
  if (!/^https?:$/.test(URL.parse(sample)?.protocol ?? '')) {
    throw new TypeError(`not the URL of an Action API, such as https://{domain}/w/api.php: ${template}`)
  }
  if (!template.includes(PLACEHOLDER)) return () => template
  return (domain) => (domain === undefined ? undefined : template.replaceAll(PLACEHOLDER, domain))
}
