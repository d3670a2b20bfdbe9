import type { GroupBody } from './body.ts';
import { domainName } from './domain-name.ts';
import type { Foundation } from './foundation.ts';
import { ContainerGroup, type GroupPlace } from './group.ts';
import type { Operation } from './operation.ts';

/** How the service answers what takes a while. All of these have been seen or are in its specification. */
export interface LongRunning {
  /** Status of the answer to a PUT that creates: 201, or 202. */
  status?: 201 | 202;
  /** Header Azure-AsyncOperation; Location; both; or none, so that only the group itself tells. */
  shape: 'Azure-AsyncOperation' | 'Location' | 'both' | 'none';
  /** Header Retry-After, in seconds. */
  retryAfter?: number;
  /**
   * `at-once`, as recorded: 200 with the last body, and the group is gone. `later`: 202 with an operation,
   * and the group is Deleting for a while.
   */
  deletes?: 'at-once' | 'later';
  /** Whether polls of the operation have the events of the group. */
  events?: boolean;
}

/** Limits of a subscription in a region, and what of it is in use. */
export type Quota = 'ContainerGroups' | 'StandardCores';

/** Default limits: https://learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits */
const defaultQuotas: Readonly<Record<Quota, number>> = { ContainerGroups: 100, StandardCores: 100 };

/** The container groups of one subscription, and what a test may do to them. */
export class AciWorld {
  readonly foundation: Foundation;
  /** As recorded of the service: 201, Azure-AsyncOperation, no Retry-After. */
  longRunning: LongRunning = { shape: 'Azure-AsyncOperation', events: true };
  readonly #groups = new Map<string, ContainerGroup>();
  readonly #operations = new Map<string, Operation>();
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #quotas = new Map<string, number>();
  readonly #full = new Set<string>();

  constructor(foundation: Foundation) {
    this.foundation = foundation;
  }

  groups(): ContainerGroup[] {
    return [...this.#groups.values()];
  }

  find(id: string): ContainerGroup | undefined {
    return this.#groups.get(id.toLowerCase());
  }

  /** A group by its name, wherever it is. */
  group(name: string): ContainerGroup {
    const found = this.groups().find(({ place }) => place.name === name);
    if (!found) throw new Error(`There is no container group ${name}.`);
    return found;
  }

  add(place: GroupPlace, body: GroupBody): ContainerGroup {
    const group = new ContainerGroup(place, body, this.foundation);
    this.#groups.set(place.id.toLowerCase(), group);
    return group;
  }

  remove(group: ContainerGroup): void {
    group.remove();
    this.#groups.delete(group.place.id.toLowerCase());
    this.#names.delete(group.place.id.toLowerCase());
  }

  keep(operation: Operation): void {
    this.#operations.set(operation.id, operation);
  }

  operation(id: string): Operation | undefined {
    return this.#operations.get(id);
  }

  /** Gives a group the domain name that its body asks for. */
  name({ body, place }: ContainerGroup, tenantId: string): void {
    const { subscriptionId = '' } =
      /\/subscriptions\/(?<subscriptionId>[^/]+)/.exec(place.id)?.groups ?? {};
    const name = domainName(body, { tenantId, subscriptionId, ...place });
    if (name === undefined) this.#names.delete(place.id.toLowerCase());
    else this.#names.set(place.id.toLowerCase(), name);
  }

  nameOf({ place }: ContainerGroup): string | undefined {
    return this.#names.get(place.id.toLowerCase());
  }

  /** Address that a domain name leads to; undefined where it leads nowhere. */
  lookup(name: string): string | undefined {
    return this.groups().find((group) => this.nameOf(group) === name.toLowerCase())?.address;
  }

  /** Somebody else has a DNS name label in a region: `shop.eastus`. */
  takeLabel(label: string): void {
    this.#taken.add(label);
  }

  labelIsFree(label: string, location: string, besides: string): boolean {
    if (this.#taken.has(`${label}.${location}`)) return false;
    const fqdn = `${label}.${location}.azurecontainer.io`;
    return ![...this.#names].some(([id, name]) => name === fqdn && id !== besides.toLowerCase());
  }

  setQuota(location: string, quota: Quota, limit: number): void {
    this.#quotas.set(`${location} ${quota}`, limit);
  }

  /** @param besides id of a group that does not count */
  usage(location: string, quota: Quota, besides = ''): { limit: number; usage: number } {
    const here = this.groups().filter(
      ({ place }) =>
        place.location === location && place.id.toLowerCase() !== besides.toLowerCase(),
    );
    const usage =
      quota === 'ContainerGroups'
        ? here.length
        : here.reduce((sum, { body }) => sum + coresOf(body), 0);
    return { limit: this.#quotas.get(`${location} ${quota}`) ?? defaultQuotas[quota], usage };
  }

  /** A region has no place for new groups, until {@link refill}. */
  fill(location: string): void {
    this.#full.add(location);
  }

  refill(location: string): void {
    this.#full.delete(location);
  }

  isFull(location: string): boolean {
    return this.#full.has(location);
  }
}

/** Cores that a group asks for. */
export function coresOf({ properties: { containers } }: GroupBody): number {
  return containers.reduce(
    (sum, { properties }) => sum + (properties.resources?.requests?.cpu ?? 0),
    0,
  );
}
