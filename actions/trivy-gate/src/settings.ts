import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  boolean,
  choice,
  duration,
  type Input,
  lines,
  matching,
  secret,
  text,
} from '@slipway/shared/action/input';
import type { Problem } from '@slipway/shared/action/inputs';
import type { Run } from '@slipway/shared/action/run';
import { checkLoginForms } from '@slipway/shared/identity/check-login';
import {
  givenForRegistries,
  registryInputs,
  tellLoginProblems,
} from '@slipway/shared/identity/registry-inputs';
import type { ImageReference } from '@slipway/shared/image/reference';
import type { manifest } from './manifest.ts';
import { type FailOn, failOn, scannersFor } from './policy/fail-on.ts';
import { defaultMirrors, isHijacked, releaseOf, thisMachine } from './scanner/releases.ts';
import {
  baseline,
  cacheFolder,
  databaseSource,
  exampleImage,
  imageReference,
  mirror,
  publicDatabase,
} from './source-inputs.ts';
import { localInput } from './subject/local-input.ts';
import { words } from './words.ts';

/** Everything the action was told, checked. */
export type Settings = ReturnType<typeof readSettings>;

/** A run of this action. */
export type ActionRun = Run<typeof manifest>;

const longText: Input<string> = { ...text, multiline: true, longest: 1_000_000 };
const formats = [
  'json',
  'sarif',
  'cyclonedx',
  'spdx',
  'spdx-json',
  'table',
  'github',
  'cosign-vuln',
] as const;

/** Reads and checks all inputs; loads nothing heavy and changes nothing. */
export function readSettings(run: ActionRun) {
  const { env } = run;
  const workspace = env['GITHUB_WORKSPACE'] || process.cwd();
  const temp = env['RUNNER_TEMP'] || tmpdir();
  const given = run.inputs(
    {
      image: imageReference,
      input: localInput([workspace, temp]),
      'image-source': choice('registry', 'docker'),
      platform: matching(
        /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/,
        'is no platform',
        'linux/arm64',
      ),
      policy: longText,
      'fail-on': failOn,
      allowlist: longText,
      baseline: baseline([workspace, temp]),
      scanners: words('vuln', 'secret', 'misconfig', 'license'),
      'report-formats': words(...formats),
      'upload-sarif': boolean,
      token: secret(text),
      'on-error': choice('fail', 'warn'),
      'trivy-version': matching(/^\d+\.\d+\.\d+$/, 'is not a version of three numbers', '0.74.0'),
      'trivy-sha256': matching(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex', '2ae6fe3e…'),
      'trivy-mirrors': lines(mirror),
      'db-repository': databaseSource(workspace),
      'db-max-age': duration('1h', '8760h'),
      'on-stale': choice('error', 'warn'),
      'cache-folder': cacheFolder(workspace),
      timeout: duration('10s', '6h'),
      attach: boolean,
      ...registryInputs,
    },
    (values, problem) => {
      checkSubject(values, problem);
      checkTrivy(values, problem);
      checkScanners(values, problem);
      if (values['upload-sarif'] && !values.token) {
        problem('token', 'is required by upload-sarif', 'github.token');
      }
      if (values.baseline?.kind === 'image' && !values.image) {
        problem('baseline', 'is an image, which only goes with image', 'baseline.json');
      }
      tellLoginProblems(checkLoginForms(givenForRegistries(values)), problem);
    },
  );
  const cache = given['cache-folder'];
  const tools = env['RUNNER_TOOL_CACHE'];
  return {
    ...given,
    workspace,
    temp,
    mirrors: given['trivy-mirrors'] ?? defaultMirrors,
    database: given['db-repository'] ?? publicDatabase(),
    cacheFolder: cache ?? join(tools || temp, 'slipway'),
  };
}

function checkSubject(
  values: {
    image: ImageReference | undefined;
    input: unknown;
    'image-source': string;
    platform: string | undefined;
    attach: boolean;
  },
  problem: Problem,
): void {
  const { attach, image, input, platform } = values;
  if (image && input) problem('input', 'cannot be given together with image', 'one of the two');
  if (!image && !input) problem('image', 'or input is required', exampleImage);
  const engine = values['image-source'] === 'docker';
  if (engine && input) problem('image-source', 'only goes with image', 'registry');
  if (platform && (engine || input)) {
    problem('platform', 'only goes with an image in a registry', 'leave it out');
  }
  if (attach && (engine || input)) {
    problem('attach', 'only goes with an image in a registry', 'false');
  }
}

// A rule about what nobody looks for would never fail.
function checkScanners(
  values: { 'fail-on': FailOn | undefined; scanners: readonly string[] },
  problem: Problem,
): void {
  const wanted = values['fail-on'] ? scannersFor(values['fail-on']) : [];
  const missing = [...wanted].filter(([, scanner]) => !values.scanners.includes(scanner));
  if (missing.length === 0) return;
  const words = missing.map(([word]) => word).join(', ');
  const all = [...new Set([...values.scanners, ...missing.map(([, scanner]) => scanner)])];
  problem('scanners', `does not look for what fail-on names: ${words}`, all.join(','));
}

function checkTrivy(
  values: { 'trivy-version': string; 'trivy-sha256': string | undefined },
  problem: Problem,
): void {
  const [version, sha256] = [values['trivy-version'], values['trivy-sha256']];
  if (isHijacked(version)) {
    problem('trivy-version', `names a release that attackers made: ${version}`, '0.74.0');
  } else if (!sha256 && !releaseOf(version, thisMachine()).sha256) {
    problem(
      'trivy-version',
      `is ${version}, of which no digest for ${thisMachine()} is known; give it as trivy-sha256`,
      '0.74.0',
    );
  }
}
