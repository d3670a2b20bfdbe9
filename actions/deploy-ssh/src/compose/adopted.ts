import { Failure } from '@slipway/shared/failure/failure';
import { decoded } from '../host/printed.ts';
import type { HostAddress } from '../ssh/address.ts';
import { quote } from '../ssh/shell.ts';
import { projectName } from './project-name.ts';
import { type ComposeRelease, envFile } from './releases.ts';
import { composeCommand, ownFilePattern } from './scripts.ts';
import { type Container, serviceOf } from './state.ts';

const label = (name: string) => `com.docker.compose.${name}`;

/** What is in the Compose project before the first release of ours is proven. */
export interface FoundProject {
  /** Ids of its networks. */
  networks: readonly string[];
  /** Containers of somebody else that the release replaces; undefined when there are none. */
  replaced: ReplacedServices | undefined;
}

/** Services that were brought up by hand, and the way to bring them up as they were. */
export interface ReplacedServices {
  folder: string;
  files: readonly string[];
  envFiles: readonly string[];
  /** Number of containers, and whether they run. */
  services: ReadonlyArray<{ name: string; count: number; running: boolean }>;
}

/** Containers of the project that no release of ours has made. */
export function foreignOnes(containers: readonly Container[]): Container[] {
  const own = new RegExp(ownFilePattern);
  return containers.filter(
    ({ Config }) => !own.test(Config.Labels?.[label('project.config_files')] ?? ''),
  );
}

/**
 * Prints what {@link readFound} reads: the networks of the project, the services of the release, and
 * what the Compose file of each foreign container makes of its service now. Changes nothing.
 */
export function foundScript(
  path: string,
  release: ComposeRelease | undefined,
  foreign: readonly Container[],
): string {
  const origins = [
    ...new Map(foreign.map((one) => [JSON.stringify(originOf(one)), originOf(one)])),
  ];
  const images = [...new Set(foreign.map(({ Config }) => Config.Image))];
  return `docker network ls --no-trunc --filter label=${label('project')}=${projectName(path)} --format 'network {{.ID}}'
${release ? servicesOf(path, release) : ''}
${images.map((image) => `printf 'image %s %s\\n' ${encoded(image)} "$(docker image inspect --format '{{.Id}}' -- ${quote(image)} 2>/dev/null || true)"`).join('\n')}
${origins.map(([key, origin]) => `{ ${composeIn(path, origin)} config --hash '*' 2>/dev/null || true; } | while read -r service hash; do printf 'hash %s %s %s\\n' ${encoded(key)} "$service" "$hash"; done`).join('\n')}`;
}

function servicesOf(path: string, release: ComposeRelease): string {
  return `( ${envFile(release)}printf '%s' ${quote(release.composeFile)} | ${composeCommand(path)} --project-directory ${quote(path)} -f - config --services ) | sed 's/^/takes /'`;
}

/**
 * Reads what {@link foundScript} printed.
 * @throws Failure `ssh/foreign` when a container would be replaced that could not be put back
 */
export function readFound(
  printed: string,
  foreign: readonly Container[],
  path: string,
  { host }: HostAddress,
): FoundProject {
  const lines = printed.split('\n').map((line) => line.split(' '));
  const of = (word: string) => lines.filter(([first]) => first === word);
  const taken = new Set(of('takes').map(([, service]) => service));
  const networks = of('network').map(([, id = '']) => id);
  const replaced = foreign.filter((one) => taken.has(serviceOf(one)));
  const [first] = replaced;
  if (!first) return { networks, replaced: undefined };

  const refuse = (why: string): never => {
    const containers = replaced.map(({ Name }) => Name.replace(/^\//, '')).join(', ');
    throw Failure.of('ssh/foreign', { host, path, project: projectName(path), containers, why });
  };
  const origin = JSON.stringify(originOf(first));
  const images = new Map(of('image').map(([, name = '', id = '']) => [decoded(name), id]));
  const hashes = new Map(
    of('hash').map(([, key = '', service = '', hash]) => [`${decoded(key)} ${service}`, hash]),
  );
  for (const one of replaced) {
    const name = one.Name.replace(/^\//, '');
    const hash = one.Config.Labels?.[label('config-hash')];
    if (JSON.stringify(originOf(one)) !== origin) refuse('they come from different Compose files');
    if (hash === undefined || hashes.get(`${origin} ${serviceOf(one)}`) !== hash) {
      refuse(`${name} is not what its Compose file says now`);
    }
    if (one.Image === undefined || images.get(one.Config.Image) !== one.Image) {
      refuse(`${name} runs another image than ${one.Config.Image} names now`);
    }
  }
  const services = Map.groupBy(replaced, serviceOf);
  return {
    networks,
    replaced: {
      ...originOf(first),
      services: [...services].map(([name, all]) => ({
        name,
        count: all.length,
        running: all.some(({ State }) => State.Status !== 'exited' && State.Status !== 'created'),
      })),
    },
  };
}

/**
 * Takes away what our releases have made, and brings the services up as they were that they had
 * replaced. Nobody else's containers and networks are touched; volumes stay. May be repeated.
 */
export function putBackScript(path: string, { networks, replaced }: FoundProject): string {
  const filter = `--filter label=${label('project')}=${projectName(path)}`;
  return `${replaced ? restoreScript(path, replaced) : ''}
ids=$(docker ps -a ${filter} --format '{{.ID}} {{.Label "${label('project.config_files')}"}}' | { grep -E ${quote(ownFilePattern)} || true; } | cut -d ' ' -f 1)
[ -z "$ids" ] || docker rm -f $ids >/dev/null
there=${quote(` ${networks.join(' ')} `)}
for network in $(docker network ls -q --no-trunc ${filter}); do
  case $there in *" $network "*) ;; *) docker network rm "$network" >/dev/null ;; esac
done`;
}

// With the very containers' own Compose file, which was seen to make them: by hash and image.
function restoreScript(path: string, replaced: ReplacedServices): string {
  const up = (running: boolean) => {
    const some = replaced.services.filter((service) => service.running === running);
    if (some.length === 0) return '';
    const scale = some.map(({ name, count }) => `--scale ${quote(`${name}=${count}`)}`).join(' ');
    const names = some.map(({ name }) => quote(name)).join(' ');
    return `${composeIn(path, replaced)} up ${running ? '-d' : '--no-start'} --no-build --no-deps --pull never ${scale} ${names} >/dev/null\n`;
  };
  return up(true) + up(false);
}

type Origin = Pick<ReplacedServices, 'folder' | 'files' | 'envFiles'>;

function originOf({ Config }: Container): Origin {
  const said = (name: string) => Config.Labels?.[label(`project.${name}`)] ?? '';
  const list = (text: string) => text.split(',').filter((file) => file !== '');
  return {
    folder: said('working_dir'),
    files: list(said('config_files')),
    envFiles: list(said('environment_file')),
  };
}

function composeIn(path: string, { folder, files, envFiles }: Origin): string {
  return [
    composeCommand(path),
    ...envFiles.map((file) => `--env-file ${quote(file)}`),
    `--project-directory ${quote(folder)}`,
    ...files.map((file) => `-f ${quote(file)}`),
  ].join(' ');
}

function encoded(text: string): string {
  return quote(Buffer.from(text).toString('base64'));
}
