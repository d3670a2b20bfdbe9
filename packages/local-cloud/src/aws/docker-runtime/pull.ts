import { saidBy } from '../../docker/said.ts';
import { docker, lines } from '../../hosts/docker.ts';

/**
 * Pulls an image.
 * @returns its digest, or the reason that ECS shows for a pull that failed
 */
export async function pull(image: string): Promise<{ digest: string } | { reason: string }> {
  try {
    await docker(['pull', '--quiet', image]);
    return { digest: await digestOf(image) };
  } catch (error) {
    return { reason: reasonOf(image, saidBy(error)) };
  }
}

async function digestOf(image: string): Promise<string> {
  const named = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
  if (named !== undefined) return named;
  const format = '{{range .RepoDigests}}{{println .}}{{end}}';
  const [known = ''] = lines(await docker(['image', 'inspect', '--format', format, image]));
  return known.split('@')[1] ?? '';
}

// Sentences of the real agent:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
function reasonOf(image: string, said: string): string {
  const prefix = 'CannotPullContainerError: pull image manifest has been retried 1 time(s): ';
  if (/manifest unknown|not found|name unknown|repository does not exist/i.test(said)) {
    return `${prefix}failed to resolve ref ${image}: ${image}: not found`;
  }
  if (/unauthorized|denied|no basic auth/i.test(said)) {
    return `${prefix}failed to resolve ref ${image}: pulling from host failed with status code [manifests]: 403 Forbidden`;
  }
  return `${prefix}failed to resolve ref ${image}: ${said}`;
}
