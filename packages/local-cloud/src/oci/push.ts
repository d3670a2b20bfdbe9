import { type Artifact, type Blob, digestOf } from './blob.ts';

/**
 * Pushes an artifact, by the OCI distribution spec.
 * @param registry `127.0.0.1:port`, spoken to over plain HTTP
 * @returns `registry/repository@sha256:…`
 */
export async function pushArtifact(
  registry: string,
  repository: string,
  { manifest, blobs }: Artifact,
  { tag, authorization }: { tag?: string; authorization?: string } = {},
): Promise<string> {
  const headers: Record<string, string> = authorization ? { authorization } : {};
  const base = `http://${registry}/v2/${repository}`;
  for (const blob of blobs) await pushBlob(base, blob, headers);
  const digest = digestOf(manifest.bytes);
  await send(`${base}/manifests/${tag ?? digest}`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': manifest.mediaType },
    body: manifest.bytes,
  });
  return `${registry}/${repository}@${digest}`;
}

async function pushBlob(
  base: string,
  { bytes }: Blob,
  headers: Record<string, string>,
): Promise<void> {
  const started = await send(`${base}/blobs/uploads/`, { method: 'POST', headers });
  const upload = new URL(started.headers.get('location') ?? '', base);
  upload.searchParams.set('digest', digestOf(bytes));
  await send(upload.href, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: bytes,
  });
}

async function send(
  url: string,
  init: { method: string; headers: Record<string, string>; body?: Buffer },
): Promise<Response> {
  const { body, ...rest } = init;
  const answer = await fetch(url, { ...rest, ...(body && { body: new Uint8Array(body) }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${init.method} ${url}: ${answer.status} ${text}`);
  return answer;
}
