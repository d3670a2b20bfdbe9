import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import fc from 'fast-check';
import { findViolation } from '../../../../packages/local-cloud/src/azure/arm/model/check.ts';
import { compare } from '../../src/group/diff/compare.ts';
import { containerIn } from '../../src/group/document/parts.ts';
import { snapshot } from '../../src/group/document/snapshot.ts';
import { writable } from '../../src/group/document/writable.ts';
import { restorable } from '../../src/group/restorable.ts';
import { type GroupSecret, secretsIn } from '../../src/group/secrets/secrets-in.ts';
import {
  answered,
  olderImage,
  prepare,
  type Scene,
  settingsOf,
  shopIdentity,
  vault,
} from './world.ts';

const secret = 'hunter2hunter2';
const inBase64 = Buffer.from(secret).toString('base64');
const some = <T>(...items: readonly T[]) => fc.subarray([...items]);

const variable = (name: string, withSecrets: boolean): fc.Arbitrary<JsonObject> =>
  fc.constantFrom<JsonObject>(
    { name, value: '' },
    { name, value: 'plain' },
    { name, secureValueReference: 'db' },
    ...(withSecrets ? [{ name, secureValue: secret }] : []),
  );

const variables = (withSecrets: boolean) =>
  some('A', 'B', 'DB').chain((names) =>
    fc.tuple(...names.map((name) => variable(name, withSecrets))),
  );

// Fields that no version of the API has, as those of tomorrow may be. Azure takes a null for nothing.
const invented = fc
  .jsonValue({ maxDepth: 3 })
  .map((value): Json => JSON.parse(JSON.stringify(value).replaceAll('null', '0')));

const container = (name: string, withSecrets: boolean): fc.Arbitrary<JsonObject> =>
  fc
    .record({ environmentVariables: variables(withSecrets), ofTomorrow: invented })
    .map((fields) => ({
      name,
      properties: {
        image: olderImage,
        resources: { requests: { cpu: 1, memoryInGB: 1 } },
        ...fields,
      },
    }));

const containers = (names: readonly string[], withSecrets: boolean) =>
  fc.tuple(...names.map((name) => container(name, withSecrets)));

function groups({ withSecrets }: { withSecrets: boolean }): fc.Arbitrary<JsonObject> {
  const credentials = [
    { server: 'ghcr.io', identity: shopIdentity },
    ...(withSecrets
      ? [
          { server: 'shop.azurecr.io', username: 'a', password: secret },
          { server: 'other.azurecr.io', username: 'a', password: secret },
        ]
      : []),
  ];
  const volumes = [
    { name: 'cache', emptyDir: {} },
    ...(withSecrets
      ? [
          {
            name: 'share',
            azureFile: { shareName: 'a', storageAccountName: 'b', storageAccountKey: secret },
          },
          { name: 'certs', secret: { key: inBase64 } },
        ]
      : []),
  ];
  const workspace = { logAnalytics: { workspaceId: 'w', workspaceKey: secret } };
  return fc
    .record({
      containers: some('web', 'proxy')
        .filter((names) => names.length > 0)
        .chain((names) => containers(names, withSecrets)),
      initContainers: some('first').chain((names) => containers(names, withSecrets)),
      imageRegistryCredentials: some(...credentials),
      volumes: some<JsonObject>(...volumes),
      diagnostics: fc.constantFrom<JsonObject>({}, ...(withSecrets ? [workspace] : [])),
      ofTomorrow: invented,
    })
    .map(({ initContainers, ...properties }) => ({
      location: 'eastus',
      tags: { team: 'shop' },
      identity: { type: 'UserAssigned', userAssignedIdentities: { [shopIdentity]: {} } },
      ofTomorrow: { a: [1, properties.ofTomorrow] },
      properties: {
        osType: 'Linux',
        restartPolicy: 'Always',
        secretReferences: [{ name: 'db', identity: shopIdentity, secretReferenceUri: vault }],
        ...properties,
        initContainers: initContainers.map(({ name, properties: of }) => {
          const { resources: _, ...fields } = Object(of);
          return { name: String(name), properties: fields };
        }),
      },
    }));
}

const scenes: fc.Arbitrary<Scene & { live: JsonObject }> = fc
  .record({
    before: groups({ withSecrets: true }),
    spec: fc.option(groups({ withSecrets: true }), { nil: undefined }),
    secrets: some('A', 'B', 'DB', 'NEW'),
    password: fc.boolean(),
  })
  .map(({ before, spec, secrets, password }) => ({
    live: answered(before),
    image: olderImage,
    ...(spec && { spec }),
    secrets: Object.fromEntries(secrets.map((name) => [name, secret])),
    inputs: password ? { 'registry-username': 'a', 'registry-password': secret } : {},
  }));

