import { entry } from '../entry.ts';

/** Failures of trivy-gate: what the policy forbids, what is wrong with the policy, what kept it from knowing. */
export const gateFailures = {
  'gate/finding': entry({
    cause: (f: { image: string; blocking: string; first: string }) =>
      `${f.image} is blocked by ${f.blocking}: ${f.first}.`,
    remedy: () =>
      'The job summary lists them with the packages to update. What cannot be fixed now belongs into the allowlist, with a reason, an owner and a day on which it ends.',
  }),
  'gate/maximum': entry({
    cause: (f: { image: string; counts: string }) =>
      `${f.image} has more findings than the policy allows: ${f.counts}.`,
    remedy: () => 'Fix some of them; a maximum of the policy only goes down.',
  }),
  'gate/end-of-life': entry({
    cause: (f: { image: string; system: string }) =>
      `${f.image} is built on ${f.system}, which gets no security updates any more.`,
    remedy: () => 'Build it on a release that is still maintained.',
  }),
  'gate/policy-unreadable': entry({
    cause: (f: { input: string; said: string }) => `Input ${f.input} cannot be read: ${f.said}.`,
    remedy: () => 'Give the path of a YAML file in the workspace, or its text.',
  }),
  'gate/policy-key': entry({
    cause: (f: { problems: string }) => f.problems,
    remedy: () => 'Correct the key. policy.schema.json has all of them; nothing was scanned.',
  }),
  'gate/policy-type': entry({
    cause: (f: { problems: string }) => f.problems,
    remedy: () =>
      'Correct the value. policy.schema.json says what each key takes; nothing was scanned.',
  }),
  'gate/policy-purl': entry({
    cause: (f: { problems: string }) => f.problems,
    remedy: () =>
      'Write the package as a purl, with * where anything may stand; nothing was scanned.',
  }),
  'gate/allowlist-incomplete': entry({
    cause: (f: { problems: string }) => f.problems,
    remedy: () => 'Every entry needs id, reason, owner and expires; nothing was scanned.',
  }),
  'gate/allowlist-expired': entry({
    cause: (f: { entries: string }) => `The allowlist has expired: ${f.entries}.`,
    remedy: () => 'Remove the entry when it is not needed any more, or let its owner decide again.',
  }),
  'gate/feed': entry({
    cause: (f: { feed: string; said: string }) => `The feed ${f.feed} cannot be used: ${f.said}.`,
    remedy: () => 'Check its path or address and its sha256; a feed from the web is pinned by it.',
  }),
  'gate/baseline': entry({
    cause: (f: { baseline: string; said: string }) =>
      `The baseline ${f.baseline} cannot be used: ${f.said}.`,
    remedy: () => 'Give a JSON report that trivy-gate or Trivy wrote, or an image by digest.',
  }),
  'gate/baseline-image': entry({
    cause: (f: { baseline: string; of: string; image: string }) =>
      `The baseline ${f.baseline} is a report of ${f.of}, not of ${f.image}.`,
    remedy: () => 'Give a report of the same repository.',
  }),
  'gate/baseline-missing': entry({
    cause: (f: { missing: string; limited: string }) =>
      `${f.missing}, but the policy says \`maximum: baseline\` for ${f.limited}.`,
    remedy: () =>
      'Give the deployed image as baseline, or a number as the maximum, such as `low: 20`, until there is one.',
  }),
  'gate/scanner-hash': entry({
    cause: (f: { what: string; wanted: string; got: string }) =>
      `${f.what} is not the Trivy that was asked for: its SHA-256 is ${f.got}, not ${f.wanted}. It was not started.`,
    remedy: () =>
      'Find out who changed it before you run the job again. Never give the digest you got as trivy-sha256.',
  }),
  'gate/scanner-download': entry({
    cause: (f: { version: string; said: string }) =>
      `Trivy ${f.version} could not be had: ${f.said}.`,
    remedy: () => 'Run the job again, or name a mirror in trivy-mirrors.',
  }),
  'gate/scanner-version': entry({
    cause: (f: { wanted: string; got: string }) =>
      `The program says that it is Trivy ${f.got}, not ${f.wanted}.`,
    remedy: () => 'Let trivy-version and trivy-sha256 be about the same release.',
  }),
  'gate/scanner-failed': entry({
    cause: (f: { code: string; said: string }) => `Trivy ended with ${f.code}: ${f.said}.`,
    remedy: () => 'All that it said is in the log. Nothing is known about the image.',
  }),
  'gate/scanner-killed': entry({
    cause: (f: { signal: string }) => `Trivy was killed by ${f.signal} before it had a result.`,
    remedy: () => 'SIGKILL mostly means that the machine ran out of memory: use a larger runner.',
  }),
  'gate/scanner-timeout': entry({
    cause: (f: { timeout: string }) => `Trivy had no result within ${f.timeout}.`,
    remedy: () => 'Give it a longer timeout, or a runner that is less busy.',
  }),
  'gate/no-space': entry({
    cause: (f: { what: string }) => `There is no space left to ${f.what}.`,
    remedy: () =>
      'Free space on the runner; the vulnerability database alone takes more than 1 GB.',
  }),
  'gate/database': entry({
    cause: (f: { said: string }) => `No vulnerability database could be had: ${f.said}.`,
    remedy: () =>
      'Run the job again, or name a mirror in db-repository. Nothing is known about the image.',
  }),
  'gate/database-stale': entry({
    cause: (f: { updated: string; age: string; most: string }) =>
      `The vulnerability database was made ${f.updated}, ${f.age} ago, and may be ${f.most} old.`,
    remedy: () => 'Find out why no mirror has a newer one, or give a longer db-max-age.',
  }),
  'gate/report': entry({
    cause: (f: { report: string; said: string }) => `${f.report} is no report of Trivy: ${f.said}.`,
    remedy: () =>
      'Nothing is known about the image. Run the job again; the log has what Trivy said.',
  }),
  'gate/report-schema': entry({
    cause: (f: { report: string; version: string }) =>
      `${f.report} has the schema version ${f.version}; this action reads version 2.`,
    remedy: () => 'Use a version of Trivy that this action knows.',
  }),
  'gate/other-image': entry({
    cause: (f: { wanted: string; got: string }) => `Trivy scanned ${f.got}, not ${f.wanted}.`,
    remedy: () => 'Nothing is known about the image that was asked for.',
  }),
  'gate/upload': entry({
    cause: (f: { said: string }) => `GitHub did not take the SARIF report: ${f.said}.`,
    remedy: () =>
      'Give the job `permissions: { security-events: write }`; code scanning has to be enabled for the repository. Runs for pull requests from forks may not upload.',
  }),
  'gate/convert': entry({
    cause: (f: { format: string; said: string }) =>
      `Trivy could not write its report as ${f.format}: ${f.said}.`,
    remedy: () => 'Leave this format out of report-formats, or use another version of Trivy.',
  }),
} as const;
