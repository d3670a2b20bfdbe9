import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Row, timed } from './measure.ts';

const dist = join(import.meta.dirname, '../actions/deploy-k8s/dist');
const bar = 400_000;

/** What a job with a kubeconfig loads of deploy-k8s, packed (docs/decisions/0129). */
export async function bundleSize(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  try {
    const list = join(folder, 'loaded');
    await writeFile(list, '');
    const hook = pathToFileURL(join(import.meta.dirname, 'loaded-chunks.ts'));
    await timed(process.execPath, ['--import', hook.href, join(dist, 'index.js')], {
      env: {
        PATH: process.env['PATH'],
        GITHUB_WORKSPACE: folder,
        RUNNER_TEMP: folder,
        // The largest of those that fetch by a proxy too.
        HTTPS_PROXY: 'http://127.0.0.1:9',
        SLIPWAY_BENCH_LOADED: list,
        INPUT_IMAGE: `ghcr.io/octo/shop@sha256:${'a'.repeat(64)}`,
        INPUT_MANIFESTS: 'kind: Deployment\napiVersion: apps/v1\nmetadata: { name: shop }',
        INPUT_KUBECONFIG: kubeconfig,
      },
      expect: 1,
    });
    const loaded = new Set((await readFile(list, 'utf8')).trim().split('\n'));
    const files = [...loaded].map((url) => readFileSync(new URL(url)));
    const all = globSync('*.js', { cwd: dist }).map((file) => readFileSync(join(dist, file)));
    const [bytes, whole] = [packed(files), packed(all)];
    return [
      {
        what: 'deploy-k8s: what a job with a kubeconfig loads, packed',
        measured: `${kilobytes(bytes)} of ${kilobytes(whole)}`,
        bar: `≤ ${kilobytes(bar)}`,
        held: bytes <= bar,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const packed = (files: readonly Buffer[]) => gzipSync(Buffer.concat(files), { level: 9 }).length;

const kilobytes = (bytes: number) => `${Math.round(bytes / 1_000)} KB`;

// Nothing listens there: what is loaded after the connection is asked for is all that there is.
const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'shop',
  contexts: [{ name: 'shop', context: { cluster: 'shop', user: 'shop' } }],
  clusters: [{ name: 'shop', cluster: { server: 'https://127.0.0.1:9' } }],
  users: [{ name: 'shop', user: { token: 'of-nobody' } }],
});
