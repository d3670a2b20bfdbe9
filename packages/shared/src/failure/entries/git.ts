import { entry } from '../entry.ts';

/** Failures of a host that fetches a commit by itself. */
export const gitFailures = {
  'git/commit': entry({
    cause: (f: { commit: string; address: string }) =>
      `${f.address} does not have the commit ${f.commit}.`,
    remedy: () =>
      'Push the commit before it is deployed, or correct `commit` or `source`. A server may forget a commit that no branch or tag leads to; a submodule may point to one that was never pushed.',
  }),
  'git/access': entry({
    cause: (f: { host: string; address: string; access: string; said: string }) =>
      `${f.host} may not read ${f.address} with ${f.access}: ${f.said}`,
    remedy: () =>
      'Check the address. Add the public key to the repository as a read-only deploy key, or give a `token` that may read its contents; without either the host needs access of its own. A submodule in another repository has to be readable the same way.',
  }),
  'git/fetch': entry({
    cause: (f: { host: string; address: string; said: string }) =>
      `${f.host} could not fetch ${f.address}: ${f.said}`,
    remedy: () =>
      'Check the address, and that the host reaches the server: its DNS, firewall, proxy and certificates.',
  }),
  'git/host-key-unknown': entry({
    cause: (f: { server: string; fingerprint: string; line: string }) =>
      `The host key of the git server ${f.server} is not in known-hosts. It offered ${f.fingerprint}. If that is its key, add this line to known-hosts: ${f.line}`,
    remedy: () =>
      'Compare the fingerprint with the one that the server publishes (for GitHub: https://api.github.com/meta) before you add the line.',
  }),
  'git/host-key-changed': entry({
    cause: (f: { server: string; host: string; fingerprint: string }) =>
      `THE HOST KEY OF THE GIT SERVER ${f.server} IS NOT THE PINNED ONE, seen from ${f.host}. It offered ${f.fingerprint}. Someone may be between the host and the server.`,
    remedy: () =>
      'Nothing was fetched. Only if you know that the server got a new key: check the fingerprint and replace the line in known-hosts.',
  }),
  'git/agent-forwarding': entry({
    cause: (f: { host: string }) =>
      `The sshd of ${f.host} does not forward an agent, so that the deploy key cannot be used there.`,
    remedy: () =>
      'Set `AllowAgentForwarding yes` for the user in sshd_config and take `no-agent-forwarding` and `restrict` off its line in authorized_keys; or use `token` with an https address.',
  }),
  'git/submodule': entry({
    cause: (f: { path: string; wrong: string }) => `The submodule ${f.path} ${f.wrong}.`,
    remedy: () => 'Correct .gitmodules, or set `submodules` to `false`.',
  }),
  'git/links': entry({
    cause: (f: { problem: string }) => `The commit ${f.problem}.`,
    remedy: () =>
      'Make symbolic links relative and let them stay inside the repository; use `shared` for what is outside of a release.',
  }),
} as const;
