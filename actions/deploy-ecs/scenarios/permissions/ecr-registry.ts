import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTls, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { Refusal } from '../../../../packages/local-cloud/src/aws/refusal.ts';
import { demoAws } from '../../../../packages/local-cloud/src/aws/seed.ts';
import { makeCertificate } from '../../../../packages/local-cloud/src/certificate.ts';
import { place, type World } from '../world.ts';

const host = `${place.account}.dkr.ecr.${place.region}.amazonaws.com`;
const repository = `arn:aws:ecr:${place.region}:${place.account}:repository/shop`;
export const ecrImage = `${host}/shop`;

/** The registry of ECR with one image, by its own name: a proxy on loopback leads to it. */
export interface EcrRegistry extends AsyncDisposable {
  /** What a step needs to find it. */
  env: Readonly<Record<string, string>>;
  digest: string;
}

/** Starts it, with the permissions of a world: IAM is asked for each manifest and each blob. */
export async function startEcrRegistry(world: World): Promise<EcrRegistry> {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux' });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: config.length,
    },
    layers: [],
  });
  const answer = ({ headers, method, url = '' }: IncomingMessage, response: ServerResponse) => {
    if (!headers.authorization?.startsWith('Basic ')) {
      const challenge = { 'www-authenticate': `Basic realm="https://${host}/",service="ecr"` };
      return void response.writeHead(401, challenge).end();
    }
    const [action, body, type] = url.includes('/manifests/')
      ? ['ecr:BatchGetImage', manifest, 'application/vnd.oci.image.manifest.v1+json']
      : ['ecr:GetDownloadUrlForLayer', config, 'application/octet-stream'];
    if (url !== '/v2/') {
      const refused = refusalOf(world, action);
      if (refused !== undefined) {
        const errors = [{ code: 'DENIED', message: refused }];
        return void response.writeHead(403).end(JSON.stringify({ errors }));
      }
    }
    const head = { 'content-type': type, 'docker-content-digest': digestOf(body) };
    response.writeHead(200, { ...head, 'content-length': body.length });
    return void response.end(method === 'HEAD' ? undefined : body);
  };
  const { temp } = world.runner;
  const { file, key } = await makeCertificate(temp, `DNS:${host}`);
  const tls = createTls({ cert: await readFile(file), key: await readFile(key) }, answer);
  const port = await listening(tls);
  const proxy = createHttp().on('connect', (_, socket) => {
    const on = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      on.pipe(socket).pipe(on);
    });
    on.on('error', () => socket.destroy());
    socket.on('error', () => on.destroy());
  });
  const proxied = await listening(proxy);
  return {
    digest: digestOf(manifest),
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${proxied}`,
      NO_PROXY: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: file,
    },
    async [Symbol.asyncDispose]() {
      tls.closeAllConnections();
      proxy.closeAllConnections();
      await Promise.all([tls, proxy].map((one) => new Promise((done) => one.close(done))));
    },
  };
}

function refusalOf({ aws: { permissions } }: World, action: string): string | undefined {
  const [role] = demoAws('octo/shop').roles;
  if (!role) throw new Error('there is no role');
  try {
    permissions.need(action, repository, { arn: role.arn, role });
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

async function listening(server: Server | ReturnType<typeof createHttp>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return address.port;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
