import { field } from '../http/json.ts';

/**
 * The other way in which GitHub may write the same subject. Repositories made or renamed since
 * 15 July 2026, and those that opted in, have the ids of owner and repository in it, which no new
 * repository of the same name has.
 * Source: https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
 * @param claims of the token
 * @returns undefined for a subject of another form, as an organization may choose its own
 */
export function otherSubject(subject: string, claims: unknown): OtherSubject | undefined {
  const ids = /^repo:([^@/:]+)@\d+\/([^@/:]+)@\d+:(.*)$/.exec(subject);
  if (ids) return { form: 'names', subject: `repo:${ids[1]}/${ids[2]}:${ids[3]}` };
  const names = /^repo:([^@/:]+)\/([^@/:]+):(.*)$/.exec(subject);
  const [owner, repository] = [
    number(claims, 'repository_owner_id'),
    number(claims, 'repository_id'),
  ];
  if (!names || !owner || !repository) return undefined;
  const [, ownerName, repositoryName, rest] = names;
  return {
    form: 'ids',
    subject: `repo:${ownerName}@${owner}/${repositoryName}@${repository}:${rest}`,
  };
}

/** A subject, and whether it has names only, or ids too. */
export interface OtherSubject {
  form: 'names' | 'ids';
  subject: string;
}

function number(claims: unknown, name: string): string | undefined {
  const value = String(field(claims, name) ?? '');
  return /^\d+$/.test(value) ? value : undefined;
}
