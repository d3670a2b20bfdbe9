import { parseReference } from '@slipway/shared/image/reference';
import { loginFolder } from '../host/own-folder.ts';
import { type ReleaseId, releasePattern } from '../host/release-id.ts';
import { quote } from '../ssh/shell.ts';
import { projectName } from './project-name.ts';
import { type ComposeRelease, envFile } from './releases.ts';

/** Prints what {@link readCheck} reads: what the host lacks, or what it is. Changes nothing. */
export function checkScript(path: string): string {
  return `near=${quote(path)}
while [ ! -e "$near" ]; do near=$(dirname "$near"); done
[ -d "$near" ] || { printf 'unwritable %s is not a folder\\n' "$near"; exit 0; }
[ -w "$near" ] || { printf 'unwritable it may not write in %s\\n' "$near"; exit 0; }
command -v docker >/dev/null || { echo 'missing Docker'; exit 0; }
platform=$(docker version --format '{{.Server.Os}}/{{.Server.Arch}}' 2>/dev/null) || { echo 'missing a Docker engine that answers this user'; exit 0; }
docker compose version >/dev/null 2>&1 || { echo 'missing the Compose plugin of Docker'; exit 0; }
printf 'platform %s\\n' "$platform"
real=$(readlink -f -- ${quote(path)} || true)
docker ps -a --filter label=com.docker.compose.project=${projectName(path)} --format '{{.Label "com.docker.compose.project.working_dir"}}' |
  while IFS= read -r folder; do
    if [ "$folder" != ${quote(path)} ] && [ "$folder" != "$real" ]; then printf 'taken %s\\n' "$folder"; fi
  done`;
}

/** What a host said of itself. */
export interface HostCheck {
  /** Why the deployment's folder cannot be made or written. */
  unwritable: string | undefined;
  missing: string | undefined;
  /** `linux/amd64`; empty when the engine did not say. */
  platform: string;
  /** Folder of somebody else's Compose project of the same name. */
  taken: string | undefined;
}

/** Reads what {@link checkScript} printed. */
export function readCheck(printed: string): HostCheck {
  const said = (word: string) =>
    printed
      .split('\n')
      .find((line) => line.startsWith(`${word} `))
      ?.slice(word.length + 1);
  return {
    unwritable: said('unwritable'),
    missing: said('missing'),
    platform: said('platform') ?? '',
    taken: said('taken'),
  };
}

/** Lets Compose read a file that is not on the host yet. Changes nothing. */
export function configScript(path: string, release: ComposeRelease): string {
  return `${envFile(release)}printf '%s' ${quote(release.composeFile)} | ${composeCommand(path)} --project-directory ${quote(path)} -f - config --quiet`;
}

/** Runs Compose for a release that is on the host, with the release's environment. */
export function composeScript(path: string, id: ReleaseId, command: string): string {
  return `${environmentScript(id)}\n${composeOf(path, id)} ${command}`;
}

/**
 * Clears what a switch left that was ended in the middle: a successor that was made but never took
 * over, and a predecessor that was told to stop and still runs. Compose would count on the latter,
 * and it is gone a moment later. A successor's name begins with its predecessor's id. Runs in the
 * deployment's folder; lists its containers in `$all`.
 * Source: docker/compose, pkg/compose/convergence.go
 */
export function mendScript(path: string): string {
  return `if [ -f ${stoppingFile} ]; then
  docker rm -f $(cat ${stoppingFile}) >/dev/null 2>&1 || true
  rm -f ${stoppingFile}
fi
all=$(docker ps -a --filter label=com.docker.compose.project=${projectName(path)} --format '{{.ID}} {{.Names}} {{.Label "com.docker.compose.project.config_files"}} {{.State}}')
printf '%s\\n' "$all" | while read -r id name _; do
  before=\${name%%_*}
  # Not by a pipe to a reader that ends early: the writer's SIGPIPE would be the answer.
  case $'\\n'$all in *$'\\n'"$before "*) there=1 ;; *) there= ;; esac
  if [ "$before" != "$name" ] && [ -n "$there" ]; then
    docker rm -f "$id" >/dev/null
    docker stop -t 2 "$before" >/dev/null
  fi
done`;
}

/**
 * Brings a release up at once where that is surely right; otherwise prints a `Look`. Follows
 * {@link mendScript}, which has listed the containers.
 * @param up arguments for Compose that bring up everything at once
 */
export function upScript(path: string, id: ReleaseId, up: string): string {
  const compose = composeOf(path, id);
  return `running=$(printf '%s\\n' "$all" | grep -c ' running$' || true)
${environmentScript(id)}
if [ "$running" = 0 ] || { [ "$running" = 1 ] && ! grep -Eq 'replicas|scale|start-first' ${quote(`releases/${id}/compose.yaml`)}; }; then
${upAllScript(path, id, up)}
else
  printf '{"project":'
  ${compose} config --format json
  printf ',"hashes":"%s","containers":' "$(${compose} config --hash '*' | tr '\\n' ';')"
  (
${inspectScript(path)}
  )
  printf '}'
fi`;
}

/**
 * Brings everything up, and removes containers of services that the release does not have any more:
 * those that a release of ours has made. Compose itself would remove everybody's.
 */
