export interface NodeAddress {
  readonly id: number
  readonly port: number
  readonly controllerPort: number
}

/** What a broker for tests is set to beside its addresses, however it is started: fast to react, small. */
export const TEST_BROKER_PROPERTIES: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.num.partitions': '5',
  'transaction.state.log.num.partitions': '5',
  // Retention and compaction run all the time, so that tests can wait for them.
  'log.initial.task.delay.ms': '100',
  'log.retention.check.interval.ms': '100',
  'log.cleaner.backoff.ms': '100',
  'log.cleaner.dedupe.buffer.size': '16777216',
  'num.network.threads': '2',
  'num.io.threads': '4',
}

/** `server.properties` of one combined broker and controller. */
export function serverProperties(
  node: NodeAddress,
  nodes: readonly NodeAddress[],
  dataDir: string,
  extra: Readonly<Record<string, string>>,
): string {
  const voters = nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',')
  return lines({
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': voters,
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataDir,
    // A broker that was killed may come back once its session has ended; Kafka's default is 9 s.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    ...replication(nodes.length),
    ...TEST_BROKER_PROPERTIES,
    ...extra,
  })
}

/** All copies on all nodes, one of which may be away. */
export function replication(nodes: number): Readonly<Record<string, string>> {
  const factor = String(nodes)
  const inSync = nodes >= 3 ? '2' : '1'
  return {
    'default.replication.factor': factor,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': factor,
    'transaction.state.log.replication.factor': factor,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': factor,
    'share.coordinator.state.topic.min.isr': inSync,
  }
}

function lines(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
