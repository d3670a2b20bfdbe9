import type { Cluster, Tag } from '@aws-sdk/client-ecs';
import type { Timeline } from '../../timeline.ts';
import { LoadBalancing } from '../elbv2/load-balancing.ts';
import { LogStore } from '../logs/log-store.ts';
import type { Wire } from '../model/wire.ts';
import { Refusal } from '../refusal.ts';
import { accountOf } from '../sessions.ts';
import type { Signed } from '../signature.ts';
import { Definitions } from './definitions/definitions.ts';
import type { Durations } from './options.ts';
import { ecsArn, lastPart, type Place } from './place.ts';
import type { Runtime } from './runtime.ts';
import type { LambdaOutcome } from './services/hooks.ts';
import type { EcsService, ServiceGround } from './services/service.ts';
import { Tasks } from './tasks/tasks.ts';
import { Tokens } from './tokens.ts';

/** What all accounts and regions have in common. */
export interface Foundation {
  timeline: Timeline;
  runtime: Runtime;
  durations: Durations;
}

/** What exists in one account and region: clusters, services, tasks, target groups, logs. */
export class EcsWorld {
  readonly place: Place;
  readonly foundation: Foundation;
  readonly balancing: LoadBalancing;
  readonly logs = new LogStore();
  readonly definitions: Definitions;
  readonly tasks: Tasks;
  readonly tokens: Tokens;
  /** By name. */
  readonly clusters = new Map<string, Wire<Cluster> & { clusterName: string }>();
  /** By ARN; those that are INACTIVE too. */
  readonly services = new Map<string, EcsService>();
  /** Tags of everything but tasks and task definitions, by ARN. */
  readonly tags = new Map<string, Wire<Tag>[]>();
  /** Values of secrets and parameters by what `valueFrom` names. */
  readonly secrets = new Map<string, string>();
  /** Roles that exist; undefined: all of them do. */
  roles?: ReadonlySet<string>;
  /** Subnets and security groups that exist; undefined: all of them do. */
  networks?: ReadonlySet<string>;
  /** Why no task can be placed at this moment: `Capacity is unavailable at this time`. */
  unplaced?: string;
  readonly lambdas = new Map<string, LambdaOutcome>();
  readonly #alarms = new Set<string>();

  constructor(place: Place, foundation: Foundation) {
    this.place = place;
    this.foundation = foundation;
    const { durations, runtime, timeline } = foundation;
    this.balancing = new LoadBalancing(place, { runtime, timeline, second: durations.second });
    this.definitions = new Definitions(place);
    const ground = { ...foundation, balancing: this.balancing, logs: this.logs };
    this.tasks = new Tasks(place, ground, this.secrets);
    this.tokens = new Tokens(timeline, durations.keepToken);
    this.addCluster('default');
  }

  /** The moment of the request, in seconds since the epoch. */
  get time(): number {
    return this.foundation.timeline.time / 1_000;
  }

  addCluster(clusterName: string): Wire<Cluster> & { clusterName: string } {
    const cluster = {
      clusterArn: ecsArn(this.place, 'cluster', clusterName),
      clusterName,
      status: 'ACTIVE',
    };
    this.clusters.set(clusterName, cluster);
    return cluster;
  }

  /**
   * Name of a cluster that was asked for by name or ARN, or of the default one.
   * @throws Refusal `ClusterNotFoundException`
   */
  cluster(asked = 'default'): string {
    const name = lastPart(asked);
    const found = this.clusters.get(name);
    const isOther = asked.includes(':') && found?.clusterArn !== asked;
    if (!found || isOther) throw new Refusal('ClusterNotFoundException', 'Cluster not found.');
    if (found.status === 'INACTIVE') {
      throw new Refusal('ClusterNotFoundException', 'The referenced cluster was inactive.');
    }
    return name;
  }

  /** A service by name or ARN. */
  findService(cluster: string, asked: string): EcsService | undefined {
    const found = this.services.get(ecsArn(this.place, 'service', cluster, lastPart(asked)));
    return asked.includes(':') && found?.arn !== asked ? undefined : found;
  }

  /** @throws Refusal `ServiceNotFoundException` */
  service(cluster: string, asked: string): EcsService {
    const found = this.findService(cluster, asked);
    if (found) return found;
    throw new Refusal('ServiceNotFoundException', 'Service not found.');
  }

  /** What services live in. */
  get ground(): ServiceGround {
    return {
      ...this.foundation,
      balancing: this.balancing,
      logs: this.logs,
      tasks: this.tasks,
      tagsOf: (arn) =>
        (arn.includes(':task-definition/') ? this.definitions.find(arn)?.tags : undefined) ??
        this.tags.get(arn) ??
        [],
      lambda: (arn) => this.lambdas.get(arn) ?? 'SUCCEEDED',
      alarms: () => [...this.#alarms],
      unplaced: () => this.unplaced,
    };
  }

  /** Puts an alarm into ALARM, or back into OK. */
  setAlarm(name: string, state: 'ALARM' | 'OK'): void {
    this.foundation.timeline.advance();
    if (state === 'OK') this.#alarms.delete(name);
    else this.#alarms.add(name);
    for (const service of this.services.values()) {
      service.rollout?.lookAtAlarms();
      service.reconcile();
    }
  }

  /** Lets tasks be placed again, or says why they cannot. */
  setPlacement(unplaced?: string): void {
    this.foundation.timeline.advance();
    if (unplaced === undefined) delete this.unplaced;
    else this.unplaced = unplaced;
    for (const service of this.services.values()) service.reconcile();
  }
}

/** The worlds by account and region; one that is asked for the first time is empty. */
export class EcsWorlds {
  readonly foundation: Foundation;
  readonly #worlds = new Map<string, EcsWorld>();

  constructor(foundation: Foundation) {
    this.foundation = foundation;
  }

  at({ account, region }: Place): EcsWorld {
    const key = `${account} ${region}`;
    const world = this.#worlds.get(key) ?? new EcsWorld({ account, region }, this.foundation);
    this.#worlds.set(key, world);
    return world;
  }

  /** The world of a request, at the time of the request. */
  of(signed: Signed): EcsWorld {
    this.foundation.timeline.advance();
    return this.at(placeOf(signed));
  }
}

export function placeOf({ region, session }: Signed): Place {
  return { account: accountOf(session.role), region };
}
