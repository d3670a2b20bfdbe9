import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '@slipway/shared/exec/environment';
import type { RunProgram } from '@slipway/shared/exec/program';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { isLoopback } from '@slipway/shared/identity/registry-host';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';

/** A builder of buildx. */
export interface Builder {
  /** For `--builder`; undefined for the one that buildx uses anyway. */
  name?: string;
  /** `docker`, `docker-container`, `remote`, `kubernetes`, `cloud`. */
  driver: string;
  /**
   * The engine's own builder cannot push by digest, export a cache, build several platforms or
   * attach attestations (https://docs.docker.com/build/builders/drivers/docker/).
   */
  plain: boolean;
}

/** What running docker needs. */
export interface DockerTools {
  run: RunProgram;
  env: Environment;
  signal: AbortSignal;
}

/**
 * Finds a builder that can do what is asked for: the current one, or where that is plain and more is
 * wanted, our own. At most two docker calls, neither of which starts anything yet.
 * @param wishes inputs that ask for more than a plain builder can do
 * @param hosts registries that are pushed to
 * @throws Failure `build/docker`, `build/builder`
 */
export async function findBuilder(
  wishes: readonly string[],
  hosts: readonly string[],
  docker: DockerTools,
): Promise<Builder> {
  const current = await currentBuilder(docker);
  return current.plain && wishes.length > 0 ? ownBuilder(wishes, hosts, docker) : current;
}

/**
 * The builder that buildx uses: the engine's own as long as nobody chose another one, which the
 * files of buildx tell; asking buildx itself takes 0.1 s.
 */
async function currentBuilder(docker: DockerTools): Promise<Builder> {
  if (await neverChosen(docker.env)) return { driver: 'docker', plain: true };
  const { code, stdout, stderr } = await call(['buildx', 'inspect'], docker);
  // Without an engine the driver is empty and the exit code 0.
  const driver = /^Driver:[ \t]*(\S+)/m.exec(stdout)?.[1];
  if (code === 0 && driver !== undefined) return { driver, plain: driver === 'docker' };
  const error = /^Error:[ \t]*(\S.*)/m.exec(stdout)?.[1] ?? lastLine(stderr);
  throw Failure.of('build/docker', { said: error || `docker buildx inspect ended with ${code}` });
}

// A choice is in the environment, in `current`, or in `defaults`; docker/buildx, store/store.go.
async function neverChosen(env: Environment): Promise<boolean> {
  if (env['BUILDX_BUILDER']) return false;
  const folder = env['BUILDX_CONFIG'] || join(dockerConfigFolder(env), 'buildx');
  try {
    const defaults = await orNone(readdir(join(folder, 'defaults')), []);
    const current = await orNone(readFile(join(folder, 'current'), 'utf8'), '{"Name":""}');
    return defaults.length === 0 && Object(JSON.parse(current)).Name === '';
  } catch {
    // Files that cannot be understood: buildx knows better.
    return false;
  }
}

async function orNone<T>(read: Promise<T>, none: T): Promise<T> {
  return read.catch((error) => {
    if (Object(error).code === 'ENOENT') return none;
    throw error;
  });
}

/**
 * Makes our own builder or takes the one that is there. It stays, with its cache, for the next run
 * on this machine. Where a registry is on this machine, the builder has to be in its network.
 */
async function ownBuilder(
  wishes: readonly string[],
  hosts: readonly string[],
  docker: DockerTools,
): Promise<Builder> {
  const local = hosts.some(isLoopback);
  const name = local ? 'slipway-local' : 'slipway';
  const driver = 'docker-container';
  const args = ['buildx', 'create', '--name', name, '--driver', driver];
  if (local) args.push('--driver-opt', 'network=host');
  // With the name of its node, buildx takes a builder that exists; without, it refuses.
  const { code, stderr } = await call([...args, '--node', `${name}0`], docker);
  if (code === 0) return { name, driver, plain: false };
  throw Failure.of('build/builder', {
    inputs: wishes.join(', '),
    name,
    said: lastLine(stderr) || `exit code ${code}`,
  });
}

async function call(args: readonly string[], { run, env, signal }: DockerTools) {
  try {
    return await run('docker', args, { env, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw Failure.of('build/docker', { said: messageOf(error) }, error);
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim().replace(/\.$/, '') ?? '';
}
