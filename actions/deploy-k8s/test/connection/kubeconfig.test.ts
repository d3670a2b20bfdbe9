import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runProgram } from '@slipway/shared/exec/program';
import { systemClock } from '@slipway/shared/time/clock';
import { makeCertificate } from '../../../../packages/local-cloud/src/certificate.ts';
import type { ClusterAccess } from '../../src/connection/access.ts';
import { givenKubeconfig } from '../../src/connection/given-kubeconfig.ts';
import { kubeconfigAccess } from '../../src/connection/kubeconfig-access.ts';

let folder: string;
let workspace: string;
let [cert, key, otherKey] = ['', '', ''];
let masked: string[] = [];
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-kubeconfig-'));
  workspace = join(folder, 'workspace');
  await mkdir(join(folder, 'other'));
  await mkdir(workspace);
  const made = await makeCertificate(folder);
  const other = await makeCertificate(join(folder, 'other'));
  cert = await readFile(made.file, 'utf8');
  key = await readFile(made.key, 'utf8');
  otherKey = await readFile(other.key, 'utf8');
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  masked = [];
  env = { GITHUB_WORKSPACE: workspace, PATH: process.env['PATH'] ?? '' };
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const server = 'https://api.example.com:6443';

interface Parts {
  cluster?: object;
  user?: object;
  context?: object;
  more?: object;
}

function config({ cluster, context, more, user }: Parts = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'shop',
    contexts: [{ name: 'shop', context: { cluster: 'c', user: 'deploy', ...context } }],
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'deploy', user: user ?? { token: 'token-abc' } }],
    ...more,
  });
}

const mask = (secret: string) => void masked.push(secret);
const parts = () => ({ env, clock: systemClock, mask, runProgram });

