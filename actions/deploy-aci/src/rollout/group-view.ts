import {
  isJsonObject,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { countOf, timeIn } from '@slipway/shared/document/values-in';
import { eventsIn, type GroupEvent } from './group-view-events.ts';

/** What a container did or does, in Azure's words. */
export interface ContainerRun {
  /** `Waiting`, `Running`, `Terminated`; words that are new are kept. */
  readonly state: string | undefined;
  /** `CrashLoopBackOff: …`, `OOMKilled`; empty where Azure says nothing. */
  readonly detail: string;
  readonly exitCode: number | undefined;
  /** Milliseconds since the epoch, by Azure's clock. */
  readonly startTime: number | undefined;
  readonly finishTime: number | undefined;
}

/** Seconds of a readiness probe, as far as they matter here. */
export interface ReadinessProbe {
  readonly initialDelay: number;
  readonly period: number;
  readonly timeout: number;
}

/** One container of a group, its run of now and the one before. */
export interface ContainerView extends ContainerRun {
  readonly name: string;
  readonly image: string | undefined;
  readonly isInit: boolean;
  readonly restartCount: number | undefined;
  readonly previous: ContainerRun | undefined;
  /** Newest first. */
  readonly events: readonly GroupEvent[];
  readonly readiness: ReadinessProbe | undefined;
}

/** A container group as Azure shows it. Any part may be missing at any look. */
export interface GroupView {
  /** How the last operation is: `Pending`, `Succeeded`, `Failed`; no word on the health. */
  readonly provisioningState: string | undefined;
  /** `Pending`, `Running`, `Stopped`, `Succeeded`, `Failed`; words that are new are kept. */
  readonly state: string | undefined;
  readonly restartPolicy: string | undefined;
  readonly ip: string | undefined;
  readonly fqdn: string | undefined;
  readonly ports: ReadonlyArray<{ readonly port: number; readonly protocol: string }>;
  /** Those that run before the others first. */
  readonly containers: readonly ContainerView[];
  /** Of the group itself, such as of its volumes; newest first. */
  readonly events: readonly GroupEvent[];
}

/** Reads a container group as it is answered, or the document of one. */
export function viewOf(group: JsonObject): GroupView {
  const properties = objectIn(group, 'properties');
  const instance = objectIn(properties, 'instanceView');
  const address = objectIn(properties, 'ipAddress');
  const ip = textIn(address, 'ip');
  return {
    provisioningState: wordIn(properties, 'provisioningState'),
    state: wordIn(instance, 'state'),
    restartPolicy: wordIn(properties, 'restartPolicy'),
    // Shown until there is one.
    ip: ip === '0.0.0.0' || ip === '' ? undefined : ip,
    fqdn: textIn(address, 'fqdn') || undefined,
    ports: objectsIn(address, 'ports').flatMap((one) => {
      const port = countOf(one['port']);
      return port === undefined ? [] : [{ port, protocol: wordIn(one, 'protocol') ?? 'TCP' }];
    }),
    containers: [
      ...objectsIn(properties, 'initContainers').map((one, index) =>
        containerOf(one, { index, isInit: true }),
      ),
      ...objectsIn(properties, 'containers').map((one, index) =>
        containerOf(one, { index, isInit: false }),
      ),
    ],
    events: [...eventsIn(instance), ...eventsIn(properties)],
  };
}

function containerOf(
  container: JsonObject,
  { index, isInit }: { index: number; isInit: boolean },
): ContainerView {
  const properties = objectIn(container, 'properties');
  const instance = objectIn(properties, 'instanceView');
  const { previousState } = instance;
  const probe = properties['readinessProbe'];
  return {
    ...runOf(objectIn(instance, 'currentState')),
    // They are told apart by their names.
    name: wordIn(container, 'name') ?? `${isInit ? 'init container' : 'container'} ${index + 1}`,
    image: textIn(properties, 'image'),
    isInit,
    restartCount: countOf(instance['restartCount']),
    previous: isJsonObject(previousState) ? runOf(previousState) : undefined,
    events: eventsIn(instance),
    readiness: isJsonObject(probe) ? probeOf(probe) : undefined,
  };
}

function runOf(state: JsonObject): ContainerRun {
  return {
    state: wordIn(state, 'state'),
    detail: textIn(state, 'detailStatus')?.slice(0, longestDetail) ?? '',
    exitCode: countOf(state['exitCode']),
    startTime: timeIn(state, 'startTime'),
    finishTime: timeIn(state, 'finishTime'),
  };
}

const longestDetail = 2_000;

// Source: https://learn.microsoft.com/azure/container-instances/container-instances-readiness-probe
function probeOf(probe: JsonObject): ReadinessProbe {
  return {
    initialDelay: countOf(probe['initialDelaySeconds']) ?? 0,
    period: countOf(probe['periodSeconds']) ?? 10,
    timeout: countOf(probe['timeoutSeconds']) ?? 1,
  };
}

function wordIn(object: JsonObject, name: string): string | undefined {
  return textIn(object, name)?.slice(0, 100) || undefined;
}
