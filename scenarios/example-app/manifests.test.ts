// The example's Kubernetes manifests as Kustomize renders them, by the schemas of the oldest and the newest
// version of Kubernetes that they are for: no field that one of them does not know.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import { cached } from '../../packages/local-cloud/src/kubernetes/programs.ts';

/** The first with `preStop.sleep` as it comes, and the last whose schemas are published. */
const versions = ['1.30', '1.37'];
const overlays = ['staging', 'production'];

interface Manifest {
  apiVersion: string;
  kind: string;
}

function rendered(overlay: string): Manifest[] {
  const folder = join(import.meta.dirname, '../../example-app/k8s', overlay);
  const kustomize = join(cached('renderers'), 'kustomize');
  const text = execFileSync(kustomize, ['build', folder], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document): Manifest => document.toJS());
}

/** Says what a version of Kubernetes has against a manifest: nothing when it takes it. */
function validator(version: string): (manifest: Manifest) => string[] {
  const schema = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(cached('kubernetes-schemas'), version, name), 'utf8'));
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(schema('_definitions.json'), '_definitions.json');
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (manifest) => {
    const { apiVersion, kind } = manifest;
    const [group = '', ...rest] = apiVersion.replace(/[.][^/]+/, '').split('/');
    const name = `${[kind, group, ...rest].join('-').toLowerCase()}.json`;
    const validate = compiled.get(name) ?? ajv.compile(schema(name));
    compiled.set(name, validate);
    validate(manifest);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${kind}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

describe.each(versions)('Kubernetes %s', (version) => {
  let faults: ReturnType<typeof validator>;
  beforeAll(() => {
    faults = validator(version);
  });

  it.each(overlays)('takes all that the overlay %s renders', (overlay) => {
    const manifests = rendered(overlay);
    expect(manifests.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['Deployment', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'Service']),
    );
    expect(manifests.flatMap(faults)).toEqual([]);
  });

  it('would not take a field that is misspelt, or of another type', () => {
    const [deployment] = rendered('staging').filter(({ kind }) => kind === 'Deployment');
    const wrong = (from: RegExp, to: string): Manifest =>
      JSON.parse(JSON.stringify(deployment).replace(from, to));
    expect(faults(wrong(/"readinessProbe"/, '"readynessProbe"'))).toEqual([
      expect.stringContaining('readynessProbe'),
    ]);
    expect(faults(wrong(/"periodSeconds":\d+/, '"periodSeconds":"1"'))).toEqual([
      expect.stringMatching(/periodSeconds must be integer/),
    ]);
  });
});

it('an older one does not know how the pod waits before it ends', () => {
  const all = overlays.flatMap(rendered).flatMap(validator('1.28'));
  expect(all.join('\n')).toContain('preStop must NOT have additional properties');
});