/** What the difference calls a secret. */
function lineOf({ of, at, name }: GroupSecret): RegExp {
  const [, list, container] = /^properties\.(\w+)\[([^\]]+)\]/.exec(at) ?? [];
  const prefix = list === 'initContainers' ? 'init ' : '';
  const lines: Record<GroupSecret['of'], string> = {
    variable: `^${prefix}${container}: (?:secret|environment) ${name}$`,
    registry: `^registry ${name}$`,
    volume: `^volume ${name}$`,
    workspace: '^diagnostics\\.logAnalytics',
    extension: `^extension ${name}$`,
  };
  return new RegExp(lines[of]);
}

describe('for any container group', () => {
  it('an update without a change is none, and sends what an API of today takes', async () => {
    await fc.assert(
      fc.asyncProperty(groups({ withSecrets: false }), async (group) => {
        const live = answered(group);
        const { change, diff, document } = await prepare({ live, image: olderImage });
        expect({ change, diff }).toEqual({ change: { kind: 'none' }, diff: [] });
        expect(JSON.stringify(document)).toBe(JSON.stringify(snapshot(live)));
        expect(JSON.stringify(document)).not.toContain('ofTomorrow');
        expect(findViolation('ContainerGroup', document, { newer: true })).toBeUndefined();
      }),
      { numRuns: 80 },
    );
  });

  it('a document of an input keeps every field as it was written, also those of tomorrow', async () => {
    await fc.assert(
      fc.asyncProperty(groups({ withSecrets: false }), async (spec) => {
        const live = answered(spec);
        const same = await prepare({ live, spec });
        expect(same).toMatchObject({ change: { kind: 'none' }, diff: [] });
        expect(JSON.stringify(same.document)).toBe(JSON.stringify(spec));
        const next = await prepare({ live, spec, env: { NEW: '1' } });
        const tomorrow = (of: JsonObject) => JSON.stringify(Object(of['properties'])['ofTomorrow']);
        expect(tomorrow(next.document)).toBe(tomorrow(spec));
        expect(next.document['ofTomorrow']).toEqual(spec['ofTomorrow']);
      }),
      { numRuns: 80 },
    );
  });

  it('no secret is lost in silence, and none is shown', async () => {
    const seen = { stopped: 0, went: 0 };
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const had = secretsIn(writable(scene.live));
        try {
          const { document, diff } = await prepare(scene);
          seen.went += 1;
          const has = secretsIn(document);
          expect(has.filter(({ supplied }) => !supplied)).toEqual([]);
          for (const one of had) {
            const kept = has.some(({ key }) => key === one.key);
            const told = diff.some(({ what }) => lineOf(one).test(what));
            expect({ secret: one.text, safe: kept || told }).toMatchObject({ safe: true });
          }
          expect(JSON.stringify(diff)).not.toMatch(/hunter|aHVudGVy/);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          seen.stopped += 1;
          expect(['aci/secrets-lost', 'aci/group']).toContain(error.code);
          expect(error.message).not.toMatch(/hunter|aHVudGVy/);
        }
      }),
      { numRuns: 200 },
    );
    expect(Math.min(seen.stopped, seen.went)).toBeGreaterThan(10);
  });

  it('a variable of the main container is there after an update, or the update stops', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        try {
          const { document, container } = await prepare(scene);
          const names = (of: JsonObject) =>
            Object(containerIn(of, container)?.['environmentVariables'] ?? []).map(
              (one: JsonObject) => one['name'],
            );
          const secrets = secretsIn(writable(scene.live)).filter(
            (one) => one.container === container && !one.supplied,
          );
          expect(names(document)).toEqual(expect.arrayContaining(secrets.map(({ name }) => name)));
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('the way back has each secret or names it, and nothing else of the update', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async (scene) => {
        const settings = settingsOf(scene);
        const { document, lost } = restorable(scene.live, { settings, spec: scene.spec });
        const has = new Map(secretsIn(document).map((one) => [one.key, one]));
        for (const one of secretsIn(writable(scene.live))) {
          const safe = has.get(one.key)?.supplied !== false || lost.includes(one.text);
          expect({ secret: one.text, safe }).toMatchObject({ safe: true });
        }
        const { diff } = compare(scene.live, document);
        const others = diff.filter(
          ({ what }) => !/: secret |^registry |^volume |logAnalytics\.workspaceKey$/.test(what),
        );
        expect(others).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
