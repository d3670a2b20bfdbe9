import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ActRun, runAct } from '../act.ts';
import { makeCertificate } from '../certificate.ts';
import { type GitHub, startGitHub } from '../github/github.ts';
import { keptStorage, type LocalRegistry, startRegistry } from '../registry.ts';
import { pushDatabase } from '../trivy/database-artifact.ts';
import { trivySha256 } from '../trivy/program.ts';
import { makeUserRepository, type UserRepository } from '../user-repository.ts';

const root = join(import.meta.dirname, '../../../..');

/** The storage is kept and shared, so shops that are open at the same time have an image each. */
const imageName = `octo/shop-${process.env['JEST_WORKER_ID'] ?? 'alone'}`;

/** The path of the caller workflow in the repository of a shop. */
export const callerPath = '.github/workflows/ship.yml';

/** What a shop is shipped to, as its workflows see it. */
export interface ShopPlace extends AsyncDisposable {
  /** Where the app serves once it is shipped. */
  url: string;
  /** Secrets of the repository on GitHub. */
  secrets: Readonly<Record<string, string>>;
  /** What the steps find in their environment. */
  env: Readonly<Record<string, string>>;
}

/** What every workflow of a shop names, wherever it is shipped to. */
export interface ShopFacts {
  /** The repository to push to. */
  image: string;
  trivySha256: string;
  database: string;
}

/** Where a shop is shipped to, and by which workflow files. */
export interface ShopPlan<Place extends ShopPlace> {
  /** Whether the issuer of tokens speaks TLS, as that of GitHub does: Kubernetes takes no other. */
  issuerTls?: boolean;
  /**
   * @param oidc what a run has in its environment to get tokens, and who issues them
   * @param issuerAuthority PEM of what signed the issuer's certificate; empty where it speaks no TLS
   */
  start(oidc: GitHub['oidc'], issuerAuthority: string): Promise<Place>;
  workflows(
    facts: ShopFacts,
    place: Place,
  ): Promise<Record<string, string>> | Record<string, string>;
}

/** The example app in a repository of its own on GitHub, with a registry and a place to ship it to. */
export interface Shop<Place extends ShopPlace> extends AsyncDisposable {
  repository: UserRepository;
  github: GitHub;
  registry: LocalRegistry;
  place: Place;
  /** Runs a workflow of the repository on the last commit; without one, the caller workflow. */
  run(request?: ShopRun): Promise<ActRun>;
  /** What `/api/info` says now; undefined when nothing answers. */
  info(url?: string): Promise<{ commit: string; version: string } | undefined>;
  /** Digest that a tag of the image points to; empty when there is none. */
  digestOf(tag: string): Promise<string>;
  /** Tags of the image, sorted. */
  imageTags(): Promise<string[]>;
  /** Changes a file, by a line at its end. */
  change(file: string): Promise<void>;
  /** Makes the app fail at its start, as a commit would. */
  breakApp(): Promise<void>;
}

/** What to run. */
export interface ShopRun {
  /** Path in the repository. */
  workflow?: string;
  event?: string;
  onLine?: (line: string) => void;
}

/** Starts GitHub, a registry and the place, and makes the repository. Needs `out/release`. */
export async function openShop<Place extends ShopPlace>(
  plan: ShopPlan<Place>,
): Promise<Shop<Place>> {
  await using started = new AsyncDisposableStack();
  const registry = started.use(await startRegistry(undefined, keptStorage()));
  const repository = started.use(await makeUserRepository(join(root, 'example-app'), {}));
  const tls = plan.issuerTls ? started.use(await issuerCertificate()) : undefined;
  const github = started.use(
    await startGitHub({
      repository: 'octo/shop',
      git: repository.bare,
      ...(tls && { issuerCertificate: tls.certificate }),
    }),
  );
  const place = started.use(await plan.start(github.oidc, tls?.authority ?? ''));
  const facts = {
    image: `${registry.host}/${imageName}`,
    trivySha256: await trivySha256(),
    database: await pushDatabase(registry.host, 'octo/trivy-db', {
      updatedAt: new Date().toISOString(),
    }),
  };
  for (const [path, text] of Object.entries(await plan.workflows(facts, place))) {
    const file = join(repository.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const { version }: { version: string } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const all = started.move();
  return {
    repository,
    github,
    registry,
    place,
    run: ({ workflow = callerPath, event, onLine } = {}) =>
      runAct({
        repository: repository.folder,
        workflow,
        tree: join(root, 'out/release'),
        refs: ['org/actions@v1', `org/actions@v${version}`],
        secrets: { ...place.secrets, GITHUB_TOKEN: github.settings.token },
        github: {
          GITHUB_API_URL: github.api,
          GITHUB_GRAPHQL_URL: github.graphql,
          ...github.oidc.env,
          ...place.env,
        },
        ...(event ? { event } : {}),
        ...(onLine ? { onLine } : {}),
      }),
    async info(url = place.url) {
      try {
        const response = await fetch(`${url}/api/info`, { headers: { connection: 'close' } });
        return Object(await response.json());
      } catch {
        return undefined;
      }
    },
    async digestOf(tag) {
      const accept = 'application/vnd.docker.distribution.manifest.v2+json';
      const address = `http://${registry.host}/v2/${imageName}/manifests/${tag}`;
      const answer = await fetch(address, { headers: { accept } });
      return answer.headers.get('docker-content-digest') ?? '';
    },
    async imageTags() {
      const answer = await fetch(`http://${registry.host}/v2/${imageName}/tags/list`);
      const { tags = [] }: { tags?: string[] } = Object(await answer.json());
      return tags.sort();
    },
    change: (file) => appendFile(join(repository.folder, file), '\nOne more line.\n'),
    async breakApp() {
      const file = join(repository.folder, 'src/app.ts');
      const code = await readFile(file, 'utf8');
      await writeFile(file, `throw new Error('The setting DATABASE_URL is missing');\n${code}`);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function issuerCertificate() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-issuer-'));
  const certificate = await makeCertificate(folder);
  return {
    certificate,
    authority: await readFile(certificate.file, 'utf8'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