async function open(text?: string, context?: string): Promise<ClusterAccess> {
  const given = await givenKubeconfig({ text, env, mask });
  if (!given) throw new Error('there is no kubeconfig');
  return kubeconfigAccess(given, context, parts());
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('what a kubeconfig says', () => {
  it('a token, a server, a namespace', async () => {
    const access = await open(config({ context: { namespace: 'shop' } }));
    expect(access).toMatchObject({
      server: new URL(server),
      ca: undefined,
      namespace: 'shop',
      from: 'context shop of input kubeconfig',
    });
    expect(await access.identity.proof()).toEqual({ authorization: 'Bearer token-abc' });
    expect(masked).toContain('token-abc');
  });

  it('YAML as people and programs write it', async () => {
    const yaml = `
      apiVersion: v1
      kind: Config
      preferences: {}
      current-context: "shop"
      contexts:
      - context: {cluster: c, user: deploy}
        name: shop
      clusters:
      - cluster:
          server: ${server}
          certificate-authority-data: ${base64(cert)}
        name: c
      users:
      - name: deploy
        user:
          token: >-
            token-abc
    `;
    const access = await open(yaml);
    expect(access.ca).toBe(cert);
    expect(await access.identity.proof()).toEqual({ authorization: 'Bearer token-abc' });
  });

  it('a client certificate and its key, as data', async () => {
    const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
    const { identity } = await open(config({ user }));
    expect(await identity.proof()).toEqual({ certificate: { cert, key } });
    expect(masked).toEqual(expect.arrayContaining([base64(key), key]));
  });

  it('a name and a password', async () => {
    const { identity } = await open(config({ user: { username: 'me', password: 'pässword' } }));
    const basic = base64('me:pässword');
    expect(await identity.proof()).toEqual({ authorization: `Basic ${basic}` });
    expect(masked).toEqual(expect.arrayContaining(['pässword', basic]));
  });

  it('files beside the kubeconfig, read from where it is', async () => {
    await file('ca.pem', cert);
    await file('key.pem', key);
    await file('token', 'token-one\n');
    const user = { 'client-certificate': 'ca.pem', 'client-key': './key.pem', tokenFile: 'token' };
    const text = config({ cluster: { 'certificate-authority': 'ca.pem' }, user });
    env['KUBECONFIG'] = await file('config', text);
    const access = await open();
    expect(access.ca).toBe(cert);
    expect(await access.identity.proof()).toEqual({
      authorization: 'Bearer token-one',
      certificate: { cert, key },
    });
    // Whoever wrote the file writes it anew before it ends.
    await file('token', 'token-two');
    expect(await access.identity.proof()).toMatchObject({ authorization: 'Bearer token-two' });
    expect(masked).toEqual(expect.arrayContaining(['token-one', 'token-two']));
  });

  it('another name in the certificate, a proxy, another user', async () => {
    const cluster = { 'tls-server-name': 'kubernetes', 'proxy-url': 'http://me:secret@proxy:3128' };
    const user = {
      token: 'token-abc',
      as: 'system:serviceaccount:shop:deploy',
      'as-uid': '7',
      'as-groups': ['one', 'two'],
      'as-user-extra': { 'Reason/x': ['a', 'b'] },
    };
    const access = await open(config({ cluster, user }));
    expect(access).toMatchObject({
      tlsServerName: 'kubernetes',
      proxy: 'http://me:secret@proxy:3128',
      headers: {
        'Impersonate-User': 'system:serviceaccount:shop:deploy',
        'Impersonate-Uid': '7',
        'Impersonate-Group': ['one', 'two'],
        'Impersonate-Extra-Reason%2Fx': ['a', 'b'],
      },
    });
    expect(masked).toContain('secret');
  });

  it('several contexts: the one that is asked for', async () => {
    const contexts = [
      { name: 'shop', context: { cluster: 'c', user: 'deploy' } },
      { name: 'production', context: { cluster: 'c', user: 'deploy', namespace: 'p' } },
    ];
    const text = config({ more: { contexts } });
    expect((await open(text, 'production')).namespace).toBe('p');
    expect((await open(text)).namespace).toBeUndefined();
  });

  it('several files are one, and the first one that has an entry is right about it', async () => {
    const first = await file(
      'first',
      JSON.stringify({ users: [{ name: 'deploy', user: { token: 'token-first' } }] }),
    );
    const second = await file('second', config({ cluster: { server: 'https://second:1' } }));
    const third = await file('third', config({ more: { 'current-context': 'third' } }));
    env['KUBECONFIG'] = [first, join(folder, 'missing'), second, third].join(delimiter);
    const access = await open();
    expect(access.server.href).toBe('https://second:1/');
    expect(await access.identity.proof()).toEqual({ authorization: 'Bearer token-first' });
  });

  it('http is taken for this machine alone', async () => {
    const access = await open(config({ cluster: { server: 'http://127.0.0.1:8001' } }));
    expect(access.server.protocol).toBe('http:');
  });
});

describe('what is wrong with a kubeconfig', () => {
  const data = (field: string, value: string) => ({ [`${field}-data`]: value });

  it.each<[string, () => string | Parts, string]>([
    ['not YAML', () => 'a: [', 'it is neither JSON nor YAML'],
    ['a text', () => 'no kubeconfig at all', 'it has a string instead of an object'],
    ['empty', () => '# nothing\n', 'it is empty'],
    ['a key twice', () => 'kind: Config\nkind: Config', 'it has the key kind twice'],
    ['two documents', () => `${config()}\n---\n${config()}`, 'it is more than one document'],
    ['another kind', () => ({ more: { kind: 'Secret' } }), 'it is a Secret instead of a Config'],
    [
      'another version',
      () => ({ more: { apiVersion: 'v2' } }),
      'its apiVersion is v2 instead of v1',
    ],
    ['no contexts', () => ({ more: { contexts: [] } }), 'it has no contexts'],
    ['contexts that are no list', () => ({ more: { contexts: {} } }), 'contexts is not a list'],
    [
      'an entry without a name',
      () => ({ more: { users: [{ user: {} }] } }),
      'an entry of users has no name',
    ],
    [
      'a name twice',
      () => ({ more: { clusters: [{ name: 'c' }, { name: 'c' }] } }),
      'clusters has c twice',
    ],
    [
      'no current context',
      () => ({ more: { 'current-context': '' } }),
      'it has no current-context; give one of "shop" as kube-context',
    ],
    [
      'a context that is not there',
      () => ({ more: { 'current-context': 'x' } }),
      'it has no context "x", only "shop"',
    ],
    ['no cluster', () => ({ context: { cluster: '' } }), 'context shop names no cluster'],
    [
      'a user that is not there',
      () => ({ context: { user: 'x' } }),
      'context shop is about user "x", which is not there',
    ],
    ['no server', () => ({ cluster: { server: '' } }), 'cluster c has no server'],
    [
      'a server that is none',
      () => ({ cluster: { server: 'api:6443' } }),
      'is not the address of an API server',
    ],
    ['http', () => ({ cluster: { server: 'http://api.example.com' } }), 'without TLS'],
    [
      'credentials in the address',
      () => ({ cluster: { server: 'https://me:word@api' } }),
      'server of cluster c has credentials in it',
    ],
    [
      'a SOCKS proxy',
      () => ({ cluster: { 'proxy-url': 'socks5://p:1' } }),
      'proxy-url of cluster c is not the address of an HTTP proxy (socks5://)',
    ],
    [
      'an authority that is not base64',
      () => ({ cluster: data('certificate-authority', '-----BEGIN') }),
      'certificate-authority-data of c is not base64',
    ],
    [
      'an authority that is no certificate',
      () => ({ cluster: data('certificate-authority', base64('hello there')) }),
      'certificate-authority of c is not a certificate as PEM',
    ],
    [
      'a relative path in a text',
      () => ({ cluster: { 'certificate-authority': 'ca.pem' } }),
      'certificate-authority of c is the relative path ca.pem, and a text is in no folder',
    ],
    [
      'a file that is not there',
      () => ({ user: { tokenFile: '/nowhere/token' } }),
      'tokenFile of user deploy cannot be read',
    ],
    [
      'nothing to prove it',
      () => ({ user: {} }),
      'user deploy has no token, client certificate, exec or username',
    ],
    [
      'an auth-provider',
      () => ({ user: { 'auth-provider': { name: 'gcp' } } }),
      'user deploy has an auth-provider, which Kubernetes has removed',
    ],
    [
      'a token and a name',
      () => ({ user: { token: 'token-abc', username: 'me' } }),
      'user deploy has a token as well as a username',
    ],
    [
      'a certificate without a key',
      () => ({ user: data('client-certificate', base64(cert)) }),
      'user deploy has a client-certificate without a client-key',
    ],
    [
      'a key of another certificate',
      () => ({
        user: {
          ...data('client-certificate', base64(cert)),
          ...data('client-key', base64(otherKey)),
        },
      }),
      'client-key of deploy is not that of its client-certificate',
    ],
    [
      'groups without a user',
      () => ({ user: { token: 'token-abc', 'as-groups': ['a'] } }),
      'user deploy has as-uid, as-groups or as-user-extra without as',
    ],
    [
      'an old protocol of programs',
      () => ({
        user: { exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'aws' } },
      }),
      'has apiVersion "client.authentication.k8s.io/v1alpha1"',
    ],
    [
      'a program that asks people',
      () => ({
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command: 'kubelogin',
            interactiveMode: 'Always',
          },
        },
      }),
      'has interactiveMode Always',
    ],
  ])('%s', async (_, given, words) => {
    const made = given();
    await expect(open(typeof made === 'string' ? made : config(made))).rejects.toMatchObject({
      code: 'k8s/kubeconfig',
      message: expect.stringContaining(words),
    });
  });

  it.each<[string, string]>([
    ['a kubeconfig', 'data'],
    ['files', 'file'],
  ])('a client certificate that has ended, of %s', async (_, from) => {
    const user =
      from === 'data'
        ? { ...data('client-certificate', base64(cert)), ...data('client-key', base64(key)) }
        : {
            'client-certificate': await file('ended.pem', cert),
            'client-key': await file('ended.key', key),
          };
    const given = await givenKubeconfig({ text: config({ user }), env, mask });
    if (!given) throw new Error('there is no kubeconfig');
    // It is good for a day.
    const inTwoDays = { ...systemClock, now: () => Date.now() + 2 * 86_400_000 };
    const access = kubeconfigAccess(given, undefined, { ...parts(), clock: inTwoDays });
    await expect(access).rejects.toMatchObject({
      code: 'k8s/kubeconfig',
      message: expect.stringMatching(/the client-certificate of deploy has ended at \w{3} .* GMT/),
    });
  });

  it('a server whose certificate is not to be checked, and the way out', async () => {
    const cluster = { 'insecure-skip-tls-verify': true };
    await expect(open(config({ cluster }))).rejects.toMatchObject({
      code: 'k8s/insecure',
      message: expect.stringContaining('api.example.com:6443'),
      remedy: expect.stringContaining('certificate-authority-data'),
    });
  });

  it('KUBECONFIG without a file that is there', async () => {
    env['KUBECONFIG'] = join(folder, 'missing');
    await expect(open()).rejects.toMatchObject({ code: 'k8s/kubeconfig' });
  });

  it('no words of it are told, as they may be a secret', async () => {
    const error = await open('users: [token: "hunter2-hunter2", {').catch(
      (thrown: Error) => thrown,
    );
    expect(String(error)).not.toContain('hunter2');
  });
});

