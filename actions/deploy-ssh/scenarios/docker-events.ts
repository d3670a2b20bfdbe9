import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the engine does with the containers of one Compose project. */
export interface DockerEvents extends AsyncDisposable {
  /** Resolves once there was such an event, such as `kill` for a container that is being stopped. */
  saw(action: string): Promise<void>;
  /** Whether a container was told to stop and has not been started since. */
  isToStop(id: string): Promise<boolean>;
}

/** Listens from now on. */
export function listenToDocker(project: string): DockerEvents {
  const filter = [
    '--filter',
    'type=container',
    '--filter',
    `label=com.docker.compose.project=${project}`,
  ];
  const since = ['--since', `${Math.floor(Date.now() / 1_000)}`];
  const child = spawn('docker', ['events', ...since, ...filter, '--format', '{{.Action}}']);
  const seen = new Set<string>();
  const watchers = new Set<() => void>();
  createInterface(child.stdout).on('line', (action) => {
    seen.add(action);
    for (const look of watchers) look();
  });
  return {
    saw: (action) =>
      new Promise((resolve) => {
        const look = () => {
          if (!seen.has(action)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    async isToStop(id) {
      const until = ['--until', `${Math.ceil(Date.now() / 1_000)}`];
      const only = [
        '--filter',
        `container=${id}`,
        '--filter',
        'event=kill',
        '--filter',
        'event=start',
      ];
      const { stdout } = await run('docker', [
        'events',
        ...since,
        ...until,
        ...only,
        '--format',
        '{{.Action}}',
      ]);
      return stdout.trim().split('\n').at(-1) === 'kill';
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    },
  };
}
