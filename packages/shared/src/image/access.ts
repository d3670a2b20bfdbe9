import { repositoryPath } from './path.ts';
import type { Actions, Session } from './session.ts';
import { grantedActions } from './token.ts';

/** Has the credentials checked, and reads what the token for them allows where it tells. */
export async function checkAccess(
  session: Session,
  repository: string,
  actions: Actions,
): Promise<void> {
  repositoryPath(repository);
  const image = `${session.registry}/${repository}`;
  const what = `check the access to ${image}`;
  const call = { repository, actions, image, what, method: 'GET', path: '/v2/' } as const;
  session.accept(await session.ask(call), call);

  const authorization = (await session.authorization(repository, actions)) ?? '';
  const [, token] = /^Bearer (.+)$/.exec(authorization) ?? [];
  const granted = token === undefined ? undefined : grantedActions(token, repository);
  if (!granted || granted.has('*')) return;
  const missing = actions.split(',').filter((action) => !granted.has(action));
  if (missing.length === 0) return;
  const said = `the token it gives does not allow to ${missing.join(' and ')}`;
  throw session.denied(repository, said);
}
