const prefix = 'k8s-aws-v1.';
const longestToken = 16 * 1024;
/** What an address may ask of STS. */
const fields = new Set([
  'Action',
  'Version',
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
]);

/**
 * Who a token is from, as the authenticator of EKS finds it out: the token is an address of STS, which
 * is asked with the name of the cluster in a header that has to be signed.
 * Source: https://github.com/kubernetes-sigs/aws-iam-authenticator, `pkg/token`
 * @param o.sts address of the only STS that counts
 * @returns ARN of the session; undefined for a token that is not taken
 */
export async function callerOfToken(
  token: string,
  o: { cluster: string; sts: string },
): Promise<string | undefined> {
  if (!token.startsWith(prefix) || token.length > longestToken) return undefined;
  const text = Buffer.from(token.slice(prefix.length), 'base64url').toString('utf8');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.origin !== new URL(o.sts).origin || url.pathname !== '/') return undefined;
  const { searchParams } = url;
  const names = [...searchParams.keys()];
  if (names.some((name) => !fields.has(name)) || new Set(names).size !== names.length) {
    return undefined;
  }
  const expires = Number(searchParams.get('X-Amz-Expires'));
  if (searchParams.get('Action') !== 'GetCallerIdentity' || !(expires >= 0 && expires <= 900)) {
    return undefined;
  }
  const signed = (searchParams.get('X-Amz-SignedHeaders') ?? '').split(';');
  if (!signed.includes('x-k8s-aws-id')) return undefined;
  const answer = await fetch(url, { headers: { 'x-k8s-aws-id': o.cluster } });
  const said = await answer.text();
  return answer.ok ? /<Arn>([^<]+)<\/Arn>/.exec(said)?.[1] : undefined;
}
