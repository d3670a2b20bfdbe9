import { entry } from '../entry.ts';

/** Failures of reaching and commanding a host over SSH. */
export const sshFailures = {
  'ssh/host-key-unknown': entry({
    cause: (f: { host: string; fingerprint: string; line: string }) =>
      `The host key of ${f.host} is not in known-hosts. It offered ${f.fingerprint}. If that is the key of your host, add this line to known-hosts: ${f.line}`,
    remedy: (f) =>
      `Compare the fingerprint with \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` on ${f.host} itself before you add the line.`,
  }),
  'ssh/host-key-changed': entry({
    cause: (f: { host: string; fingerprint: string; expected: string }) =>
      `THE HOST KEY OF ${f.host} IS NOT THE PINNED ONE. It offered ${f.fingerprint}; known-hosts has ${f.expected}. Someone may be between you and the host.`,
    remedy: () =>
      'Nothing was sent. Only if you know that the host got a new key: check the fingerprint on the host and replace the line in known-hosts.',
  }),
  'ssh/host-key-revoked': entry({
    cause: (f: { host: string; fingerprint: string }) =>
      `${f.host} OFFERED A KEY THAT known-hosts REVOKES: ${f.fingerprint}. Someone may use a stolen key of the host.`,
    remedy: () =>
      'Nothing was sent. Give the host a new key, or find out who answers in its place.',
  }),
  'ssh/unreachable': entry({
    cause: (f: { host: string; said: string }) => `${f.host} could not be reached: ${f.said}.`,
    remedy: () => 'Check the name, the port, the firewall, and that sshd runs.',
  }),
  'ssh/unreachable-through': entry({
    cause: (f: { host: string; jump: string; said: string }) =>
      `${f.host} could not be reached through ${f.jump}: ${f.said}.`,
    remedy: () =>
      'The way to the jump host is fine. Check name and port as the jump host knows them, the firewall between the two, and that sshd runs.',
  }),
  'ssh/jump-forwarding': entry({
    cause: (f: { host: string; jump: string; user: string; said: string }) =>
      `${f.jump} does not let user ${f.user} through to ${f.host}: ${f.said}.`,
    remedy: () =>
      "Look at `AllowTcpForwarding`, `DisableForwarding` and `PermitOpen` in the jump host's sshd_config, and at `restrict`, `no-port-forwarding` and `permitopen` before the key in its authorized_keys.",
  }),
  'ssh/auth': entry({
    cause: (f: { host: string; user: string; key: string }) =>
      `${f.host} did not accept the key (${f.key}) for user ${f.user}.`,
    remedy: () =>
      "Add the public key to the user's ~/.ssh/authorized_keys; check the user's name and that the account is not locked.",
  }),
  'ssh/weak-signature': entry({
    cause: (f: { host: string; key: string }) =>
      `${f.host} takes the key (${f.key}) only with signatures by SHA-1, which can be forged.`,
    remedy: () => 'Use an ed25519 key, or update sshd on the host to OpenSSH 7.2 or newer.',
  }),
  'ssh/lost': entry({
    cause: (f: { host: string; said: string }) =>
      `The connection to ${f.host} was lost: ${f.said}.`,
    remedy: () => 'Check the network and whether the host went down; run the job again.',
  }),
  'ssh/command': entry({
    cause: (f: { host: string; what: string; ended: string; said: string }) =>
      `${f.what} on ${f.host} ended with ${f.ended}: ${f.said}`,
    remedy: () => 'The output of the command is in the log above.',
  }),
  'ssh/shell': entry({
    cause: (f: { host: string; user: string; what: string; ended: string; said: string }) =>
      `The login of ${f.user} on ${f.host} did not run what was sent to it (${f.what}); it ended with ${f.ended} and said: ${f.said}`,
    remedy: () =>
      'Look for a forced command (`command=` before the key in authorized_keys, `ForceCommand` in sshd_config), for a profile that calls `exit`, and for a login shell such as nologin.',
  }),
  'ssh/locked': entry({
    cause: (f: { host: string; path: string; owner: string; waited: string }) =>
      `${f.path} on ${f.host} is locked by ${f.owner}; waited ${f.waited}.`,
    remedy: () =>
      'Wait for that run, or raise `lock-timeout`. The lock of a run that died is free after two minutes.',
  }),
  'ssh/path': entry({
    cause: (f: { host: string; path: string; user: string; said: string }) =>
      `Input path names ${f.path}, which user ${f.user} cannot write on ${f.host}: ${f.said}.`,
    remedy: (f) =>
      `Make the folder on the host once and give it to the user: \`sudo install -d -o ${f.user} ${f.path}\`.`,
  }),
  'ssh/project': entry({
    cause: (f: { host: string; project: string; path: string; folder: string }) =>
      `The Compose project ${f.project} on ${f.host} belongs to ${f.folder}; a deployment to ${f.path} would take its containers away.`,
    remedy: () => 'Choose a `path` whose last part no other Compose project on the host has.',
  }),
  'ssh/current': entry({
    cause: (f: { host: string; path: string }) =>
      `${f.path}/current on ${f.host} is a folder or a file; a deployment switches it as a symbolic link.`,
    remedy: () =>
      'Nothing was changed. Move it to a place of its own and make `current` a symbolic link to it, or choose another `path`.',
  }),
  'ssh/foreign': entry({
    cause: (f: { host: string; path: string; project: string; containers: string; why: string }) =>
      `The Compose project ${f.project} on ${f.host} has containers that no release in ${f.path} has made (${f.containers}). The deployment would replace them and could not put them back if it failed: ${f.why}.`,
    remedy: () =>
      'Nothing was changed. Bring them up once more with `docker compose up -d` from their own Compose file, so that they are what it says, or take them down, or choose another `path`.',
  }),
  'ssh/no-release': entry({
    cause: (f: { host: string; wanted: string; kept: string }) =>
      `Input release is ${f.wanted}, and ${f.host} has no such release; it keeps: ${f.kept}.`,
    remedy: () =>
      'Name one of those that are kept, or deploy the older version again; `keep` says how many proven releases stay on a host.',
  }),
  'ssh/releases-differ': entry({
    cause: (f: { releases: string }) =>
      `A rollback would leave the hosts with different releases: ${f.releases}.`,
    remedy: () => 'Name a release that all of them keep, or deploy the older version again.',
  }),
  'ssh/tools': entry({
    cause: (f: { host: string; missing: string }) => `${f.host} lacks ${f.missing}.`,
    remedy: () => 'Install it on the host, for the user that deploys.',
  }),
  'ssh/rollback-incomplete': entry({
    cause: (f: { hosts: string }) => `Not every host could be rolled back: ${f.hosts}.`,
    remedy: () =>
      'Look at these hosts: the version before is still there as a release. Deploy it again once they answer.',
  }),
} as const;
