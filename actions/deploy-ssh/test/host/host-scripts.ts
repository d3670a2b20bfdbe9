import { foreignOnes, foundScript, putBackScript } from '../../src/compose/adopted.ts';
import * as releases from '../../src/compose/releases.ts';
import * as compose from '../../src/compose/scripts.ts';
import type { Container } from '../../src/compose/state.ts';
import { checkoutScript } from '../../src/git/checkout-script.ts';
import { fetchScript } from '../../src/git/fetch-script.ts';
import { repositoryAddress } from '../../src/git/repository/repository.ts';
import { currentScript, putLinkBackScript, switchScript } from '../../src/host/current-link.ts';
import { exclusiveScript } from '../../src/host/exclusive-script.ts';
import * as locks from '../../src/host/lock/lock-scripts.ts';
import { printedFunction } from '../../src/host/printed.ts';
import { releaseId } from '../../src/host/release-id.ts';
import { restartScript, stepScript } from '../../src/host/steps.ts';
import { logScript } from '../../src/host/unit-logs.ts';
import { dressScript } from '../../src/release/dress-script.ts';
import * as trees from '../../src/release/scripts.ts';
import { framedScript } from '../../src/ssh/script/clean-shell.ts';
import { receiveScript } from '../../src/upload/receive-script.ts';

/** A script as a host gets it, with everything in it that it can have. */
export interface HostScript {
  /** The functions that made it. */
  makes: readonly string[];
  body(): string | Promise<string>;
  /** What shellcheck says of it and is meant, with the reason. */
  meant?: Readonly<Record<string, string>>;
}

const ids = {
  SC2086: 'ids of containers or networks, a word each',
  SC2046: 'the same out of a file',
};
const names = { SC2010: 'names that the pattern allows have no blank in them' };

const path = "/srv/it's an app";
const id = releaseId(Date.UTC(2026, 10, 21), '0123456789');
const image = `ghcr.io/owner/app@sha256:${'0'.repeat(64)}`;
const env = new Map([['GREETING', "it's $here"]]);
const release = { composeFile: 'services: {}\n', image, env };
const login = { username: 'me', password: "it's secret" };
const parts = [
  {
    repository: repositoryAddress.parse('https://git.example.com/a.git'),
    commit: 'f'.repeat(40),
    folder: '',
  },
  {
    repository: repositoryAddress.parse('git@github.com:owner/b.git'),
    commit: 'e'.repeat(40),
    folder: 'b',
  },
];
const access = {
  deployKey: undefined,
  token: { text: 'token', origin: 'https://git.example.com' },
  pins: [],
};
const inFolder = (body: string) => exclusiveScript(path, body);

const lock = { path, token: 'a1b2', owner: "it's me", life: 120 };

const place = {
  path,
  id,
  folder: 'current',
  envFile: 'current/.env',
  unlessThere: '.slipway/foreign',
  variables: compose.stepVariables(path),
  begin: compose.stepLink(id),
};
const receipt = { id, previous: '20260101-000000000', sums: 100, digest: '0'.repeat(64) };

const labels = {
  'com.docker.compose.project.working_dir': path,
  'com.docker.compose.project.config_files': `${path}/compose.yaml`,
  'com.docker.compose.service': 'web',
};
const byHand: Container = {
  Id: '0123',
  Name: '/web',
  RestartCount: 0,
  Config: { Image: "it's:1", Labels: labels },
  HostConfig: { RestartPolicy: { Name: 'no' }, PortBindings: null },
  State: { Status: 'running', ExitCode: 0, OOMKilled: false, Error: '' },
  NetworkSettings: { Ports: null },
};
const replaced = {
  folder: path,
  files: [`${path}/compose.yaml`],
  envFiles: [`${path}/.env`],
  services: [
    { name: 'web', count: 2, running: true },
    { name: 'job', count: 1, running: false },
  ],
};

