import { expect, it } from '@jest/globals';
import { failureOf, type Refused } from '../src/github/refusal.ts';

const subject = { repository: 'octo/shop', tag: 'v1.1.0', sha: 'a'.repeat(40) };
const accepted = 'contents=write; contents=write,workflows=write';

it.each<[string, Omit<Refused, 'what'>]>([
  ['tag/permission', { status: 403, said: 'Resource not accessible by integration' }],
  ['tag/permission', { status: 403, said: 'Resource not accessible by personal access token' }],
  ['tag/permission', { status: 403, said: 'Must have admin rights to Repository.' }],
  ['tag/permission', { type: 'FORBIDDEN', said: 'Resource not accessible by integration' }],
  ['tag/permission', { said: 'remote: Write access to repository not granted.' }],
  ['tag/workflow-files', { status: 403, accepted, said: 'Resource not accessible by integration' }],
  [
    'tag/workflow-files',
    { type: 'FORBIDDEN', writes: true, said: 'Resource not accessible by integration' },
  ],
  [
    'tag/workflow-files',
    {
      said: 'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission',
    },
  ],
  [
    'tag/ruleset',
    {
      status: 422,
      said: 'Repository rule violations found Cannot create ref due to creations being restricted.',
    },
  ],
  [
    'tag/ruleset',
    { said: 'remote: error: GH013: Repository rule violations found for refs/tags/v1.1.0.' },
  ],
  ['tag/ruleset', { type: 'UNPROCESSABLE', said: 'Cannot update this protected ref.' }],
  [
    'tag/immutable',
    { status: 422, said: 'Validation Failed; tag_name was used by an immutable release' },
  ],
  ['tag/immutable', { status: 422, said: 'Cannot upload assets to an immutable release.' }],
  ['tag/repository', { status: 404, said: 'Not Found' }],
  [
    'tag/repository',
    { type: 'NOT_FOUND', said: "Could not resolve to a Repository with the name 'octo/shop'." },
  ],
  ['tag/github', { status: 422, said: 'Reference update failed' }],
  ['tag/github', { type: 'UNPROCESSABLE', said: 'A ref named "refs/tags/v1.1.0" already exists.' }],
])('%s: %j', (code, refused) => {
  const failure = failureOf({ what: 'write v1.1.0', ...refused }, subject);
  expect(failure.code).toBe(code);
  expect(failure.remedy).not.toBe('');
});
