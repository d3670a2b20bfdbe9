import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { parse } from 'yaml';

const example = join(import.meta.dirname, '../../../example-app');
const base = globSync('k8s/base/*.yaml', { cwd: example }).flatMap((file) => {
  const object: Json = parse(readFileSync(join(example, file), 'utf8'));
  return isJsonObject(object) ? [object] : [];
});
const at = (object: JsonObject, ...path: readonly string[]) => path.reduce(objectIn, object);
const only = (kind: string) => base.find((object) => object['kind'] === kind) ?? {};

const deployment = only('Deployment');
const pod = at(deployment, 'spec', 'template', 'spec');
const [web = {}] = objectsIn(pod, 'containers');
/** Bytes that the app may have after many requests: it was measured with 102 to 122 MB. */
const mostMemory = 140_000_000;
const bytes = (text: string | undefined) => Number.parseInt(text ?? '', 10) * 1_048_576;

it('the pod of the example is asked, limited, spread, and may do nothing', () => {
  expect(web).toMatchObject({
    readinessProbe: { httpGet: { path: '/ready' } },
    livenessProbe: { httpGet: { path: '/health' } },
    resources: { requests: { cpu: expect.any(String), memory: '256Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  });
  expect(at(web, 'resources', 'limits')).toEqual({ memory: '512Mi' });
  expect(pod).toMatchObject({
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname' }],
  });
  expect(only('PodDisruptionBudget')).toMatchObject({ spec: { maxUnavailable: 1 } });
});

it('Kubernetes waits for longer than the pod takes to end', () => {
  const settings = readFileSync(join(example, 'src/settings.ts'), 'utf8');
  const usually = (name: string) => {
    const own = objectsIn(web, 'env').find((one) => one['name'] === name);
    const [, given = ''] = new RegExp(`'${name}', ([\\d_]+)`).exec(settings) ?? [];
    return Number((own && textIn(own, 'value')) ?? given.replaceAll('_', '')) / 1_000;
  };
  const sleep = Number(at(web, 'lifecycle', 'preStop', 'sleep')['seconds']);
  const takes = sleep + usually('SHUTDOWN_DELAY_MS') + usually('SHUTDOWN_TIMEOUT_MS');
  expect(takes).toBeGreaterThan(sleep);
  expect(Number(pod['terminationGracePeriodSeconds'])).toBeGreaterThan(takes);
});

it('at rest the autoscaler comes to its fewest pods', () => {
  const { maxReplicas, metrics, minReplicas } = at(only('HorizontalPodAutoscaler'), 'spec');
  expect([minReplicas, maxReplicas]).toEqual([2, 10]);
  const [, memory = {}] = objectsIn({ metrics: metrics ?? [] }, 'metrics');
  const target = Number(at(memory, 'resource', 'target')['averageUtilization']);
  const request = bytes(textIn(at(web, 'resources', 'requests'), 'memory'));
  // Source: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details
  const wanted = (pods: number) => Math.ceil((pods * (mostMemory / request) * 100) / target);
  expect(wanted(2)).toBe(2);
  // From the most pods it comes down, too.
  expect(wanted(10)).toBeLessThan(10);
});
