/** The part of `docker compose config --format json` that tells how to replace a service. */
export interface ComposeProject {
  services: Record<string, ComposeService>;
}

/** A service, as Compose normalises it. */
export interface ComposeService {
  container_name?: string;
  /** Goes before `deploy.replicas`. */
  scale?: number;
  deploy?: {
    replicas?: number;
    update_config?: { order?: string; delay?: string };
  };
  depends_on?: Record<string, { restart?: boolean }>;
  ports?: ReadonlyArray<{ published?: string; protocol?: string }>;
}

/** Number of containers that a service is to have. */
export function countOf({ scale, deploy }: ComposeService): number {
  return scale ?? deploy?.replicas ?? 1;
}

/** Milliseconds that a proxy is given to find a new container before an old one goes. */
export function delayOf({ deploy }: ComposeService): number {
  const unit = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
  let total = 0;
  // As Go prints durations: `1m30s`, `1.5s`, `500ms`.
  for (const [, amount, name] of (deploy?.update_config?.delay ?? '').matchAll(
    /([\d.]+)(ms|h|m|s)/g,
  )) {
    if (name === 'h' || name === 'm' || name === 's' || name === 'ms') {
      total += Number(amount) * unit[name];
    }
  }
  return total;
}

/**
 * Whether new containers are started beside the old ones. That needs names and ports of the host
 * that both can have.
 */
export function startsFirst({ container_name, deploy, ports }: ComposeService): boolean {
  const fixed = container_name !== undefined || ports?.some(({ published }) => published);
  return deploy?.update_config?.order === 'start-first' && !fixed;
}

/** The services, each after those that it depends on. Compose refuses a circle. */
export function inOrder({ services }: ComposeProject): Array<[string, ComposeService]> {
  const ordered = new Map<string, ComposeService>();
  const take = (name: string) => {
    const service = services[name];
    if (!service || ordered.has(name)) return;
    for (const needed of Object.keys(service.depends_on ?? {})) take(needed);
    ordered.set(name, service);
  };
  for (const name of Object.keys(services).sort()) take(name);
  return [...ordered];
}

/** The ports of the host that a service wants, `3000/tcp`; a range is each of its ports. */
export function wantedPorts({ ports }: ComposeService): string[] {
  return (ports ?? []).flatMap(({ published = '', protocol = 'tcp' }) => {
    const [first = '', last = first] = published.split('-');
    if (first === '') return [];
    return Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, index) => `${Number(first) + index}/${protocol}`,
    );
  });
}