describe('a kubeconfig in the checkout', () => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sh' };
  const inside = async (text: string) => {
    await writeFile(join(workspace, 'config'), text);
    env['KUBECONFIG'] = join(workspace, 'config');
  };

  it('runs no program', async () => {
    await inside(config({ user: { exec } }));
    await expect(open()).rejects.toMatchObject({
      code: 'k8s/exec-refused',
      remedy: expect.stringContaining('RUNNER_TEMP'),
    });
  });

  it('nor does one that is a link out of it', async () => {
    const outside = await file('outside', config({ user: { exec } }));
    await symlink(outside, join(workspace, 'link'));
    env['KUBECONFIG'] = join(workspace, 'link');
    await expect(open()).rejects.toMatchObject({ code: 'k8s/exec-refused' });
  });

  it('nor one outside that leads into it', async () => {
    await inside(config({ user: { exec } }));
    const link = join(folder, 'link-into');
    await symlink(join(workspace, 'config'), link);
    env['KUBECONFIG'] = link;
    await expect(open()).rejects.toMatchObject({ code: 'k8s/exec-refused' });
  });

  it('reads no file outside of it', async () => {
    await file('secret', 'token-of-others');
    await inside(config({ user: { tokenFile: '../secret' } }));
    await expect(open()).rejects.toMatchObject({
      message: expect.stringContaining('is a file outside of it: ../secret'),
    });
    await inside(config({ user: { token: 'token-abc' } }));
    await expect(open()).resolves.toBeDefined();
  });
});

