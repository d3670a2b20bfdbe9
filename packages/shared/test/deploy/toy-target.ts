import { atAddress, type Health, proveHealth } from '../../src/deploy/health.ts';
import type { PlanFacts, Target } from '../../src/deploy/target.ts';
import { Failure } from '../../src/failure/failure.ts';
import type { Fetch } from '../../src/http/fetch.ts';

/** A platform in memory: one service, which runs one image, and answers at one address. */
export interface ToyCloud {
  running: string | undefined;
  locked: boolean;
  /** Images that crash, with their last log line. */
  crashing: ReadonlyMap<string, string>;
  fetch: Fetch;
}

/** Deploys an image to the toy cloud: all that a target has to do itself. */
export function toyTarget(
  { image, health }: { image: string; health: Health },
  cloud: ToyCloud,
): Target<PlanFacts, { image: string | undefined }> {
  const logs = () => cloud.crashing.get(cloud.running ?? '');
  const url = new URL('http://toy.example/health');
  return {
    name: 'toy/shop',

    async lock() {
      if (cloud.locked) {
        const facts = { host: 'toy', path: 'shop', owner: 'another run', waited: '0 s' };
        throw Failure.of('ssh/locked', facts);
      }
      cloud.locked = true;
      return {
        async [Symbol.asyncDispose]() {
          cloud.locked = false;
        },
      };
    },

    async plan() {
      const before = cloud.running;
      const serves = before === undefined ? 'nothing' : 'previous';
      return {
        image,
        previousImage: before,
        diff: before === image ? [] : [{ what: 'image', before: before ?? '', after: image }],
        serves,
        rollback: { to: serves },
        steps: [{ name: 'all' }],
      };
    },

    async apply() {
      cloud.running = image;
      return { image };
    },

    async look() {
      const said = logs();
      if (said === undefined) return { state: 'settled' };
      return { state: 'failed', failure: Failure.of('deploy/exited', { what: 'shop', why: said }) };
    },

    prove: (_change, direction, signal) =>
      proveHealth(atAddress(url, cloud.fetch), health, direction, signal),

    async diagnose() {
      return { facts: ['shop crashed'], logs: [{ source: 'shop', lines: [logs() ?? ''] }] };
    },

    async rollback({ previousImage }) {
      cloud.running = previousImage;
      return { image: previousImage };
    },
  };
}
