/**
 * What is kept on a host to see whether an environment has changed. Without the key, which only the
 * host and its user have, a short secret could be found by trying.
 * @param key of the host, from {@link newKey}
 */
export function environmentDigest(key: string, env: ReadonlyMap<string, string>): string {
  const { createHmac } = process.getBuiltinModule('node:crypto');
  return createHmac('sha256', Buffer.from(key, 'hex'))
    .update(JSON.stringify([...env]))
    .digest('hex');
}

/** The key of a host that has none yet. */
export function newKey(): string {
  return process.getBuiltinModule('node:crypto').randomBytes(32).toString('hex');
}

/** Whether a text of a host is such a key. */
export function isKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
