import { randomBytes } from 'node:crypto';
import type { Cancel, Timeline } from '../../timeline.ts';
import type { Place } from '../ecs/place.ts';
import type { Runtime, TargetGroup, TargetHealth } from '../ecs/runtime.ts';

/** A target group that exists, with what a runtime needs and what the API shows. */
export interface Group extends TargetGroup {
  port: number;
  /** Milliseconds that a target which is taken out may finish its connections. */
  deregistrationDelay: number;
}

/** A rule of a listener, or its default one. */
export interface Rule {
  arn: string;
  loadBalancerArn: string;
  listenerArn: string;
  /** Port of the listener. */
  port: number;
  isDefault: boolean;
  /** Weight by ARN of the target group. */
  weights: Readonly<Record<string, number>>;
}

/** A task in a target group. */
export interface Registration {
  readonly group: Group;
  readonly taskArn: string;
  readonly container: string;
  readonly address: string;
  readonly port: number;
  state: 'initial' | 'healthy' | 'unhealthy' | 'draining';
  reason?: string;
  description?: string;
}

/** A target group that is to be made; times in seconds, by ELB's defaults. */
export interface NewGroup {
  name: string;
  port?: number;
  path?: string;
  interval?: number;
  timeout?: number;
  healthyThreshold?: number;
  unhealthyThreshold?: number;
  matcher?: string;
  deregistrationDelay?: number;
}

interface Joining {
  taskArn: string;
  address: string;
  container: string;
  port: number;
  groupArn: string;
}

/** Listeners, rules and target groups of one account and region, and who is in them. */
export class LoadBalancing {
  readonly groups = new Map<string, Group>();
  readonly rules = new Map<string, Rule>();
  readonly #registrations = new Set<Registration>();
  readonly #place: Place;
  readonly #runtime: Runtime;
  readonly #timeline: Timeline;
  readonly #second: number;

  /** @param o.second milliseconds of one second of its settings */
  constructor(place: Place, o: { runtime: Runtime; timeline: Timeline; second: number }) {
    this.#place = place;
    this.#runtime = o.runtime;
    this.#timeline = o.timeline;
    this.#second = o.second;
  }

  /** Makes a target group. */
  addGroup({ name, port = 80, ...settings }: NewGroup): Group {
    const second = this.#second;
    const group = {
      arn: this.#arn('targetgroup', name, id()),
      name,
      port,
      healthCheck: {
        path: settings.path ?? '/',
        interval: (settings.interval ?? 30) * second,
        timeout: (settings.timeout ?? 5) * second,
        healthyThreshold: settings.healthyThreshold ?? 5,
        unhealthyThreshold: settings.unhealthyThreshold ?? 2,
        matcher: settings.matcher ?? '200',
      },
      deregistrationDelay: (settings.deregistrationDelay ?? 300) * second,
    };
    this.groups.set(group.arn, group);
    return group;
  }

  /**
   * Makes a load balancer with one listener, whose default rule sends everything to one group.
   * @returns the default rule
   */
  addListener(port: number, groupArn: string, loadBalancer = 'shop'): Rule {
    const path = ['app', loadBalancer, id()];
    const listener = id();
    const rule = {
      arn: this.#arn('listener-rule', ...path, listener, id()),
      loadBalancerArn: this.#arn('loadbalancer', ...path),
      listenerArn: this.#arn('listener', ...path, listener),
      port,
      isDefault: true,
      weights: { [groupArn]: 100 },
    };
    this.rules.set(rule.arn, rule);
    this.weigh(rule.arn, rule.weights);
    return rule;
  }

  /** Whether a group gets requests at all; health is checked only then. */
  used(groupArn: string): boolean {
    return [...this.rules.values()].some(({ weights }) => groupArn in weights);
  }

  #arn(kind: string, ...path: string[]): string {
    const { account, region } = this.#place;
    return `arn:aws:elasticloadbalancing:${region}:${account}:${[kind, ...path].join('/')}`;
  }

  /** Everybody in a target group, those that are leaving too. */
  in(groupArn: string): Registration[] {
    return [...this.#registrations].filter(({ group }) => group.arn === groupArn);
  }

  /**
   * Puts a task into a target group.
   * @param changed is told of each new state
   */
  join({ groupArn, ...who }: Joining, changed: () => void): Registration | undefined {
    const group = this.groups.get(groupArn);
    if (!group) return undefined;
    const { taskArn, container, port } = who;
    const registration: Registration = {
      group,
      taskArn,
      container,
      address: who.address,
      port,
      state: 'initial',
      reason: 'Elb.RegistrationInProgress',
      description: 'Target registration is in progress',
    };
    this.#registrations.add(registration);
    this.#runtime.register({ taskArn, container, port, group }, (health) => {
      this.#timeline.advance();
      if (registration.state === 'draining') return;
      Object.assign(registration, shown(health));
      changed();
    });
    return registration;
  }

  /**
   * Takes a task out of its target group.
   * @param drained is told once its connections had the time to end
   */
  leave(registration: Registration, drained: () => void): Cancel {
    const { container, group, port, taskArn } = registration;
    const { deregistrationDelay } = group;
    Object.assign(registration, {
      state: 'draining',
      reason: 'Target.DeregistrationInProgress',
      description: 'Target deregistration is in progress',
    });
    this.#runtime.deregister({ taskArn, container, port, group });
    return this.#timeline.after(deregistrationDelay, () => {
      this.#registrations.delete(registration);
      drained();
    });
  }

  /** Forgets a task that is gone. */
  forget(registration: Registration): void {
    this.#registrations.delete(registration);
  }

  /** Gives a rule, or the default action of a listener, new weights. */
  weigh(ruleArn: string, weights: Readonly<Record<string, number>>): void {
    const rule = this.rules.get(ruleArn);
    if (!rule) return;
    this.rules.set(ruleArn, { ...rule, weights });
    const { isDefault, listenerArn, port } = rule;
    this.#runtime.route({ arn: isDefault ? listenerArn : ruleArn, port, weights });
  }
}

function shown(health: TargetHealth): Pick<Registration, 'state' | 'reason' | 'description'> {
  if (health.state === 'unhealthy') return health;
  // What Object.assign gets has to take the old reason away.
  return { state: 'healthy', reason: '', description: '' };
}

// Ids of load balancing: 16 hexadecimal digits.
function id(): string {
  return randomBytes(8).toString('hex');
}
