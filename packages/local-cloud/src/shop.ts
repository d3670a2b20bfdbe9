import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ActRun, runAct } from './act.ts';
import { type GitHub, startGitHub } from './github/github.ts';
import { freePort } from './program.ts';
import { keptStorage, type LocalRegistry, startRegistry } from './registry.ts';
import { type LocalSshd, startSshd } from './sshd.ts';
import { pushDatabase } from './trivy/database-artifact.ts';
import { trivySha256 } from './trivy/program.ts';
import { makeUserRepository, type UserRepository } from './user-repository.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

/** The example app in a repository of its own on GitHub, with a registry and a host to ship it to. */
export interface Shop extends AsyncDisposable {
  repository: UserRepository;
  github: GitHub;
  registry: LocalRegistry;
  sshd: LocalSshd;
  /** Where the app serves once it is shipped. */
  url: string;
  /** Folder of the deployment on the host. */
  path: string;
  /** Ships the last commit by the caller workflow. */
  ship(onLine?: (line: string) => void): Promise<ActRun>;
  /** What `/api/info` says now; undefined when nothing answers. */
  info(): Promise<{ commit: string; version: string } | undefined>;
  /** Makes the app fail at its start, as a commit would. */
  breakApp(): Promise<void>;
}

/** The workflow of a user of `ship-ssh.yml`. */
export function callerWorkflow(facts: {
  image: string;
  host: string;
  knownHosts: string;
  path: string;
  port: number;
  trivySha256: string;
  database: string;
}): string {
  return `name: ship
on:
  push:
    branches: [main]
permissions: {}
jobs:
  ship:
    permissions: { contents: write, packages: write, id-token: write }
    uses: org/actions/.github/workflows/ship-ssh.yml@v1
    with:
      image: ${facts.image}
      build-args: COMMIT=\${{ github.sha }}
      hosts: ${facts.host}
      known-hosts: "${facts.knownHosts}"
      path: ${facts.path}
      env: PORT=${facts.port}
      health-path: /api/info
      expect: \${{ github.sha }}
      trivy-sha256: ${facts.trivySha256}
      db-repository: ${facts.database}
      timeout: 60s
    secrets:
      SSH_PRIVATE_KEY: \${{ secrets.SSH_PRIVATE_KEY }}
`;
}

/** Starts GitHub, a registry and an SSH host, and makes the repository. Needs `out/release`. */
export async function openShop(): Promise<Shop> {
  const [registry, sshd, port] = await Promise.all([
    startRegistry(undefined, keptStorage()),
    startSshd(),
    freePort(),
  ]);
  const path = join(sshd.folder, `shop-${port}`);
  const workflow = callerWorkflow({
    image: `${registry.host}/octo/shop`,
    host: sshd.address,
    knownHosts: sshd.knownHosts,
    path,
    port,
    trivySha256: await trivySha256(),
    database: await pushDatabase(registry.host, 'octo/trivy-db', {
      updatedAt: new Date().toISOString(),
    }),
  });
  const repository = await makeUserRepository(join(root, 'example-app'), {
    '.github/workflows/ship.yml': workflow,
  });
  const github = await startGitHub({ repository: 'octo/shop', git: repository.bare });
  const tree = join(root, 'out/release');
  const { version }: { version: string } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const url = `http://127.0.0.1:${port}`;
  return {
    repository,
    github,
    registry,
    sshd,
    url,
    path,
    ship: (onLine) =>
      runAct({
        repository: repository.folder,
        workflow: '.github/workflows/ship.yml',
        tree,
        refs: ['org/actions@v1', `org/actions@v${version}`],
        secrets: { SSH_PRIVATE_KEY: sshd.privateKey, GITHUB_TOKEN: github.settings.token },
        github: { GITHUB_API_URL: github.api, GITHUB_GRAPHQL_URL: github.graphql },
        ...(onLine ? { onLine } : {}),
      }),
    async info() {
      try {
        const response = await fetch(`${url}/api/info`, { headers: { connection: 'close' } });
        return Object(await response.json());
      } catch {
        return undefined;
      }
    },
    async breakApp() {
      const file = join(repository.folder, 'src/app.ts');
      const code = await readFile(file, 'utf8');
      await writeFile(file, `throw new Error('The setting DATABASE_URL is missing');\n${code}`);
    },
    async [Symbol.asyncDispose]() {
      const filter = `label=com.docker.compose.project=shop-${port}`;
      const { stdout } = await run('docker', ['ps', '-aq', '--filter', filter]);
      const ids = stdout.split('\n').filter((id) => id !== '');
      if (ids.length > 0) await run('docker', ['rm', '-f', ...ids]);
      await run('docker', ['network', 'rm', `shop-${port}_default`]).catch(() => undefined);
      await github[Symbol.asyncDispose]();
      await repository[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    },
  };
}
