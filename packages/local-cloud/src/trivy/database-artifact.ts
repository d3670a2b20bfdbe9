import { gzipSync } from 'node:zlib';
import { packFiles } from '../oci/archive.ts';
import { type Artifact, describeBlob, jsonBlob, manifestType } from '../oci/blob.ts';
import { pushArtifact } from '../oci/push.ts';
import { type DatabaseFacts, databaseFiles } from './database.ts';

/** A vulnerability database in the form of ghcr.io/aquasecurity/trivy-db:2. */
export async function databaseArtifact(facts: DatabaseFacts = {}): Promise<Artifact> {
  const layer = {
    mediaType: 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip',
    bytes: gzipSync(await packFiles(databaseFiles(facts))),
  };
  const empty = jsonBlob('application/vnd.oci.empty.v1+json', {});
  const manifest = jsonBlob(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: 'application/vnd.aquasec.trivy.config.v1+json',
    config: { ...describeBlob(empty), data: empty.bytes.toString('base64') },
    layers: [
      { ...describeBlob(layer), annotations: { 'org.opencontainers.image.title': 'db.tar.gz' } },
    ],
    annotations: { 'org.opencontainers.image.created': '2026-11-01T00:00:00Z' },
  });
  return { manifest, blobs: [empty, layer] };
}

/**
 * Pushes a database with the tag 2, which is the version of its schema.
 * @param registry `127.0.0.1:port`
 * @returns `registry/repository:2`, for `--db-repository`
 */
export async function pushDatabase(
  registry: string,
  repository: string,
  facts: DatabaseFacts = {},
): Promise<string> {
  await pushArtifact(registry, repository, await databaseArtifact(facts), { tag: '2' });
  return `${registry}/${repository}:2`;
}
