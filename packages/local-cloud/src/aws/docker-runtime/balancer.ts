import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Target, TargetHealth, Traffic } from '../ecs/runtime.ts';
import { checkHealth } from './target-checks.ts';

/** Where a target answers: `127.0.0.1:port`; undefined while it does not run. */
export type AddressOf = (taskArn: string, container: string, port: number) => string | undefined;

interface Registered {
  target: Target;
  health: 'initial' | 'healthy' | 'unhealthy';
  checks: AbortController;
}

/** One listener on loopback. */
interface Listener {
  server: Server;
  /** What is routed here: the default action of the listener, or a rule of it. */
  traffic: Map<string, Traffic>;
  /** How much each target group is owed, for a fair share of every short sequence of requests. */
  owed: Map<string, number>;
}

/**
 * An Application Load Balancer: listens on the port of each listener, shares requests between target
 * groups by their weights and inside of a group in turns, and sends them to healthy targets only.
 */
export class Balancer implements AsyncDisposable {
  readonly #addressOf: AddressOf;
  readonly #targets = new Map<string, Registered>();
  readonly #listeners = new Map<number, Listener>();
  #turn = 0;

  constructor(addressOf: AddressOf) {
    this.#addressOf = addressOf;
  }

  register(target: Target, tell: (health: TargetHealth) => void): void {
    this.deregister(target);
    const registered: Registered = { target, health: 'initial', checks: new AbortController() };
    this.#targets.set(keyOf(target), registered);
    const address = () => this.#addressOf(target.taskArn, target.container, target.port);
    checkHealth(target.group.healthCheck, address, registered.checks.signal, (health) => {
      registered.health = health.state;
      tell(health);
    });
  }

  deregister(target: Target): void {
    this.#targets.get(keyOf(target))?.checks.abort();
    this.#targets.delete(keyOf(target));
  }

  route(traffic: Traffic): void {
    const listener = this.#listeners.get(traffic.port) ?? this.#listen(traffic.port);
    listener.traffic.set(traffic.arn, traffic);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { checks } of this.#targets.values()) checks.abort();
    this.#targets.clear();
    for (const { server } of this.#listeners.values()) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }
  }

  #listen(port: number): Listener {
    const listener: Listener = {
      traffic: new Map(),
      owed: new Map(),
      server: createServer((incoming, outgoing) => {
        const target = this.#choose(listener);
        if (target === undefined) {
          outgoing.writeHead(503, { 'content-type': 'text/html' });
          outgoing.end('<h1>503 Service Temporarily Unavailable</h1>');
        } else forward(target, incoming, outgoing);
      }),
    };
    // As long as an Application Load Balancer keeps an idle connection; a shorter time is one in which a
    // client sends a request into a connection that is being closed.
    listener.server.keepAliveTimeout = 60_000;
    listener.server.listen(port, '127.0.0.1');
    listener.server.on('error', (error) => console.error(`local-cloud balancer:`, error));
    this.#listeners.set(port, listener);
    return listener;
  }

  #choose(listener: Listener): string | undefined {
    const traffic = currentOf(listener);
    if (!traffic) return undefined;
    const candidates = new Map(
      Object.entries(traffic.weights)
        .filter(([, weight]) => weight > 0)
        .map(([group, weight]) => [group, { weight, targets: this.#usable(group) }]),
    );
    const group = nextGroup(listener.owed, candidates);
    const targets = candidates.get(group ?? '')?.targets ?? [];
    this.#turn += 1;
    return targets[this.#turn % targets.length];
  }

  // Where all targets are unhealthy a load balancer asks each of them, rather than none.
  #usable(group: string): string[] {
    const inGroup = [...this.#targets.values()].filter(({ target }) => target.group.arn === group);
    const healthy = inGroup.filter(({ health }) => health === 'healthy');
    const usable =
      healthy.length > 0 ? healthy : inGroup.filter(({ health }) => health === 'unhealthy');
    return usable.flatMap(({ target: { container, port, taskArn } }) => {
      const address = this.#addressOf(taskArn, container, port);
      return address === undefined ? [] : [address];
    });
  }
}

// A rule goes before the default action of its listener.
function currentOf({ traffic }: Listener): Traffic | undefined {
  const all = [...traffic.values()];
  return all.find(({ arn }) => arn.includes(':listener-rule/')) ?? all.at(-1);
}

/** Smooth weighted round robin: the share is right in every short sequence. */
function nextGroup(
  owed: Map<string, number>,
  candidates: ReadonlyMap<string, { weight: number }>,
): string | undefined {
  let chosen: string | undefined;
  let sum = 0;
  for (const [group, { weight }] of candidates) {
    sum += weight;
    owed.set(group, (owed.get(group) ?? 0) + weight);
    if (chosen === undefined || (owed.get(group) ?? 0) > (owed.get(chosen) ?? 0)) chosen = group;
  }
  if (chosen !== undefined) owed.set(chosen, (owed.get(chosen) ?? 0) - sum);
  return chosen;
}

function forward(address: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const [host = '', port = ''] = address.split(':');
  const { headers, method = 'GET', url = '/' } = incoming;
  const there = request(
    { host, port: Number(port), method, path: url, headers, agent: false },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    },
  );
  there.on('error', () => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
  });
  outgoing.on('close', () => there.destroy());
  incoming.pipe(there);
}

function keyOf({ group, port, taskArn }: Target): string {
  return `${group.arn} ${taskArn} ${port}`;
}
