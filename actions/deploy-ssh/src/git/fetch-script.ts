import { knownHostsText } from '../keys/known-hosts.ts';
import { quote } from '../ssh/shell.ts';
import { type Access, loginOf, tokenFor } from './repository/access.ts';
import type { GitRepository } from './repository/repository.ts';

/** Exit code when the server does not have the commit. */
export const missing = 8;

/** Folder of the mirrors, in the deployment's folder. */
export const mirrors = '.slipway/git';

/** A commit of a repository. */
export interface WantedCommit {
  repository: GitRepository;
  /** In full, 40 or 64 hex digits. */
  commit: string;
}

/** Name of the mirror of a repository; one with SHA-256 has another one. */
export function mirrorName({ repository, commit }: WantedCommit): string {
  const { hash } = process.getBuiltinModule('node:crypto');
  return `${hash('sha256', `${repository.address}\n${commit.length}`, 'hex').slice(0, 32)}.git`;
}

/**
 * The script that brings a commit into the mirror of its repository, without its history where the
 * server lets it be asked for by its name, and prints what `readCommit` reads.
 *
 * The ref of a commit is made last, once the mirror has all of it: the ref shows that it is complete.
 * Under the deployment's lock nobody else works on the mirror: locks and half packs in it are left
 * from a run that was ended. A mirror that lacks what its refs promise is made anew.
 *
 * Settings that would ask somebody, run a hook or write what is secret are off; the host's own
 * settings for the way to the server (proxy, certificates) count.
 */
export function fetchScript(path: string, wanted: WantedCommit, access: Access): string {
  const { repository, commit } = wanted;
  const [mirror, address, ref] = [mirrorName(wanted), quote(repository.address), refOf(commit)];
  const format = commit.length === 64 ? '--object-format=sha256 ' : '';
  return `umask 077
${plainGit}
cd -- ${quote(path)}
mkdir -p ${mirrors}
cd ${mirrors}
trap 'wait; rm -f known_hosts key.pub entries' EXIT
mirror() { git --git-dir=${mirror} "$@"; }
${repository.kind === 'ssh' ? sshAccess(access) : ''}
fetching() {
  ${tokenVariables(repository, access)}mirror -c core.hooksPath=/dev/null -c gc.auto=0 -c maintenance.auto=false \\
    -c fetch.recurseSubmodules=false -c protocol.version=2 -c core.askPass= \\
    -c http.lowSpeedLimit=1 -c http.lowSpeedTime=60 ${tokenHelper(repository, access)}\\
    fetch --quiet --no-tags "$@" 2>&1
}
kib() { mirror count-objects -v | awk '/^size/ { all += $2 } END { print all }'; }
if [ -d ${mirror} ]; then
  find ${mirror} \\( -name '*.lock' -o -name '*.keep' -o -name 'tmp_*' -o -name gc.pid \\) -exec rm -f {} +
  broken=$({ mirror rev-list --objects --no-walk --glob='refs/slipway/*' 2>&1 | cut -d ' ' -f 1 |
    mirror cat-file --batch-check 2>&1 || true; } | grep -cv '^[0-9a-f]* [a-z]* [0-9]*$' || true)
  if [ "$broken" != 0 ]; then rm -rf ${mirror}; fi
fi
git init --quiet --bare --template= ${format}${mirror}
before=$(kib)
tips_only=${quote(tipsOnly)}
if ! mirror rev-parse --quiet --verify ${ref} >/dev/null; then
  if said=$(fetching --depth=1 -- ${address} +${commit}:${ref}); then :
  elif [[ $said == *'not our ref'* ]]; then exit ${missing}
  elif [[ $said =~ $tips_only ]]; then
    echo whole
    said=$(fetching -- ${address} '+refs/heads/*:refs/fetched/heads/*' '+refs/tags/*:refs/fetched/tags/*') ||
      { printf '%s\\n' "$said" >&2; exit 1; }
    mirror cat-file -e '${commit}^{commit}' 2>/dev/null || exit ${missing}
    mirror update-ref ${ref} ${commit}
  else
    printf '%s\\n' "$said" >&2
    ${repository.kind === 'ssh' ? offeredKey(repository) : ''}
    exit 1
  fi
fi
printf 'fetched %s\\n' "$(($(kib) - before))"
mirror ls-tree -r --full-tree ${commit} | { grep -E '^1[26]0000 ' || true; } >entries
printf 'entries %s\\n' "$(base64 <entries | tr -d '\\n')"
printf 'targets %s\\n' "$(awk '$1 == 120000 { print $3 }' entries | mirror cat-file --batch | base64 | tr -d '\\n')"
printf 'modules %s\\n' "$(mirror config --blob ${commit}:.gitmodules -z --list 2>/dev/null | base64 | tr -d '\\n')"`;
}

