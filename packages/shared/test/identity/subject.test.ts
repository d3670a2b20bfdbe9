import { expect, test } from '@jest/globals';
import { otherSubject } from '../../src/identity/subject.ts';

const claims = { repository_owner_id: '12', repository_id: '34' };

test.each([
  ['repo:org/app:ref:refs/heads/main', 'ids', 'repo:org@12/app@34:ref:refs/heads/main'],
  ['repo:org/app:environment:a/b:c', 'ids', 'repo:org@12/app@34:environment:a/b:c'],
  ['repo:org/app:pull_request', 'ids', 'repo:org@12/app@34:pull_request'],
  ['repo:org@12/app@34:environment:production', 'names', 'repo:org/app:environment:production'],
])('%s with %s is %s', (subject, form, other) => {
  expect(otherSubject(subject, claims)).toEqual({ form, subject: other });
});

test.each([
  ['an organization has a form of its own', 'repository_owner:org:ref:x', claims],
  ['a server tells no ids', 'repo:org/app:ref:x', {}],
  ['the ids are none', 'repo:org/app:ref:x', { ...claims, repository_id: '34/x' }],
])('%s: there is no other form', (_, subject, given) => {
  expect(otherSubject(subject, given)).toBeUndefined();
});
