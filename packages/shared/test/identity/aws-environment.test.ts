import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ecrCredentials } from '../../src/identity/aws.ts';
import { environmentIdentity } from '../../src/identity/aws-environment.ts';
import { requestIdToken } from '../../src/identity/oidc.ts';
import { role, startWorld, type World } from './world.ts';

const region = 'eu-central-1';
const registry = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

let world: World;
let folder: string;
beforeAll(async () => {
  [world, folder] = await Promise.all([startWorld(), mkdtemp(join(tmpdir(), 'aws-environment-'))]);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const identityWith = (env: Readonly<Record<string, string>>) =>
  environmentIdentity(region, { ...world.means, env: { ...world.means.env, ...env } });

describe('without a role of its own, a job is', () => {
  test('who an earlier step says, and its secrets are masked', async () => {
    const identity = identityWith({
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'planted-secret-key',
      AWS_SESSION_TOKEN: 'planted-session-token',
    });
    expect(identity.who).toBe('AWS_ACCESS_KEY_ID');
    expect(await identity.credentials()).toEqual({
      accessKeyId: 'AKIAEXAMPLE',
      secretAccessKey: 'planted-secret-key',
      sessionToken: 'planted-session-token',
    });
    expect(world.masked).toEqual(
      expect.arrayContaining(['planted-secret-key', 'planted-session-token']),
    );
  });

  test('the role of its pod on EKS', async () => {
    const file = join(folder, 'token');
    await writeFile(file, (await requestIdToken('sts.amazonaws.com', world.means)).value);
    const identity = identityWith({ AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role });
    expect(identity.who).toBe(role);
    await expect(ecrCredentials({ identity, registry }, world.means)).resolves.toMatchObject({
      username: 'AWS',
    });
  });

  test('who an earlier step says before all, and its pod before its container', () => {
    const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/credentials' };
    const pod = { AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'none'), AWS_ROLE_ARN: role };
    const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'planted-secret-key' };
    expect(identityWith({ ...container, ...pod, ...keys }).who).toBe('AWS_ACCESS_KEY_ID');
    expect(identityWith({ ...container, ...pod }).who).toBe(role);
    expect(identityWith(container).who).toContain('the container');
  });

  test('the role of its container, and its secrets are masked', async () => {
    const given = {
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: 'planted-container-key',
      Token: 'planted-container-token',
      Expiration: '2999-01-01T00:00:00Z',
    };
    const server = createServer((request, response) => {
      response.writeHead(request.headers.authorization === 'for-the-container' ? 200 : 403);
      response.end(JSON.stringify(given));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : '';
    const identity = identityWith({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'for-the-container',
    });
    expect(await identity.credentials()).toMatchObject({ accessKeyId: 'ASIAEXAMPLE' });
    expect(world.masked).toEqual(
      expect.arrayContaining(['planted-container-key', 'planted-container-token']),
    );
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('there are no credentials', () => {
  test.each([
    ['and none is looked for in a profile', { AWS_PROFILE: 'other-job' }, 'EC2 metadata are'],
    [
      'where the file of the token is gone',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere', AWS_ROLE_ARN: role },
      'ENOENT',
    ],
    [
      'where the file holds none',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/dev/null', AWS_ROLE_ARN: role },
      'holds no token',
    ],
  ])('%s', async (_, env, said) => {
    const identity = identityWith({ AWS_EC2_METADATA_DISABLED: 'true', ...env });
    const failure = await world.failure(identity.credentials());
    expect(failure.code).toBe('identity/no-aws-credentials');
    expect(failure.message).toContain(said);
    expect(failure.remedy).toContain('`aws-role`');
  });

  test.each([404, 403, 405])(
    'where the machine answers %i as one that is not on EC2',
    async (status) => {
      await using server = await answering(status);
      process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = server.url;
      try {
        const failure = await world.failure(identityWith({}).credentials());
        expect(failure.code).toBe('identity/no-aws-credentials');
        expect(failure.message).toMatch(
          /has no role: its machine is not on EC2, or gives no token \(IMDSv2\)\.$/,
        );
      } finally {
        delete process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'];
      }
    },
  );
});

async function answering(status: number): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : '';
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
