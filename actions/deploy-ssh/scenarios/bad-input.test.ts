import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type EntryAlone,
  entryAlone,
  overLong,
  shownOf,
  withControlCharacter,
} from '../../../packages/local-cloud/src/entry-alone.ts';
import {
  makeRunner,
  type Runner,
  type StepResult,
} from '../../../packages/local-cloud/src/runner.ts';
import { manifest } from '../src/manifest.ts';
import { type Key, makeKey, passphrase, pkcs8, rsaKey } from './keys.ts';
import { bundle } from './world.ts';

const host = 'deploy@web-1.example.com';
const names = Object.keys(manifest.inputs);
const longest: Record<string, number> = {
  hosts: 100_000,
  'known-hosts': 100_000,
  jump: 100_000,
  env: 100_000,
  secrets: 100_000,
  shared: 100_000,
  restart: 100_000,
  before: 50_000,
  migrate: 50_000,
  after: 50_000,
  'private-key': 20_000,
  'jump-private-key': 20_000,
  'registry-password': 20_000,
  'deploy-key': 20_000,
  token: 20_000,
};

/** What is wrong before anything but the inputs has been looked at. */
describe('a bad input', () => {
  let runner: Runner;
  let alone: EntryAlone;
  let key: Key;

  beforeAll(async () => {
    [runner, key, alone] = await Promise.all([
      makeRunner(),
      makeKey('-t ed25519'),
      entryAlone(bundle),
    ]);
    await writeFile(join(runner.workspace, 'compose.yaml'), 'services: {web: {image: $IMAGE}}\n');
  }, 30_000);
  afterAll(async () => {
    await runner[Symbol.asyncDispose]();
    await alone[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    expect(await readdir(runner.temp)).toEqual([]);
    expect(await readdir(runner.workspace)).toEqual(['compose.yaml']);
  });

  const valid = () => ({
    hosts: host,
    'private-key': key.secret,
    path: '/srv/app',
    image: 'registry.example.com/app:1',
  });
  const refused = async (inputs: Record<string, string>): Promise<string> => {
    const step = await runner.start(alone.entry, inputs).done;
    return problemsOf(step);
  };

  it('that is required and missing is named, with the others', async () => {
    const problems = await refused({});
    for (const name of ['hosts', 'private-key', 'path']) {
      expect(problems).toMatch(new RegExp(`^Input ${name} is required\\. Valid: \\S`, 'm'));
    }
    const blank = Object.fromEntries(names.map((name) => [name, ' \n']));
    expect(await refused(blank)).toBe(problems);
  });

  it.each([
    ['is over-long', overLong(names, longest)],
    ['has a control character', withControlCharacter(names)],
  ])('that %s is named, with all others', async (_, { inputs, problems }) => {
    const said = await refused(inputs);
    for (const problem of problems) expect(said).toContain(problem);
  });

  it.each([
    ['hosts', 'ssh://deploy@web', 'starts with a scheme'],
    ['hosts', 'web-1', 'is not user@host:port'],
    ['hosts', 'deploy@web-1:0', 'has a port outside 1 to 65535'],
    ['hosts', 'deploy@web-1:65536', 'has a port outside 1 to 65535'],
    ['hosts', 'deploy@web-1:ssh', 'is not user@host:port'],
    ['hosts', 'deploy@[::12345]', 'has no IPv6 address in its brackets'],
    ['hosts', 'deploy@-oProxyCommand=x', 'is not user@host:port'],
    ['hosts', 'deploy@-web', 'starts with a dash'],
    ['hosts', `${host}\n${host}`, `names ${host} twice`],
    ['known-hosts', 'web-1 ssh-ed25519', 'has too few fields in line 1'],
    ['known-hosts', `# mine\nweb-1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ`, 'cut off'],
    ['known-hosts', 'web-1 ssh-dss AAAAB3NzaC1kc3MAAACB', 'has no known key type in line 1'],
    ['known-hosts', '@cert-authority * ssh-ed25519 AAAA', 'has the marker @cert-authority'],
    ['jump', 'bastion', 'is not user@host:port'],
    ['jump', 'deploy@bastion:0', 'has a port outside 1 to 65535'],
    ['jump-passphrase', 'correct horse', 'needs jump-private-key'],
    ['path', 'srv/app', 'is not an absolute path'],
    ['path', '/srv/../etc', 'contains ..'],
    ['path', '/srv', 'is too near the root'],
    ['mode', 'kubernetes', 'is not one of compose'],
    ['source', '/etc/passwd', 'is not a path inside the workspace'],
    ['source', '../compose.yaml', 'is not a path inside the workspace'],
    ['commit', 'main', 'is not a full commit id'],
    ['commit', '0123456', 'is only a part of a commit id'],
    ['token', 'ghs_0123456789abcdef', 'has no meaning in mode compose'],
    ['submodules', 'yes', 'is neither true nor false'],
    ['image', 'Registry/App!', 'is not an image'],
    ['image', '', 'is required'],
    ['mode', 'release', 'has no meaning in mode release'],
    ['shared', 'storage/', 'has no meaning in mode compose'],
    ['release', 'yesterday', 'is neither previous nor the name of a release'],
    ['shared', '../storage/', 'is not a path inside the release'],
    ['migrate-timeout', 'soon', 'is not a duration'],
    ['max-parallel', '0', 'is not a number from 1 to 100'],
    ['registry-username', 'me', 'and registry-password go together'],
    ['env', 'JUSTTEXT', 'has no = in line 1'],
    ['env', '9A=1', 'has no usable key in line 1'],
    ['env', 'A=1\nA=2', 'has the key of line 2 twice'],
    ['env', 'IMAGE=x', 'has the key IMAGE, which the action sets'],
    ['env', 'SLIPWAY_RELEASE=x', 'has the key SLIPWAY_RELEASE, which the action sets'],
    ['secrets', 'COMPOSE_FILE=x', 'has the key COMPOSE_FILE, which the action sets'],
    ['shared', 'a/./b', 'is not written in the shortest way'],
    ['env', 'UID=1000', 'has the key UID, which the shell of the host needs'],
    ['env', 'PATH=/app/bin', 'has the key PATH, which the shell of the host needs'],
    ['secrets', 'hunter2-without-a-key', 'has no = in line 1'],
    ['health-url', 'ftp://app', 'is not an http(s) address'],
    ['health-url', 'https://u:p@app/', 'carries credentials'],
    ['health-path', 'health', 'does not start with a slash'],
    ['health-status', '200-', 'is not a list of HTTP statuses'],
    ['health-status', '299-200', 'is not a list of HTTP statuses'],
    ['expect', '0123456', 'needs health-url or health-path'],
    ['timeout', '10', 'is not a duration'],
    ['timeout', '0s', 'is not between 1s and 6h'],
    ['rollback', 'yes', 'is neither true nor false'],
    ['dry-run', 'TRUE', 'is neither true nor false'],
    ['keep', '0', 'is not a number from 1 to 1000'],
    ['keep', 'five', 'is not a number from 1 to 1000'],
    ['lock-timeout', '1 minute', 'is not a duration'],
  ])('%s: %j %s', async (name, value, wrong) => {
    expect(await refused({ ...valid(), [name]: value })).toMatch(
      new RegExp(
        `^Input ${name === 'mode' && value === 'release' ? 'image' : name} .*${wrong.replace(/[.()]/g, '\\$&')}`,
      ),
    );
  });

  it.each([
    ['compose', 'a link to a file of the machine', 'accounts.yaml'],
    ['compose', 'a file behind a link to a folder of the machine', 'machine/passwd'],
    ['release', 'a link to a folder of the machine', 'machine'],
    ['release', 'a folder behind one', 'machine/ssl/../ssl'],
  ])('that is a path in mode %s is refused when it is %s', async (mode, _, source) => {
    await using linked = await makeRunner();
    await symlink('/etc', join(linked.workspace, 'machine'));
    await symlink('/etc/passwd', join(linked.workspace, 'accounts.yaml'));
    const { image, ...others } = valid();
    const inputs = { ...others, ...(mode === 'compose' && { image }), mode, source };
    const step = await linked.start(alone.entry, inputs).done;
    expect(problemsOf(step)).toContain('Input source is not a path inside the workspace.');
    expect(step.log).not.toContain('root:');
  });

  it.each([
    ['a secret', 'private-key: hunter2hunter2', 'the secret private-key; give it by with:'],
    ['a name that is none', 'helth-path: /', 'helth-path, which does not exist in deploy-ssh'],
    ['a wrong value', 'timeout: soon', 'Input timeout is not a duration'],
    ['no YAML', 'hosts: "', 'Input settings names a file that is not YAML'],
  ])('in the file of settings is refused: %s', async (_, content, said) => {
    await using other = await makeRunner();
    await writeFile(join(other.workspace, 'production.yml'), `${content}\n`);
    const step = await other.start(bundle, { ...valid(), settings: 'production.yml' }).done;
    expect(problemsOf(step)).toContain(said);
    expect(step.log).not.toContain('hunter2');
  });

  it('of the jump hosts is read like that of the hosts, under its own name', async () => {
    const alone = { ...valid(), 'jump-private-key': key.secret };
    expect(await refused(alone)).toContain('Input jump-private-key needs jump.');
    const { secret } = pkcs8('ed25519', true);
    const jump = { ...valid(), jump: 'deploy@bastion' };
    expect(await refused({ ...jump, 'jump-private-key': key.open })).toContain(
      'Input jump-private-key is a public key; the private key is needed',
    );
    expect(await refused({ ...jump, 'jump-private-key': secret })).toContain(
      'Input jump-passphrase is required: jump-private-key is encrypted',
    );
    const wrong = { 'jump-private-key': secret, 'jump-passphrase': 'wrong' };
    expect(await refused({ ...jump, ...wrong })).toContain(
      'Input jump-passphrase does not open jump-private-key',
    );
  });

  it('says what two inputs have against each other', async () => {
    const problems = await refused({
      ...valid(),
      'registry-username': 'me',
      env: 'TOKEN=1',
      secrets: 'TOKEN=hunter2',
    });
    expect(problems).toContain('Input registry-username and registry-password go together.');
    expect(problems).toContain('Input secrets has the key TOKEN, which env has too.');
    expect(problems).not.toContain('hunter2');
  });

  const badKeys: Array<[string, () => Promise<string> | string, string, string?]> = [
    ['a public key', () => key.open, 'is a public key; the private key is needed'],
    ['a PEM public key', () => pem('PUBLIC KEY'), 'is a public key; the private key is needed'],
    [
      'a public key as RFC 4716 has it',
      () => '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----',
      'is a public key; the private key is needed',
    ],
    [
      'an SSH certificate',
      () => 'ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2g=',
      'is a certificate; the private key is needed',
    ],
    ['an X.509 certificate', () => pem('CERTIFICATE'), 'is not a private key but a certificate'],
    ['a PuTTY key', () => 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none', 'is a PuTTY key'],
    ['garbage', () => 'correct horse', 'is not a private key: it has no BEGIN line'],
    ['only base64', () => 'QUJDREVGR0hJSktMTU5PUA==', 'is not a private key'],
    [
      'a key without its last lines',
      () => key.secret.split('\n').slice(0, -3).join('\n'),
      'is cut off: its END line is missing',
    ],
    [
      'a key without a line in the middle',
      () => key.secret.replace(/\n.*\n.*(\n-----END)/, '$1'),
      'is damaged or cut off: a part of it is missing',
    ],
    [
      'a PEM key without a line in the middle',
      async () => (await rsaKey('PEM')).secret.replace(/\n.*\n.*(\n-----END)/, '$1'),
      'is damaged or cut off: its content is not a key',
    ],
    ['a BEGIN line around garbage', () => pem('OPENSSH PRIVATE KEY'), 'is damaged or cut off'],
    ['PEM around garbage', () => pem('RSA PRIVATE KEY'), 'is damaged or cut off'],
    ['PKCS#8 around garbage', () => pem('PRIVATE KEY'), 'is damaged or cut off'],
    ['a Bitcoin key', () => pkcs8('secp256k1').secret, 'holds a key of type ec secp256k1'],
    ['an Ed448 key', () => pkcs8('ed448').secret, 'holds a key of type ed448'],
  ];
  it.each(badKeys)('private-key: %s', async (_, make, wrong) => {
    const problems = await refused({ ...valid(), 'private-key': await make() });
    expect(problems).toContain(`Input private-key ${wrong}`);
    expect(problems).toMatch(/Valid: \S/);
  });

  const locked: Array<[string, () => Promise<Key> | Key]> = [
    ['OpenSSH', () => makeKey('-t ed25519', true)],
    ['PEM', () => rsaKey('PEM', true)],
    ['PKCS#8', () => pkcs8('ed25519', true)],
  ];
  it.each(locked)('passphrase: missing or wrong for a key in %s', async (kind, make) => {
    const { secret } = await make();
    const inputs = { ...valid(), 'private-key': secret };
    expect(await refused(inputs)).toContain(
      'Input passphrase is required: private-key is encrypted',
    );
    // Only the SSH library can tell for OpenSSH's own format, still before anything is asked.
    const entry = kind === 'OpenSSH' ? bundle : alone.entry;
    const wrong = { ...inputs, passphrase: `${passphrase}!` };
    expect(problemsOf(await runner.start(entry, wrong).done)).toContain(
      'Input passphrase does not open private-key',
    );
  });

  /** The problems, after a look at everything that must be so in each such run. */
  function problemsOf(step: StepResult): string {
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: action/input']);
    expect([step.code, step.outputs]).toEqual([1, { status: 'failed', reason: 'action/input' }]);
    const shown = shownOf(step);
    for (const secret of step.masks) {
      if (secret.length > 8) expect(shown).not.toContain(secret);
    }
    return step.errors[0]?.text ?? '';
  }
});

function pem(label: string): string {
  return `-----BEGIN ${label}-----\nQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\n-----END ${label}-----\n`;
}
