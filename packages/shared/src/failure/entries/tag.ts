import { entry } from '../entry.ts';

/** Failures of semver-tag. */
export const tagFailures = {
  'tag/nothing': entry({
    cause: (f: { since: string }) => `No commit since ${f.since} asks for a new version.`,
    remedy: () =>
      'Commit a `feat:` or `fix:`, set `bump`, or let `no-bump` be `skip` so that such a run is green.',
  }),
  'tag/out-of-range': entry({
    cause: (f: { tag: string; range: string; because: string }) =>
      `The next version would be ${f.tag}, which is outside of ${f.range} (because of ${f.because}).`,
    remedy: () =>
      'A maintenance line takes no change that reaches beyond it: take the commit out, or release it from another branch.',
  }),
  'tag/not-higher': entry({
    cause: (f: { wanted: string; base: string }) =>
      `${f.wanted} was asked for, which is not higher than ${f.base}.`,
    remedy: () => 'Ask for a higher version, in `bump` or in the footer `Release-As`.',
  }),
  'tag/taken': entry({
    cause: (f: { tag: string; head: string }) =>
      `${f.tag} was asked for commit ${f.head}, and another commit has it.`,
    remedy: () => 'A version is given once. Ask for another one, or leave `bump` out.',
  }),
  'tag/contained': entry({
    cause: (f: { sha: string; tag: string }) =>
      `Input bump asks for a version of commit ${f.sha}, which is in the history of ${f.tag} already.`,
    remedy: () =>
      'Versions rise along the history: set `bump` for a newer commit, or leave it out, and the run is green and tags nothing.',
  }),
  'tag/first-version': entry({
    cause: (f: { tag: string; said: string }) =>
      `${f.tag} would be the first version, but there are versions: ${f.said}.`,
    remedy: () =>
      'Check `prefix` and the branch. To begin anew, set `bump` to an exact version, such as `2.0.0`, once; where only moving tags are there, an `initial-version` that is not below them does as well.',
  }),
  'tag/other-prefixes': entry({
    cause: (f: { tag: string; tags: string }) =>
      `${f.tag} is the first version behind its prefix; there are versions behind others: ${f.tags}.`,
    remedy: () => 'Check `prefix`, unless this is a new part of the repository.',
  }),
  'tag/moving-tag-ahead': entry({
    cause: (f: { tag: string; sha: string }) =>
      `${f.tag} stays where it is: its commit has ${f.sha} in its history.`,
    remedy: () => 'A moving tag never goes back by itself. Move it by hand if that is meant.',
  }),
  'tag/no-branch': entry({
    cause: (f: { sha: string; repository: string }) =>
      `Commit ${f.sha} is on no branch of ${f.repository}, such as the merge commit of a pull request.`,
    remedy: () =>
      'Release on a push to a branch. In a pull request use `mode: preview`, which says what a release would do, or `mode: dev`.',
  }),
  'tag/other-version': entry({
    cause: (f: { expected: string; got: string; sha: string }) =>
      `Input expect-version is ${f.expected}, and commit ${f.sha} gets ${f.got}.`,
    remedy: () =>
      'What was built has another version than what would be tagged, as when another run was faster. Run the whole workflow again, from the preview on.',
  }),
  'tag/commit': entry({
    cause: (f: { sha: string; repository: string }) => `${f.repository} has no commit ${f.sha}.`,
    remedy: () => 'Push the commit first, and check `sha`.',
  }),
  'tag/repository': entry({
    cause: (f: { repository: string; said: string }) =>
      `${f.repository} is not there, or not for this token: ${f.said}.`,
    remedy: () => 'Give the job `contents: read`, or a `token` that may read this repository.',
  }),
  'tag/token': entry({
    cause: (f: { said: string }) => `GitHub does not accept the token: ${f.said}.`,
    remedy: () => 'Hand in a token that is valid; the default is the one of the job.',
  }),
  'tag/permission': entry({
    cause: (f: { what: string; said: string; needed: string }) =>
      `The token may not ${f.what}: ${f.said} (needed: ${f.needed}).`,
    remedy: (f) => `Give the job \`permissions: ${f.needed}\`, or hand in a token that has it.`,
  }),
  'tag/workflow-files': entry({
    cause: (f: { sha: string; said: string }) =>
      `GitHub refuses to tag ${f.sha}, whose workflow files are not those of any branch: ${f.said}.`,
    remedy: () =>
      'Tag before the workflow files on the branch change again, or hand in the token of a GitHub App or a person that may write workflows.',
  }),
  'tag/ruleset': entry({
    cause: (f: { what: string; said: string }) => `A ruleset forbids to ${f.what}: ${f.said}.`,
    remedy: () =>
      'The token of a job cannot bypass rulesets: add a GitHub App to the bypass list of the ruleset and hand in its token. A name that an immutable release ever had is refused in the same words; then release the next version.',
  }),
  'tag/immutable': entry({
    cause: (f: { tag: string; said: string }) =>
      `${f.tag} belongs to an immutable release: ${f.said}.`,
    remedy: () =>
      'Tag and assets of a published immutable release stay as they are, and its name is used up even when it is deleted: release the next version.',
  }),
  'tag/rate-limit': entry({
    cause: (f: { what: string; said: string; wait: string }) =>
      `GitHub's rate limit left no time to ${f.what}: ${f.said}. It asks to wait ${f.wait}.`,
    remedy: () => 'Run the job again after that time; with `timeout` the action waits itself.',
  }),
  'tag/github': entry({
    cause: (f: { what: string; said: string }) => `GitHub failed to ${f.what}: ${f.said}.`,
    remedy: () => 'Look at the status of GitHub and run the job again: it goes on where it ended.',
  }),
  'tag/race': entry({
    cause: (f: { tag: string; tries: string }) =>
      `Other runs took the version ${f.tries} times in a row, at last ${f.tag}.`,
    remedy: () => 'Run the job again, or let such runs wait for each other with `concurrency`.',
  }),
  'tag/mismatch': entry({
    cause: (f: { tag: string; wanted: string; got: string }) =>
      `${f.tag} reads back as ${f.got}, not ${f.wanted}.`,
    remedy: () => 'Something else moved or removed the tag at the same time.',
  }),
  'tag/timeout': entry({
    cause: (f: { after: string }) => `The time for the version was up after ${f.after}.`,
    remedy: () =>
      'Run the job again: it goes on where it ended. Raise `timeout` if GitHub is slow.',
  }),
  'tag/git': entry({
    cause: (f: { what: string; said: string }) => `Git failed to ${f.what}: ${f.said}`,
    remedy: () => 'Check that git is on the runner and may reach the server with this token.',
  }),
  'tag/signing': entry({
    cause: (f: { said: string }) => `The tag could not be signed: ${f.said}`,
    remedy: () =>
      'Check that `signing-key` is an SSH private key without a passphrase, and that git 2.34 or newer and ssh-keygen are on the runner.',
  }),
  'tag/asset': entry({
    cause: (f: { asset: string; said: string }) =>
      `The asset ${f.asset} cannot be released: ${f.said}.`,
    remedy: () => 'Check `assets`, and that the files are there before this step.',
  }),
  'tag/starts-nothing': entry({
    cause: (f: { tag: string }) =>
      `If the token is the one of the job, no workflow that waits for a tag or a release starts for ${f.tag}.`,
    remedy: () =>
      'Call what is to follow from this workflow, or hand in the token of a GitHub App or a person.',
  }),
} as const;