describe('a program for credentials', () => {
  const execOf = (command: string, more: object = {}) => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command,
      interactiveMode: 'Never',
      ...more,
    },
  });
  const answer = (status: object, version = 'v1') =>
    JSON.stringify({
      apiVersion: `client.authentication.k8s.io/${version}`,
      kind: 'ExecCredential',
      status,
    });
  const program = async (name: string, script: string) => {
    const path = await file(name, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };

  it('gets arguments, environment and what it may know of the cluster; its token is kept until its end', async () => {
    const count = join(folder, 'count');
    const path = await program(
      'plugin',
      `echo x >>${count}; printf '%s' "$KUBERNETES_EXEC_INFO" >${folder}/info; env >${folder}/env
       printf '%s' '${answer({ token: 'token-', expirationTimestamp: '2999-01-01T00:00:00Z' })}' | sed "s/token-/token-$1-$STAGE/"`,
    );
    const extensions = [
      { name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } },
    ];
    const user = execOf(path, {
      args: ['one'],
      env: [{ name: 'STAGE', value: 'two' }],
      provideClusterInfo: true,
    });
    env['INPUT_SECRETS'] = 'A=b';
    const cluster = { 'certificate-authority-data': base64(cert), extensions };
    const { identity } = await open(config({ cluster, user }));
    expect(identity.who).toBe(`user deploy of the kubeconfig, by ${path}`);
    expect(await identity.proof()).toEqual({ authorization: 'Bearer token-one-two' });
    expect(await identity.proof()).toEqual({ authorization: 'Bearer token-one-two' });
    expect(await readFile(count, 'utf8')).toBe('x\n');
    expect(masked).toContain('token-one-two');
    expect(JSON.parse(await readFile(join(folder, 'info'), 'utf8'))).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        cluster: { server, 'certificate-authority-data': base64(cert), config: { audience: 'x' } },
      },
    });
    // The secrets of this action are not its business.
    expect(await readFile(join(folder, 'env'), 'utf8')).not.toContain('INPUT_SECRETS');
    const old = await identity.proof();
    identity.ended?.(old);
    await identity.proof();
    expect(await readFile(count, 'utf8')).toBe('x\nx\n');
    // A second request that was told the same of the old one.
    identity.ended?.(old);
    await identity.proof();
    expect(await readFile(count, 'utf8')).toBe('x\nx\n');
  });

  it('v1beta1, a token that ends is asked for again', async () => {
    const count = join(folder, 'count-beta');
    const status = { token: 'token-beta', expirationTimestamp: new Date().toISOString() };
    const path = await program(
      'beta',
      `echo x >>${count}; cat <<'END'\n${answer(status, 'v1beta1')}\nEND`,
    );
    const user = execOf(path, { apiVersion: 'client.authentication.k8s.io/v1beta1' });
    const { identity } = await open(config({ user }));
    await identity.proof();
    await identity.proof();
    expect(await readFile(count, 'utf8')).toBe('x\nx\n');
  });

  it('a client certificate', async () => {
    const status = { clientCertificateData: cert, clientKeyData: key };
    await writeFile(join(folder, 'answer'), answer(status));
    const path = await program('certificate', `cat ${folder}/answer`);
    const { identity } = await open(config({ user: execOf(path) }));
    expect(await identity.proof()).toEqual({ certificate: { cert, key } });
    expect(masked).toContain(key);
  });

  it('a relative path is beside the kubeconfig', async () => {
    await program('beside', `echo '${answer({ token: 'token-abc' })}'`);
    env['KUBECONFIG'] = await file('with-plugin', config({ user: execOf('./beside') }));
    const { identity } = await open();
    expect(await identity.proof()).toEqual({ authorization: 'Bearer token-abc' });
  });

  it.each<[string, string, string]>([
    [
      'a failure, with what it said',
      'echo "not logged in" >&2; exit 3',
      'it ended with 3: not logged in',
    ],
    ['no answer', 'true', 'it printed no ExecCredential'],
    ['a page', 'echo "<html>"', 'it printed no ExecCredential'],
    [
      'another version',
      `echo '${'{"kind":"ExecCredential","apiVersion":"x/v1"}'}'`,
      'another apiVersion',
    ],
    [
      'neither token nor certificate',
      `echo '${'{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'}'`,
      'it gave neither a token nor a certificate',
    ],
    [
      'an end that is no time',
      `echo '${'{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t","expirationTimestamp":"soon"}}'}'`,
      'its expirationTimestamp is no time',
    ],
  ])('%s', async (name, script, words) => {
    const path = await program(`bad-${name.replaceAll(/\W/g, '-')}`, script);
    const { identity } = await open(config({ user: execOf(path) }));
    await expect(identity.proof()).rejects.toMatchObject({
      code: 'k8s/exec-failed',
      message: expect.stringContaining(words),
    });
  });

  it('one that is not installed, and how its maker says to get it', async () => {
    const user = execOf('no-such-program', { installHint: 'Get it at example.com.' });
    const { identity } = await open(config({ user }));
    await expect(identity.proof()).rejects.toMatchObject({
      code: 'k8s/exec-failed',
      message: expect.stringContaining(
        'it is not installed; its kubeconfig says: Get it at example.com',
      ),
    });
  });
});
