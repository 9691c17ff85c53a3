import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const DECLARATIONS = ['services/ingest/src/metrics.ts', 'services/fanout/src/metrics.ts']
const OWN_METRIC = /\bfreshet_[a-z_]+/g
const PART_OF_HISTOGRAM = /_(bucket|sum|count)$/

describe.each(['prometheus/alerts.yml', 'grafana/dashboards/freshet.json'])('%s', (file) => {
  it('asks only for metrics that there are', () => {
    const declared = new Set(DECLARATIONS.flatMap(metricsIn))
    const asked = metricsIn(`deploy/${file}`).map((name) => name.replace(PART_OF_HISTOGRAM, ''))
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter((name) => !declared.has(name))).toEqual([])
  })
})

function metricsIn(path: string): readonly string[] {
  return readFileSync(resolve(REPOSITORY, path), 'utf8').match(OWN_METRIC) ?? []
}