export function upAllScript(path: string, id: ReleaseId, up: string): string {
  const compose = composeOf(path, id);
  const filter = `--filter label=com.docker.compose.project=${projectName(path)} --filter label=com.docker.compose.oneoff=False`;
  const format =
    '{{.ID}} {{.Label "com.docker.compose.service"}} {{.Label "com.docker.compose.project.config_files"}}';
  return `${environmentScript(id)}
ours=$(docker ps -a ${filter} --format '${format}' | { grep -E ${quote(ownFilePattern)} || true; })
if [ -n "$ours" ]; then
  services=" $(${compose} --profile '*' config --services | tr '\\n' ' ')"
  printf '%s\\n' "$ours" | while read -r container service _; do
    case $services in *" $service "*) ;; *) docker rm -f "$container" >/dev/null ;; esac
  done
fi
${compose} ${up} >/dev/null`;
}

/** Label of the Compose file of a container that a release of ours has made; an extended expression. */
export const ownFilePattern = `/(releases/${releasePattern}/compose|\\.slipway)\\.yaml$`;

/** Stops containers and removes them; one may be gone already. Runs in the deployment's folder. */
export function removeScript(ids: readonly string[]): string {
  return `echo ${ids.join(' ')} > ${stoppingFile}
docker stop ${ids.join(' ')} >/dev/null 2>&1 || true
docker rm -f ${ids.join(' ')} >/dev/null 2>&1 || true
rm -f ${stoppingFile}`;
}

/** Names the containers that are being removed; there when {@link removeScript} was cut off. */
const stoppingFile = '.slipway/stopping';

function environmentScript(id: ReleaseId): string {
  return `set -a; . ${quote(`./releases/${id}/env`)}; set +a`;
}

function composeOf(path: string, id: ReleaseId): string {
  return `${composeCommand(path)} --project-directory . -f ${quote(`releases/${id}/compose.yaml`)}`;
}

export function composeCommand(path: string): string {
  return `docker compose --ansi never --progress quiet -p ${projectName(path)}`;
}

/**
 * What lets a step's `docker compose` find a release: a Compose file in the deployment's folder, so
 * that relative paths mean the same as in the deployment.
 */
export function stepLink(id: ReleaseId): string {
  return `ln -sfn ${quote(`releases/${id}/compose.yaml`)} ${stepFile}`;
}

/** The variables to {@link stepLink}. */
export function stepVariables(path: string): Array<readonly [string, string]> {
  return [
    ['COMPOSE_FILE', `${path}/${stepFile}`],
    ['COMPOSE_PROJECT_NAME', projectName(path)],
  ];
}

/** The link of {@link stepLink}. */
export const stepFile = '.slipway.yaml';

/** Ends the containers that a step has started for one command and that have outlived it. */
export function endStepsScript(path: string): string {
  return `ids=$(docker ps -aq --filter label=com.docker.compose.oneoff=True --filter ${quote(`label=com.docker.compose.project.config_files=${path}/${stepFile}`)})
[ -z "$ids" ] || docker rm -f $ids >/dev/null`;
}

/** Restarts a service by its name; where there is none, the word is a command. Runs as a step. */
export function restartService(word: string): string {
  return `if docker compose config --services | grep -xF -- ${word} >/dev/null; then docker compose restart ${word}; else ${word}; fi`;
}

/** Pulls an image if it is not there yet. A login is good for this pull only. */
export function pullScript(
  image: string,
  pull: { username: string; password: string } | undefined,
): string {
  const get = `docker image inspect ${quote(image)} >/dev/null 2>&1 || docker pull --quiet ${quote(image)} >/dev/null`;
  if (!pull) return get;
  const { username, password } = pull;
  const { registry } = parseReference(image);
  // The configuration of the user names the engine too, where it is not the usual one.
  return `DOCKER_HOST=$(docker context inspect --format '{{.Endpoints.docker.Host}}')
export DOCKER_HOST
umask 077
rm -rf ${loginFolder}
mkdir ${loginFolder}
trap 'rm -rf ${loginFolder}' EXIT
export DOCKER_CONFIG=$PWD/${loginFolder}
said=$(printf '%s' ${quote(password)} | docker login --username ${quote(username)} --password-stdin ${quote(registry)} 2>&1 >/dev/null) || {
  printf 'the login to %s failed: %s\\n' ${quote(registry)} "$said" >&2
  exit 1
}
${get}`;
}

/**
 * Prints what `readLook` reads: what Docker knows of the project's containers, and the exit codes of
 * those that were started again, which show none of their own while they run.
 */
export function lookScript(path: string): string {
  const filter = `--filter label=com.docker.compose.project=${projectName(path)}`;
  return `found=$(
${inspectScript(path)}
)
case $found in *'"RestartCount": '[1-9]*)
  now=$(date +%s)
  docker events --since "$((now - 900))" --until "$now" ${filter} --filter event=die --format 'died {{.Actor.ID}} {{.Actor.Attributes.exitCode}}' ;;
esac
printf '%s\\n' "$found"`;
}

/** Prints what Docker knows of the project's containers, as JSON. */
export function inspectScript(path: string): string {
  // A container may go away between the two; what is left is still printed.
  return `ids=$(docker ps -aq --no-trunc --filter label=com.docker.compose.project=${projectName(path)} --filter label=com.docker.compose.oneoff=False)
[ -z "$ids" ] && { echo '[]'; exit 0; }
docker inspect --type container $ids 2>/dev/null || true`;
}
