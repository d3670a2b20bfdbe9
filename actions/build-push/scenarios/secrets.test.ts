import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import { maskable } from '../../../packages/shared/src/secrets/spellings.ts';
import { bundle, defaults, leftovers, makeBuildRunner } from './world.ts';

const login = { username: 'pusher', password: 'planted-p4ssword "quoted" $HOME' };
const secrets = {
  token: 'planted-token=with=signs and a blank at its end ',
  json: '{"type":"planted-json","private_key":"-----BEGIN\\nline\\n","quote":"\\""}',
  key: '-----BEGIN PLANTED KEY-----\nplanted-first-line\n  planted second $line\n\n-----END PLANTED KEY-----\n',
};
const argument = 'planted-argument "with" $quotes';

const buildSecrets = `token=${secrets.token}
# a comment
json=${secrets.json}
key<<END
${secrets.key}
END`;

const mounts = Object.keys(secrets)
  .map((id) => `--mount=type=secret,id=${id}`)
  .join(' ');
// The engine remembers a step from one run of the tests to the next, whatever its secrets are.
const dockerfile = (command: string) => `FROM node:24-bookworm-slim AS build
ENV RUN_OF_THE_TESTS=${randomUUID()}
ARG ARGUMENT
RUN ${mounts} ${command}
FROM scratch
COPY --from=build /done /done
`;

// Lines of a key that are no secret by themselves would match anything.
const planted = [...Object.values(secrets), login.password, argument].flatMap((secret) =>
  maskable(secret).filter((part) => part.includes('planted')),
);

function sightings(text: string): string[] {
  const shown = text.replace(/^::add-mask::.*$/gm, '');
  return planted.filter((part) => shown.includes(part));
}

describe('build-push with secrets', () => {
  let registry: LocalRegistry;
  beforeAll(async () => {
    registry = await startRegistry(login);
  }, 30_000);
  afterAll(async () => await registry[Symbol.asyncDispose]());

  const inputs = () => ({
    ...defaults,
    image: `${registry.host}/secret/app`,
    tags: 'one',
    'registry-username': login.username,
    'registry-password': login.password,
    'build-secrets': buildSecrets,
    'build-args': `ARGUMENT=${argument}`,
  });

  it('gives them to the build byte for byte, and to nobody else', async () => {
    // BuildKit shows a `$ARGUMENT` in a step with its value: no build argument is a secret.
    const sums = 'sha256sum /run/secrets/* && printenv ARGUMENT | sha256sum | tee /done';
    await using runner = await makeBuildRunner({}, dockerfile(sums));
    const step = runner.start(bundle, inputs());
    const watch = watchCommandLines();
    const result = await step.done;
    const lines = await watch.end();

    expect(result.errors).toEqual([]);
    for (const [id, value] of Object.entries(secrets)) {
      expect(result.log).toContain(`${sha256(value)}  /run/secrets/${id}`);
    }
    expect(result.log).toContain(`${sha256(`${argument}\n`)}  -`);

    expect(lines.some((line) => line.includes(runner.workspace))).toBe(true);
    expect(sightings(lines.join('\n'))).toEqual([]);
    expect(sightings(result.log)).toEqual([]);
    expect(sightings(result.summary)).toEqual([]);
    expect(sightings(JSON.stringify(result.outputs))).toEqual([]);
    expect(await leftovers(runner)).toEqual([]);
    const config = `${process.env['HOME']}/.docker/config.json`;
    expect(await readFile(config, 'utf8').catch(() => '')).not.toContain(registry.host);
    expect(result.masks).toEqual(expect.arrayContaining([login.password, secrets.json]));
  }, 30_000);

  it('hides them when a failing step prints them', async () => {
    await using runner = await makeBuildRunner({}, dockerfile('cat /run/secrets/*; exit 3'));
    const result = await runner.start(bundle, inputs()).done;
    expect(result.errors.map(({ title }) => title)).toEqual(['build-push: build/failed']);
    expect(result.log).toContain('***');
    expect(result.summary).toContain('***');
    expect(sightings(result.log)).toEqual([]);
    expect(sightings(result.summary)).toEqual([]);
    expect(sightings(JSON.stringify(result.errors))).toEqual([]);
  }, 30_000);
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Looks at the command lines of all processes, every few milliseconds, for at most a minute. */
function watchCommandLines(): { end(): Promise<string[]> } {
  const seen = new Set<string>();
  let over = false;
  const watching = (async () => {
    for (let look = 0; look < 6_000 && !over; look += 1) {
      const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      for (const id of ids) {
        const line = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
        if (line) seen.add(line.replaceAll('\0', ' '));
      }
      await delay(10);
    }
  })();
  return {
    async end() {
      over = true;
      await watching;
      return [...seen];
    },
  };
}