/** Name of the ref that keeps a commit in its mirror. */
export function refOf(commit: string): string {
  return `refs/slipway/${commit}`;
}

/** Takes away what a profile may have set for git, and makes its messages those that we know. */
export const plainGit = `export LC_ALL=C GIT_TERMINAL_PROMPT=0 GIT_ALLOW_PROTOCOL=https:ssh:file GIT_SSH_VARIANT=ssh
unset LANGUAGE GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES \\
  GIT_COMMON_DIR GIT_NAMESPACE GIT_SHALLOW_FILE GIT_ASKPASS SSH_ASKPASS GIT_CURL_VERBOSE \${!GIT_TRACE@}`;

// What servers and git say where a commit cannot be asked for by its name, or not without its history.
const tipsOnly =
  'unadvertised object|not valid|(no such|find) remote ref|does(n.t| not) support shallow|dumb http';

// Only the agent of this connection has the key, and only it is used: another key of the host may
// belong to somebody who may not read the repository. The socket is the one that sshd made: a
// profile may have started an agent of its own.
function sshAccess({ deployKey, pins }: Access): string {
  const pinned = `printf '%s' ${quote(knownHostsText(pins))} >known_hosts`;
  if (!deployKey) {
    return `${pinned}
export GIT_SSH_COMMAND="\${GIT_SSH_COMMAND:-$(git config core.sshCommand || echo ssh)} ${patience} -o 'GlobalKnownHostsFile=known_hosts /etc/ssh/ssh_known_hosts'"`;
  }
  const open = `${deployKey.type} ${deployKey.getPublicSSH().toString('base64')}`;
  return `${pinned}
printf '%s\\n' ${quote(open)} >key.pub
export SSH_AUTH_SOCK="\${SLIPWAY_AGENT:-\${SSH_AUTH_SOCK-}}"
export GIT_SSH_COMMAND="ssh -F /dev/null ${patience} -o StrictHostKeyChecking=yes -o UserKnownHostsFile=known_hosts -o GlobalKnownHostsFile=/dev/null -o UpdateHostKeys=no -o IdentitiesOnly=yes -o IdentityFile=key.pub"`;
}

const patience =
  '-o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4';

// A credential helper that is asked for this origin only. It knows the token by the name of a
// variable, so that no command line has it, and is the only helper, so that none of the host's keeps it.
function tokenHelper(repository: GitRepository, access: Access): string {
  if (repository.kind !== 'https' || !tokenFor(repository, access)) return '';
  const key = `credential.${repository.origin}.helper`;
  const helper =
    '!f() { if [ "$1" = get ]; then printf "username=%s\\npassword=%s\\n" "$SLIPWAY_GIT_USER" "$SLIPWAY_GIT_TOKEN"; fi; }; f';
  return `-c credential.helper= -c ${quote(`${key}=`)} -c ${quote(`${key}=${helper}`)} `;
}

function tokenVariables(repository: GitRepository, access: Access): string {
  const token = tokenFor(repository, access);
  if (!token) return '';
  const { user, password } = loginOf(token);
  return `SLIPWAY_GIT_USER=${quote(user)} SLIPWAY_GIT_TOKEN=${quote(password)} `;
}

// ssh names the key by its fingerprint only; a user has to add its line.
function offeredKey({ host, port }: GitRepository & { kind: 'ssh' }): string {
  return `case $said in *'Host key verification failed'*)
      ssh-keyscan -T 10 -p ${port} -t ed25519,ecdsa,rsa ${quote(host)} 2>/dev/null | sed 's/^/offered /' || true ;;
    esac`;
}
