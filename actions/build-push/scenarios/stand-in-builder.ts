import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { find } from '../../../packages/local-cloud/src/registry.ts';

const run = promisify(execFile);
const docker = (...args: string[]) => run('docker', args);

const container = 'buildx_buildkit_slipway-local0';
const image = 'slipway-test/buildkit';

// All that buildx asks of buildctl: whether the daemon answers, and its socket on stdin and stdout.
const buildctl = `#!/usr/local/bin/node
const socket = require('node:net').connect('/run/buildkit/buildkitd.sock');
socket.on('error', () => process.exit(1));
if (process.argv[2] === 'dial-stdio') process.stdin.pipe(socket).pipe(process.stdout);
else socket.on('connect', () => process.exit(0));
`;

// buildkitd wants a runc to be there; without RUN it never starts it.
const dockerfile = `FROM node:24-bookworm-slim
COPY buildkitd buildctl /usr/bin/
COPY buildctl /usr/bin/runc
VOLUME /var/lib/buildkit
ENTRYPOINT ["buildkitd"]
`;

/**
 * The container of the action's own builder, with the real buildkitd in it, where its image cannot
 * be pulled or may not be privileged: buildx takes a container of this name as it is. One that is
 * there already is left alone.
 */
export async function standInBuilder(): Promise<AsyncDisposable> {
  const there = await docker('container', 'inspect', container).then(
    () => true,
    () => false,
  );
  if (there) return { [Symbol.asyncDispose]: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'slipway-builder-'));
  try {
    await cp(find(['buildkitd']), join(folder, 'buildkitd'), { dereference: true });
    await writeFile(join(folder, 'buildctl'), buildctl, { mode: 0o755 });
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    await docker('build', '--quiet', '--tag', image, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const rights = ['--cap-add=SYS_ADMIN', '--security-opt=seccomp=unconfined'];
  await docker('create', '--name', container, '--network=host', ...rights, image);
  return {
    async [Symbol.asyncDispose]() {
      await docker('rm', '--force', '--volumes', container);
      await docker('rmi', image);
    },
  };
}
