import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saidBy } from '../../../docker/said.ts';
import { docker, lines } from '../../../hosts/docker.ts';
import type { CredentialBody } from '../body.ts';
import type { ImageVerdict, Pulled } from '../runtime.ts';

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Looks for an image in its registry, which is one on this machine; others are asked by Docker only. */
export async function inspectImage(
  image: string,
  credentials: readonly CredentialBody[],
): Promise<ImageVerdict> {
  const { digest, host, name, tag } =
    /^(?<host>(?:127\.0\.0\.1|localhost):\d+)\/(?<name>[^@:]+)(?::(?<tag>[^@]+))?(?:@(?<digest>.+))?$/.exec(
      image,
    )?.groups ?? {};
  if (host === undefined) {
    return 'digest' in (await pullImage(image, credentials)) ? 'accessible' : 'inaccessible';
  }
  const { password, username } = credentials.find(({ server }) => server === host) ?? {};
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  const headers = { accept, ...(username && { authorization: `Basic ${basic}` }) };
  try {
    const url = `http://${host}/v2/${name}/manifests/${digest ?? tag ?? 'latest'}`;
    const { ok, status } = await fetch(url, { method: 'HEAD', headers });
    if (ok) return 'accessible';
    return status >= 500 || status === 429 ? 'registry-error' : 'inaccessible';
  } catch {
    return 'registry-error';
  }
}

/** Pulls an image by this machine's engine, with the credentials of the group and nothing else. */
export async function pullImage(
  image: string,
  credentials: readonly CredentialBody[],
): Promise<Pulled> {
  try {
    await using login = await loginFor(image, credentials);
    await docker([...login.options, 'pull', '--quiet', image]);
    const named = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
    if (named !== undefined) return { digest: named };
    const format = '{{range .RepoDigests}}{{println .}}{{end}}';
    const [known = ''] = lines(await docker(['image', 'inspect', '--format', format, image]));
    return { digest: known.split('@')[1] ?? '' };
  } catch (error) {
    return { problem: `rpc error: code = Unknown desc = ${saidBy(error)}` };
  }
}

/** Options by which docker logs in to the registry of an image; none where there is no password for it. */
async function loginFor(
  image: string,
  credentials: readonly CredentialBody[],
): Promise<AsyncDisposable & { options: string[] }> {
  const { password, server, username } =
    credentials.find((one) => image.startsWith(`${one.server}/`)) ?? {};
  if (server === undefined || password === undefined) {
    return { options: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'slipway-pull-'));
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [server]: { auth } } }));
  return {
    options: ['--config', folder],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