/** Every script that a host may get. */
export const hostScripts: readonly HostScript[] = [
  { makes: ['checkScript'], body: () => compose.checkScript(path) },
  { makes: ['configScript'], body: () => compose.configScript(path, release) },
  {
    makes: ['composeScript', 'environmentScript', 'removeScript', 'stageScript'],
    body: () =>
      inFolder(
        `${compose.removeScript(['0123', '4567'])}\n${compose.composeScript(path, id, 'up -d')}`,
      ),
  },
  {
    makes: ['mendScript', 'upScript', 'upAllScript'],
    meant: ids,
    body: () => inFolder(`${compose.mendScript(path)}\n${compose.upScript(path, id, 'up -d')}`),
  },
  { makes: ['endStepsScript'], meant: ids, body: () => compose.endStepsScript(path) },
  { makes: ['pullScript'], body: () => inFolder(compose.pullScript(image, login)) },
  { makes: ['lookScript'], meant: ids, body: () => compose.lookScript(path) },
  { makes: ['foundScript'], body: () => foundScript(path, release, foreignOnes([byHand])) },
  {
    makes: ['putBackScript', 'restoreScript'],
    meant: ids,
    body: () => inFolder(putBackScript(path, { networks: ['0123'], replaced })),
  },
  {
    makes: ['putLinkBackScript'],
    body: () =>
      inFolder(
        [undefined, "it's/there"]
          .map((target) => putLinkBackScript({ target, leadsSomewhere: true, blocked: false }))
          .join('\n'),
      ),
  },
  { makes: ['inspectScript'], meant: ids, body: () => compose.inspectScript(path) },
  { makes: ['stateScript'], body: () => releases.stateScript(path) },
  { makes: ['currentScript'], body: () => `${printedFunction}\n${currentScript}` },
  { makes: ['writeScript'], body: () => inFolder(releases.writeScript(id, release)) },
  { makes: ['switchScript', 'exclusiveScript'], body: () => inFolder(switchScript(id)) },
  {
    makes: ['provenScript', 'rememberScript'],
    meant: names,
    body: () => inFolder(releases.provenScript(id, 5)),
  },
  { makes: ['keptReleasesScript', 'keptScript'], body: () => releases.keptReleasesScript(path) },
  { makes: ['discardScript'], body: () => inFolder(releases.discardScript(id)) },
  { makes: ['treeStateScript'], body: () => trees.treeStateScript(path) },
  { makes: ['keptTreesScript'], body: () => trees.keptTreesScript(path) },
  { makes: ['keepScript'], meant: names, body: () => inFolder(trees.keepScript(id, 5)) },
  { makes: ['dropScript'], body: () => inFolder(trees.dropScript(id)) },
  {
    makes: ['dressScript'],
    body: () =>
      inFolder(
        dressScript(id, {
          env,
          shared: ['storage/', 'a/b.db'],
          content: 'x y',
          key: 'ab'.repeat(32),
        }),
      ),
  },
  {
    makes: ['checkoutScript', 'tidyScript'],
    meant: { SC2086: 'names of variables' },
    body: () => checkoutScript(path, id, parts),
  },
  ...parts.map((part) => ({
    makes: ['fetchScript'],
    meant: { SC2086: 'names of variables' },
    body: () => fetchScript(path, part, access),
  })),
  {
    makes: ['receiveScript'],
    meant: { SC2086: 'a command and its options' },
    body: () => receiveScript(path, receipt),
  },
  { makes: ['stepScript'], body: () => stepScript(place, 'echo "$GREETING"') },
  {
    makes: ['restartScript'],
    body: () => restartScript(['app.service', 'web', 'echo restarted'], compose.restartService),
  },
  { makes: ['logScript'], body: () => logScript("'app@1.service'", 60) },
  { makes: ['takeScript', 'ownFolderScript'], body: () => locks.takeScript(lock) },
  { makes: ['renewScript'], body: () => locks.renewScript(lock) },
  { makes: ['freeScript'], body: () => locks.freeScript(lock) },
  { makes: ['fenceScript'], body: () => inFolder(locks.fenceScript(lock)) },
  { makes: ['framedScript'], body: () => framedScript(':', '--- mark').replace('\0', '') },
];
