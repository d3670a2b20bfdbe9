// Whether @kubernetes/client-node is worth its size, by the newest version that the registry has:
// node --conditions=source bench/kubernetes-client.ts. The figures are in docs/decisions/0102.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { inTurn, median, timed } from './measure.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'slipway-kubernetes-client-'));
const silence = 45_000;

try {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const install = ['install', '--ignore-scripts', '--no-audit', '@kubernetes/client-node'];
  execFileSync('npm', install, { cwd: folder, stdio: 'ignore' });
  const own = join(folder, 'node_modules/@kubernetes/client-node/package.json');
  console.log(`@kubernetes/client-node ${JSON.parse(readFileSync(own, 'utf8')).version}`);
  writeFileSync(
    join(folder, 'entry.js'),
    `import { KubeConfig, KubernetesObjectApi, Watch } from '@kubernetes/client-node';
     if (process.argv[2]) {
       const config = new KubeConfig();
       config.loadFromClusterAndUser({ name: 'c', server: process.argv[2], skipTLSVerify: true }, { name: 'u' });
       const start = Date.now();
       await new Watch(config).watch('/api/v1/pods', {}, () => undefined, (error) => {
         console.log(\`a watch without an event was ended after \${Date.now() - start} ms: \${error}\`);
         process.exit();
       });
     } else KubernetesObjectApi.makeApiClient;`,
  );
  const ncc = join(root, 'node_modules/.bin/ncc');
  execFileSync(ncc, ['build', 'entry.js', '-o', 'out', '--minify'], {
    cwd: folder,
    stdio: 'ignore',
  });
  const files = readdirSync(join(folder, 'out')).filter((name) => /\.m?js$/.test(name));
  const paths = files.map((name) => join(folder, 'out', name));
  const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
  const packed = paths.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
  console.log(`its bundle, minified: ${bytes} bytes, packed ${packed}`);
  const bundle = paths.find((path) => /index\.m?js$/.test(path)) ?? '';
  const pairs = await inTurn(
    15,
    () => timed(process.execPath, [bundle]),
    () => timed(process.execPath, ['-e', '0']),
  );
  const ratio = median(pairs.map(({ a, b }) => a / b));
  console.log(`its start: ${ratio.toFixed(2)} × bare node`);
  await watched(bundle);
} finally {
  rmSync(folder, { recursive: true });
}

/** A watch of something that does not change: the server says nothing, and keeps it open. */
async function watched(bundle: string): Promise<void> {
  const server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [bundle, `http://127.0.0.1:${port}`], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  const limit = setTimeout(() => {
    console.log(`a watch without an event was still there after ${silence} ms`);
    child.kill();
  }, silence);
  await new Promise((resolve) => {
    child.on('exit', resolve);
  });
  clearTimeout(limit);
  server.closeAllConnections();
  server.close();
}
