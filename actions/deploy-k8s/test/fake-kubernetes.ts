import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import {
  AlreadyThere,
  type Collection,
  FieldConflict,
  type KubernetesApi,
  type ObjectName,
  type OthersField,
  Outdated,
  type Permission,
  type Resource,
  type Selection,
  type Written,
} from '../src/api/kubernetes-api.ts';
import { merged } from '../src/prepare/merged.ts';

const unexpected = (call: string) => () => {
  throw new Error(`the test has no answer for ${call}`);
};

/** Kinds of the fake by their word in an address. */
export const resources = {
  configMap: resource('v1', 'ConfigMap', 'configmaps'),
  cronJob: resource('batch/v1', 'CronJob', 'cronjobs'),
  daemonSet: resource('apps/v1', 'DaemonSet', 'daemonsets'),
  deployment: resource('apps/v1', 'Deployment', 'deployments'),
  autoscaler: resource('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  job: resource('batch/v1', 'Job', 'jobs'),
  lease: resource('coordination.k8s.io/v1', 'Lease', 'leases'),
  limitRange: resource('v1', 'LimitRange', 'limitranges'),
  namespace: resource('v1', 'Namespace', 'namespaces', false),
  node: resource('v1', 'Node', 'nodes', false),
  pod: resource('v1', 'Pod', 'pods'),
  definition: resource(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
    false,
  ),
  replicaSet: resource('apps/v1', 'ReplicaSet', 'replicasets'),
  quota: resource('v1', 'ResourceQuota', 'resourcequotas'),
  secret: resource('v1', 'Secret', 'secrets'),
  service: resource('v1', 'Service', 'services'),
  serviceAccount: resource('v1', 'ServiceAccount', 'serviceaccounts'),
  statefulSet: resource('apps/v1', 'StatefulSet', 'statefulsets'),
} as const;

function resource(apiVersion: string, kind: string, plural: string, isNamespaced = true): Resource {
  return { apiVersion, kind, plural, isNamespaced };
}

/** A write that the fake has taken, in order. */
export interface FakeWrite {
  readonly verb: 'apply' | 'create' | 'replace' | 'patch' | 'delete';
  readonly name: string;
  readonly object: JsonObject;
  readonly force: boolean;
}

/**
 * A cluster in memory: objects by name, which an apply is merged into. Nothing runs in it. Everything
 * else a test answers itself; a call without an answer is a mistake of the test.
 */
export class FakeKubernetes {
  readonly objects = new Map<string, JsonObject>();
  readonly writes: FakeWrite[] = [];
  /** Writes that stored nothing. */
  readonly dryRuns: FakeWrite[] = [];
  /** What an apply without force meets, by `kind/name` in small letters. */
  readonly conflicts = new Map<string, readonly OthersField[]>();
  /** Permissions that are missing: `create pods`. */
  readonly denied = new Set<string>();
  readonly warnings: string[] = [];
  #version = 1;

  /** Puts an object there. */
  add(object: JsonObject): this {
    const metadata = objectIn(object, 'metadata');
    this.#version += 1;
    this.objects.set(keyOf(object, textIn(metadata, 'namespace')), {
      ...object,
      metadata: {
        uid: `uid-${textIn(metadata, 'name')}`,
        resourceVersion: String(this.#version),
        generation: 1,
        ...metadata,
      },
    });
    return this;
  }

  find(name: ObjectName): JsonObject | undefined {
    const { apiVersion, kind } = name.resource;
    return this.objects.get(
      keyOf({ apiVersion, kind, metadata: { name: name.name } }, name.namespace),
    );
  }

  /** The calls to it, with the answers of a test for what it cannot do. */
  api(answers: Partial<KubernetesApi> = {}): KubernetesApi {
    return {
      server: 'https://cluster.example',
      serverNow: () => Date.UTC(2026, 0, 1),
      resource: async ({ apiVersion, kind }) =>
        Object.values(resources).find((one) => one.kind === kind && one.apiVersion === apiVersion),
      get: async (name) => this.find(name),
      list: async (selection) => this.#list(selection),
      apply: async ({ name, object, force = false, dryRun = false }) => {
        const text = textOf(name);
        const conflicts = this.conflicts.get(text) ?? [];
        if (conflicts.length > 0 && !force) throw new FieldConflict(conflicts);
        const after = merged(this.find(name) ?? {}, object);
        return this.#write({ verb: 'apply', name: text, object, force }, after, dryRun);
      },
      create: async ({ in: collection, object, dryRun = false }) => {
        const name = nameIn(collection, object);
        if (this.find(name)) throw new AlreadyThere(name.name);
        const write = { verb: 'create', name: textOf(name), object, force: false } as const;
        return this.#write(write, object, dryRun);
      },
      replace: async ({ name, object, dryRun = false }) => {
        if (!this.find(name)) throw new Outdated(name.name);
        const write = { verb: 'replace', name: textOf(name), object, force: false } as const;
        return this.#write(write, object, dryRun);
      },
      patch: async ({ name, patch, dryRun = false }) => {
        const live = this.find(name);
        if (!live) throw new Outdated(name.name);
        const write = { verb: 'patch', name: textOf(name), object: patch, force: false } as const;
        return this.#write(write, merged(live, patch), dryRun);
      },
      delete: async ({ name }) => {
        const live = this.find(name);
        if (!live) return;
        this.objects.delete(keyOf(live, name.namespace));
        this.writes.push({ verb: 'delete', name: textOf(name), object: {}, force: false });
      },
      denied: async (asked) => asked.filter((one) => this.denied.has(permissionText(one))),
      follow: unexpected('follow'),
      logLines: unexpected('logLines'),
      followLog: unexpected('followLog'),
      ask: unexpected('ask'),
      ...answers,
    };
  }

  #write(write: FakeWrite, after: JsonObject, dryRun: boolean): Written {
    if (dryRun) {
      this.dryRuns.push(write);
      return { object: after, warnings: this.warnings };
    }
    this.writes.push(write);
    this.add(after);
    const key = keyOf(after, textIn(objectIn(after, 'metadata'), 'namespace'));
    return { object: this.objects.get(key) ?? after, warnings: this.warnings };
  }

  #list({ resource: of, namespace, labels = '' }: Selection): readonly JsonObject[] {
    const wanted = labels.split(',').filter((one) => one !== '');
    return [...this.objects.values()].filter((object) => {
      const metadata = objectIn(object, 'metadata');
      const has = objectIn(metadata, 'labels');
      return (
        object['kind'] === of.kind &&
        object['apiVersion'] === of.apiVersion &&
        (namespace === undefined || metadata['namespace'] === namespace) &&
        wanted.every((one) => has[one.split('=')[0] ?? ''] === one.split('=')[1])
      );
    });
  }
}

/** `create pods` */
export function permissionText({ verb, resource: of }: Permission): string {
  return `${verb} ${of}`;
}

function nameIn(collection: Collection, object: JsonObject): ObjectName {
  const metadata = objectIn(object, 'metadata');
  const name = textIn(metadata, 'name') ?? `${textIn(metadata, 'generateName') ?? ''}xxxxx`;
  return { ...collection, name };
}

function textOf({ name, resource: of }: ObjectName): string {
  return `${of.kind.toLowerCase()}/${name}`;
}

function keyOf(object: JsonObject, namespace: string | undefined): string {
  const name = textIn(objectIn(object, 'metadata'), 'name');
  return [textIn(object, 'apiVersion'), textIn(object, 'kind'), namespace, name].join(' ');
}
