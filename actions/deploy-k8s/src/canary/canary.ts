import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { type KubernetesApi, type ObjectName, Outdated } from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';
import { selects } from '../proof/services.ts';
import { beside, canaryDeployment, canaryLabel, canaryService } from './canary-objects.ts';
import { leadsTo, notTaken, type Pair, withoutCanary, withShare } from './route-weights.ts';

/** The workload beside which a canary runs. */
export interface CanaryOf {
  readonly api: KubernetesApi;
  readonly workload: ObjectName;
  /** As the server would store the new version. */
  readonly wanted: JsonObject;
  /** Name of the HTTPRoute; undefined for the only one that leads to it. */
  readonly route: string | undefined;
  /** The largest share of the traffic. */
  readonly percent: number;
}

/** What a canary needs that is there already. */
interface CanaryPlace {
  readonly route: ObjectName;
  readonly service: JsonObject;
  readonly serviceName: ObjectName;
  readonly pair: Pair;
}

/**
 * A second Deployment with the new version, which gets a share of the traffic by the weights of an
 * HTTPRoute. It ends on every way out: the route gets its weights back first.
 */
export class Canary {
  readonly #o: CanaryOf;
  readonly #place: CanaryPlace;

  private constructor(o: CanaryOf, place: CanaryPlace) {
    this.#o = o;
    this.#place = place;
  }

  /**
   * Finds the Service and the route. Reads only.
   * @throws Failure `k8s/no-route`
   */
  static async plan(o: CanaryOf, signal: AbortSignal): Promise<Canary> {
    return new Canary(o, await placeOf(o, signal));
  }

  /** The Deployment of the canary. */
  get name(): ObjectName {
    const { workload } = this.#o;
    return { ...workload, name: beside(workload.name) };
  }

  /** Creates the pods; nothing leads to them yet. @returns the Deployment as it was stored */
  async begin(signal: AbortSignal): Promise<JsonObject> {
    const { api, percent, wanted } = this.#o;
    const { service, serviceName } = this.#place;
    await api.apply(
      { name: this.#serviceOf(serviceName), object: canaryService(service, wanted), force: true },
      signal,
    );
    const object = canaryDeployment(wanted, service, percent);
    return (await api.apply({ name: this.name, object, force: true }, signal)).object;
  }

  /** Gives it a share of the traffic. */
  async shift(percent: number, signal: AbortSignal): Promise<void> {
    await this.#change((route) => withShare(route, this.#place.pair, percent), signal);
  }

  /**
   * Whether the gateway has taken the weights.
   * @returns why not yet; undefined when it has
   * @throws Failure `k8s/route-refused`
   */
  async look(signal: AbortSignal): Promise<string | undefined> {
    const route = await this.#o.api.get(this.#place.route, signal);
    if (!route) throw this.#refused('it is gone');
    const why = notTaken(route);
    if (why?.startsWith('the gateway does not take')) throw this.#refused(oneLine(why));
    return why;
  }

  /** Gives the traffic back, then deletes what {@link begin} has made. Twice does no harm. */
  async end(signal: AbortSignal): Promise<void> {
    const { api } = this.#o;
    const { pair, serviceName } = this.#place;
    await this.#change((route) => withoutCanary(route, pair), signal);
    for (const name of [this.name, this.#serviceOf(serviceName)]) {
      const found = await api.get(name, signal);
      // What somebody else has by that name is not ours to delete.
      const labels = found && objectIn(objectIn(found, 'metadata'), 'labels');
      if (labels?.[canaryLabel] === undefined) continue;
      await api.delete({ name, propagation: 'Background' }, signal);
    }
  }

  async #change(to: (route: JsonObject) => JsonObject, signal: AbortSignal): Promise<void> {
    const { api } = this.#o;
    const { route: name } = this.#place;
    for (;;) {
      const route = await api.get(name, signal);
      if (!route) throw this.#refused('it is gone');
      const object = to(route);
      if (JSON.stringify(object) === JSON.stringify(route)) return;
      try {
        await api.replace({ name, object }, signal);
        return;
      } catch (error) {
        if (!(error instanceof Outdated)) throw error;
      }
    }
  }

  #serviceOf(name: ObjectName): ObjectName {
    return { ...name, name: beside(name.name) };
  }

  #refused(why: string): Failure {
    return Failure.of('k8s/route-refused', { route: this.#place.route.name, why });
  }
}

async function placeOf(o: CanaryOf, signal: AbortSignal): Promise<CanaryPlace> {
  const { api, route: asked, wanted, workload } = o;
  const { namespace } = workload;
  const refuse = (why: string) =>
    Failure.of('k8s/no-route', { workload: objectText(workload), why });
  const kind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' };
  const resource = await api.resource(kind, signal);
  if (!resource) throw refuse('the cluster has no Gateway API');
  const services = await api.resource({ apiVersion: 'v1', kind: 'Service' }, signal);
  if (!services) throw refuse('the cluster has no Services');
  const template = objectIn(objectIn(wanted, 'spec'), 'template');
  const labels = objectIn(objectIn(template, 'metadata'), 'labels');
  const inFront = (await api.list({ resource: services, namespace }, signal)).filter((service) =>
    selects(objectIn(service, 'spec')['selector'], labels),
  );
  const routes = await api.list({ resource, namespace }, signal);
  const found = routes.flatMap((route) => {
    const name = nameOf(route);
    if (asked !== undefined && name !== asked) return [];
    return inFront
      .filter((service) => leadsTo(route, nameOf(service)))
      .map((service) => ({ route: name, service }));
  });
  const [only, ...others] = found;
  if (!only)
    throw refuse(
      asked === undefined
        ? 'no HTTPRoute leads to its Service'
        : `${asked} does not lead to its Service`,
    );
  if (others.length > 0) {
    throw refuse(`more than one leads to it: ${found.map(({ route }) => route).join(', ')}`);
  }
  const service = nameOf(only.service);
  return {
    route: { resource, namespace, name: only.route },
    service: only.service,
    serviceName: { resource: services, namespace, name: service },
    pair: { service, canary: beside(service) },
  };
}

function nameOf(object: JsonObject): string {
  return textIn(objectIn(object, 'metadata'), 'name') ?? '';
}
