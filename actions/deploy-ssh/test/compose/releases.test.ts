import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ComposeRelease,
  differences,
  discardScript,
  envFile,
  keptReleases,
  keptReleasesScript,
  provenScript,
  readState,
  stateScript,
  writeScript,
} from '../../src/compose/releases.ts';
import { switchScript } from '../../src/host/current-link.ts';
import { type ReleaseId, releaseId } from '../../src/host/release-id.ts';
import { script } from '../../src/ssh/shell.ts';

const release: ComposeRelease = {
  composeFile: `services: { web: { image: "\${IMAGE}" } } # it's`,
  image: `registry.example.com/app@sha256:${'a'.repeat(64)}`,
  env: new Map([['TOKEN', `it's $HOME`]]),
};
const next: ComposeRelease = { ...release, image: release.image.replace(/a{64}/, 'b'.repeat(64)) };

describe('the name of a release', () => {
  it.each([
    [1_700_000_000_123, '0123456789abcdef', '20231114-221320123-0123456'],
    [1_700_000_000_000, '', '20231114-221320000'],
    [1_700_000_000_000, 'HEAD', '20231114-221320000'],
  ])('at %d of %s is %s', (now, commit, name) => {
    expect(releaseId(now, commit)).toBe(name);
  });
});

describe('the folder of a deployment', () => {
  let path: string;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "slipway it's $here "));
    run('mkdir .slipway');
  });
  afterEach(() => rmSync(path, { recursive: true }));

  function run(body: string): string {
    const printed = execFileSync('bash', ['-s'], {
      input: script(body, 'mark'),
      cwd: path,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return printed.slice(printed.indexOf('\n') + 1);
  }
  const state = () => readState(run(stateScript(path)));
  const prove = (id: ReleaseId, what: ComposeRelease, keep = 5) => {
    run(writeScript(id, what));
    run(switchScript(id));
    run(provenScript(id, keep));
  };
  const onDay = (day: number) => releaseId(Date.UTC(2026, 0, day), '0123456');
  const [first, second, third, fourth] = [onDay(1), onDay(2), onDay(3), onDay(4)];

  it('knows nothing at first', () => {
    const link = { target: undefined, leadsSomewhere: false, blocked: false };
    expect(state()).toEqual({ proven: undefined, current: undefined, link });
    expect(readState(run(stateScript(`${path}/nowhere`)))).toEqual(state());
    expect(differences(state(), release)).toEqual([
      { what: 'image', before: '', after: release.image },
    ]);
  });

  it('gives a release back as it was written, to its user alone', () => {
    run(writeScript(first, release));
    const folder = join(path, 'releases', first);
    expect(readdirSync(folder).sort()).toEqual(['compose.yaml', 'env', 'image']);
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toBe(release.composeFile);
    expect(readFileSync(join(folder, 'env'), 'utf8')).toBe(envFile(release));
    expect(statSync(join(folder, 'env')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('says what a release would change', () => {
    prove(first, release);
    expect(state()).toMatchObject({ current: first, proven: { id: first, image: release.image } });
    expect(differences(state(), release)).toEqual([]);
    expect(differences(state(), next)).toEqual([
      { what: 'image', before: release.image, after: next.image },
    ]);
    expect(differences(state(), { ...next, env: new Map(), composeFile: 'x' })).toEqual([
      { what: 'image', before: release.image, after: next.image },
      { what: 'Compose file', before: '', after: 'changed' },
      { what: 'environment', before: '', after: 'changed' },
    ]);
  });

  it('remembers what was proven, not what was switched to', () => {
    prove(first, release);
    run(writeScript(second, next));
    run(switchScript(second));
    expect(state()).toMatchObject({ current: second, proven: { id: first } });
    expect(differences(state(), release)).toEqual([
      { what: 'current release', before: second, after: 'this one' },
    ]);
    run(switchScript(first));
    run(discardScript(second));
    expect(readdirSync(join(path, 'releases'))).toEqual([first]);
  });

  it('cannot roll back to a release whose folder is gone', () => {
    prove(first, release);
    rmSync(join(path, 'releases', first), { recursive: true });
    expect(state().proven).toBeUndefined();
  });

  it.each([
    [1, [fourth]],
    [2, [third, fourth]],
    [5, [first, third, fourth]],
  ])('keeps %d proven ones, and what is not ours', (keep, left) => {
    prove(first, release);
    run(writeScript(second, release)); // never proven
    mkdirSync(join(path, 'releases', `${second}x`)); // not a name of ours
    symlinkSync('/tmp', join(path, 'releases', 'link'));
    prove(third, release);
    prove(fourth, next, keep);
    expect(readdirSync(join(path, 'releases')).sort()).toEqual(
      [...left, `${second}x`, 'link'].sort(),
    );
    expect(state().proven?.id).toBe(fourth);
  });

  it('is rid of 5,000 old ones at once', () => {
    prove(first, release);
    const old = Array.from({ length: 5_000 }, (_, index) => releaseId(index * 86_400_000, ''));
    for (const id of old) mkdirSync(join(path, 'releases', id));
    prove(second, release, 2);
    expect(readdirSync(join(path, 'releases')).sort()).toEqual([first, second]);
  });

  it('lists those that can be rolled back to, the same under another name as the same', () => {
    prove(first, release);
    run(writeScript(second, next)); // never proven
    prove(third, release);
    prove(fourth, next);
    const kept = keptReleases(run(keptReleasesScript(path)));
    expect(kept.map(({ id, image }) => [id, image])).toEqual([
      [first, release.image],
      [third, release.image],
      [fourth, next.image],
    ]);
    expect(kept[0]?.content).toBe(kept[1]?.content);
    expect(kept[2]?.content).not.toBe(kept[1]?.content);
  });

  it('never writes over a release', () => {
    prove(first, release);
    expect(() => run(writeScript(first, next))).toThrow();
    expect(state().proven?.image).toBe(release.image);
  });
});
