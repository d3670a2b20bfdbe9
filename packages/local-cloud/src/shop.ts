import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
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
  /** Runs a workflow of the repository on the last commit; without one, the caller workflow. */
  run(request?: ShopRun): Promise<ActRun>;
  /** What `/api/info` says now at a port of the host; undefined when nothing answers. */
  info(port?: number): Promise<{ commit: string; version: string } | undefined>;
  /** Digest that a tag of the image points to; empty when there is none. */
  digestOf(tag: string): Promise<string>;
  /** Tags of the image, sorted. */
  imageTags(): Promise<string[]>;
  /** Changes a file, by a line at its end. */
  change(file: string): Promise<void>;
  /** Makes the app fail at its start, as a commit would. */
  breakApp(): Promise<void>;
}

/** What a workflow of the shop is about. */
export interface ShopFacts {
  /** The repository to push to. */
  image: string;
  host: string;
  knownHosts: string;
  /** A folder of the host, and a port that is free there. */
  path: string;
  port: number;
  /** The same once more, for a second environment. */
  second: { path: string; port: number };
  trivySha256: string;
  database: string;
}

/** What to run. */
export interface ShopRun {
  /** Path in the repository. */
  workflow?: string;
  event?: string;
  onLine?: (line: string) => void;
}

const callerPath = '.github/workflows/ship.yml';

/** The workflow of a user of `ship-ssh.yml`. */
export function callerWorkflow(facts: ShopFacts): string {
  return `name: ship
on:
  push:
    branches: [main]
permissions: {}
jobs:
  ship:
    permissions:
      contents: write # tag the commit, and release it
      packages: write # push to ghcr.io
      id-token: write # log in to Amazon ECR or Azure Container Registry without a password
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

/**
 * Starts GitHub, a registry and an SSH host, and makes the repository. Needs `out/release`.
 * @param workflows the workflow files of the repository; without it, the caller workflow
 */
export async function openShop(
  workflows = async (facts: ShopFacts): Promise<Record<string, string>> => ({
    [callerPath]: callerWorkflow(facts),
  }),
): Promise<Shop> {
  const [registry, sshd, port, otherPort] = await Promise.all([
    startRegistry(undefined, keptStorage()),
    startSshd(),
    freePort(),
    freePort(),
  ]);
  const path = join(sshd.folder, `shop-${port}`);
  const facts = {
    image: `${registry.host}/octo/shop`,
    host: sshd.address,
    knownHosts: sshd.knownHosts,
    path,
    port,
    second: { path: join(sshd.folder, `shop-${otherPort}`), port: otherPort },
    trivySha256: await trivySha256(),
    database: await pushDatabase(registry.host, 'octo/trivy-db', {
      updatedAt: new Date().toISOString(),
    }),
  };
  const repository = await makeUserRepository(join(root, 'example-app'), await workflows(facts));
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
    run: ({ workflow = callerPath, event, onLine } = {}) =>
      runAct({
        repository: repository.folder,
        workflow,
        tree,
        refs: ['org/actions@v1', `org/actions@v${version}`],
        secrets: { SSH_PRIVATE_KEY: sshd.privateKey, GITHUB_TOKEN: github.settings.token },
        github: { GITHUB_API_URL: github.api, GITHUB_GRAPHQL_URL: github.graphql },
        ...(event ? { event } : {}),
        ...(onLine ? { onLine } : {}),
      }),
    async info(at = port) {
      try {
        const address = `http://127.0.0.1:${at}/api/info`;
        const response = await fetch(address, { headers: { connection: 'close' } });
        return Object(await response.json());
      } catch {
        return undefined;
      }
    },
    async digestOf(tag) {
      const accept = 'application/vnd.docker.distribution.manifest.v2+json';
      const address = `http://${registry.host}/v2/octo/shop/manifests/${tag}`;
      const answer = await fetch(address, { headers: { accept } });
      return answer.headers.get('docker-content-digest') ?? '';
    },
    async imageTags() {
      const answer = await fetch(`http://${registry.host}/v2/octo/shop/tags/list`);
      const { tags = [] }: { tags?: string[] } = Object(await answer.json());
      return tags.sort();
    },
    change: (file) => appendFile(join(repository.folder, file), '\nOne more line.\n'),
    async breakApp() {
      const file = join(repository.folder, 'src/app.ts');
      const code = await readFile(file, 'utf8');
      await writeFile(file, `throw new Error('The setting DATABASE_URL is missing');\n${code}`);
    },
    async [Symbol.asyncDispose]() {
      for (const project of [`shop-${port}`, `shop-${otherPort}`]) {
        const filter = `label=com.docker.compose.project=${project}`;
        const { stdout } = await run('docker', ['ps', '-aq', '--filter', filter]);
        const ids = stdout.split('\n').filter((id) => id !== '');
        if (ids.length > 0) await run('docker', ['rm', '-f', ...ids]);
        await run('docker', ['network', 'rm', `${project}_default`]).catch(() => undefined);
      }
      await github[Symbol.asyncDispose]();
      await repository[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    },
  };
}
