import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../src/findings/finding.ts';

/** A finding of a package of the system; `facts` override it. */
export function finding(facts: Partial<Finding> = {}): Finding {
  return {
    kind: 'vulnerability',
    id: 'CVE-2099-1',
    severity: 'high',
    title: 'openssl: a long name',
    link: 'https://avd.aquasec.com/nvd/cve-2099-1',
    package: 'openssl',
    installed: '3.0.1-1',
    fixed: '3.0.2-1',
    status: 'fixed',
    purl: 'pkg:deb/debian/openssl@3.0.1-1?arch=amd64&distro=debian-13',
    path: '',
    class: 'os-pkgs',
    type: 'debian',
    layer: undefined,
    line: 0,
    published: Date.parse('2026-01-01T00:00:00Z'),
    score: undefined,
    ...facts,
  };
}

/** A report as Trivy writes it, around some results. */
export function reportOf(results: unknown, more: Record<string, unknown> = {}) {
  return {
    SchemaVersion: 2,
    Trivy: { Version: '0.74.0' },
    ArtifactName: 'ghcr.io/owner/app@sha256:0123',
    ArtifactType: 'container_image',
    Metadata: {
      OS: { Family: 'debian', Name: '13.1' },
      ImageID: `sha256:${'a'.repeat(64)}`,
      RepoDigests: [`ghcr.io/owner/app@sha256:${'b'.repeat(64)}`],
      ImageConfig: {
        architecture: 'amd64',
        os: 'linux',
        history: [{ created_by: 'a' }, { created_by: 'b' }],
      },
    },
    ...(results === undefined ? {} : { Results: results }),
    ...more,
  };
}

/** Writes a text into a file of its own. */
export async function fileWith(text: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-report-'));
  const path = join(folder, 'file');
  await writeFile(path, text);
  return path;
}

/** What a failing call threw: its code and its sentence. */
export async function failureOf(work: () => unknown): Promise<{ code: unknown; said: string }> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { code: error.code, said: error.message };
    throw error;
  }
  throw new Error('it did not fail');
}
