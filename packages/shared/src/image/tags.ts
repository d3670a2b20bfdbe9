import { Failure } from '../failure/failure.ts';
import { listField, parseJson } from '../http/json.ts';
import { resolve } from './content.ts';
import type { Manifest } from './manifest.ts';
import { nextPage } from './page.ts';
import { imageName, manifestPath, repositoryPath } from './path.ts';
import { isTag } from './reference.ts';
import type { Session } from './session.ts';

const mostPages = 200;

/** All tags of a repository, page by page; none when the registry says that there is no such thing. */
export async function listTags(session: Session, repository: string): Promise<string[]> {
  const image = `${session.registry}/${repository}`;
  const what = `list the tags of ${image}`;
  const call = { repository, image, what, actions: 'pull', method: 'GET' } as const;
  const tags: string[] = [];
  let path = `${repositoryPath(repository)}/tags/list?n=1000`;
  for (let page = 0; page < mostPages; page++) {
    const answer = await session.ask({ ...call, path });
    // A 404 in other words comes from something that is no registry.
    if (answer.status === 404 && session.refusal(answer).genuine) return [];
    const body = new TextDecoder().decode(session.accept(answer, call).body);
    for (const tag of listField(parseJson(body), 'tags')) {
      if (typeof tag === 'string' && isTag(tag)) tags.push(tag);
    }
    const next = nextPage(answer.headers.get('link'));
    if (next === undefined) return tags;
    // Behind a proxy the host of the link may be a wrong one; only its path counts.
    const target = new URL(next, new URL(path, 'https://registry'));
    path = target.pathname + target.search;
  }
  const said = `there are more than ${mostPages} pages`;
  throw Failure.of('image/registry', { registry: session.registry, what, said });
}

/** Puts the exact bytes of a manifest under a tag, and makes sure that the registry kept them. */
export async function putTag(
  session: Session,
  repository: string,
  tag: string,
  { digest, mediaType, bytes }: Manifest,
): Promise<void> {
  const image = imageName(session.registry, repository, tag);
  const call = { repository, image, what: `tag ${image}`, actions: 'pull,push' } as const;
  const path = manifestPath(repository, tag);
  const headers = { 'content-type': mediaType };
  const answer = await session.ask({ ...call, path, method: 'PUT', headers, body: bytes });
  const said = session.accept(answer, call).headers.get('docker-content-digest');
  const got = said ?? (await resolve(session, repository, tag)).digest;
  if (got !== digest) throw Failure.of('image/mismatch', { image, wanted: digest, got });
}
